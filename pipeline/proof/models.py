"""The recognition models that come with the rapidocr wheel; nothing is ever fetched."""

import functools
import hashlib
import importlib.util
import pathlib
from collections.abc import Sequence

import onnxruntime

from pipeline.errors import ToolMissingError


def model_path(name: str) -> pathlib.Path:
    """Return where a bundled model lies.

    Raises:
        ToolMissingError: If the rapidocr wheel or the model in it is missing.
    """
    found = importlib.util.find_spec("rapidocr")
    folder = next(iter(found.submodule_search_locations or []), None) if found else None
    path = pathlib.Path(folder) / "models" / name if folder else None
    if path is None or not path.is_file():
        msg = (
            f"the text model {name} is not installed; it comes with the rapidocr package: "
            "install the locked requirements again (`make run` does)"
        )
        raise ToolMissingError(msg)
    return path


def load_session(path: pathlib.Path, *further: str) -> onnxruntime.InferenceSession:
    """Return a session on one core that gives memory back after each run.

    Pictures are proofread in parallel, so one picture has no use for several threads.

    Args:
        path: The model.
        further: Names of inner values that it shall hand out after its own answer.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    providers = ["CPUExecutionProvider"]
    # Two protocol buffers, one after the other, are read as one: lists are joined. So further
    # outputs need no copy of the model and no library that edits it.
    model = path.read_bytes() + _with_outputs(further)
    return onnxruntime.InferenceSession(model, sess_options=options, providers=providers)


def _with_outputs(names: Sequence[str]) -> bytes:
    """Return a model in ONNX's protocol buffers that has nothing but outputs of floats.

    Field numbers as in onnx.proto: ModelProto.graph 7, GraphProto.output 12,
    ValueInfoProto.name 1 and .type 2, TypeProto.tensor_type 1, Tensor.elem_type 1 (1: float).
    """
    floats = _field(2, _field(1, b"\x08\x01"))
    outputs = [_field(12, _field(1, name.encode()) + floats) for name in names]
    return _field(7, b"".join(outputs)) if outputs else b""


def _field(number: int, content: bytes) -> bytes:
    """Return a field of bytes; at most 127 of them, so that its length is one byte."""
    return bytes([number << 3 | 2, len(content)]) + content


@functools.cache
def version_of(path: pathlib.Path) -> str:
    """Return the model's name with the first 12 hex digits of its SHA-256."""
    return f"{path.stem} {hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
