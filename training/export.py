"""Writes a learned head as the ONNX file that the proof loads."""

import pathlib
from collections.abc import Sequence

import onnx
import torch

from training.features import CHANNELS
from training.head import Head, Reader

_OPSET = 17
"""Of ONNX: the first one with layer normalisation."""


def export(head: Head, characters: Sequence[str], file: pathlib.Path) -> None:
    """Write a head with its characters, one a line, under "character" in the metadata.

    Args:
        head: The head, done learning.
        characters: What it tells apart, without the blank.
        file: Where to; replaced if it is there.
    """
    torch.onnx.export(
        Reader(head).eval(),
        (torch.randn(1, CHANNELS, 1, 40),),
        file,
        input_names=["features"],
        output_names=["probabilities"],
        dynamic_axes={"features": {3: "steps"}, "probabilities": {1: "steps"}},
        # The older exporter needs no further package, and writes a plain graph.
        dynamo=False,
        opset_version=_OPSET,
    )
    model = onnx.load(file)
    model.metadata_props.add(key="character", value="\n".join(characters))
    # What remains would differ between machines: paths and versions.
    model.producer_name = model.producer_version = model.doc_string = ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.save(model, file)
