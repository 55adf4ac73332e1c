"""Encodings: one neutral request, as fal and Runflow take it and as Black Forest Labs takes it.

Every parameter that a model takes is always sent: the same call without them gives 28 steps at
guidance 3.5 on Runflow and fal, and 50 steps at 5.0 with a rewritten prompt at BFL.
"""

import base64
import mimetypes
import pathlib
from collections.abc import Sequence
from typing import Any

from pipeline.plan.catalogue import Model
from pipeline.plan.job import Reference
from pipeline.produce.providers.protocol import Attempt, NotAcceptedError
from pipeline.produce.providers.whole import media_type_of


def fal_input(attempt: Attempt, model: Model, images: Sequence[str]) -> dict[str, Any]:
    """Return the input of a request to fal; Runflow takes the same.

    Args:
        attempt: What is asked for.
        model: The model it is asked of.
        images: Addresses of the reference pictures, in order.
    """
    request, made = attempt.request, attempt.request.parameters
    size = {"width": request.width, "height": request.height}
    given: dict[str, Any] = {
        "prompt": request.prompt,
        "image_size": made.preset or size,
        "guidance_scale": None if made.guidance is None else float(made.guidance),
        "num_inference_steps": made.steps,
        "output_format": made.output_format,
        "safety_tolerance": None if made.safety_tolerance is None else str(made.safety_tolerance),
        "enable_safety_checker": made.safety_checker,
        "seed": attempt.seed,
        "sync_mode": made.sync_mode,
        **model.always,
        "image_urls": list(images) or None,
    }
    return {name: value for name, value in given.items() if value is not None}


def bfl_input(attempt: Attempt, model: Model, images: Sequence[str]) -> dict[str, Any]:
    """Return the input of a request to Black Forest Labs.

    Args:
        attempt: What is asked for.
        model: The model it is asked of.
        images: The reference pictures in base64, in order.
    """
    request, made = attempt.request, attempt.request.parameters
    given: dict[str, Any] = {
        "prompt": request.prompt,
        "width": request.width,
        "height": request.height,
        "guidance": None if made.guidance is None else float(made.guidance),
        "steps": made.steps,
        "output_format": made.output_format,
        "safety_tolerance": made.safety_tolerance,
        "seed": attempt.seed,
        **model.always,
    }
    for place, image in enumerate(images, start=1):
        given["input_image" if place == 1 else f"input_image_{place}"] = image
    return {name: value for name, value in given.items() if value is not None}


def slug_of(attempt: Attempt, model: Model) -> str:
    """Return the model's name in the provider's paths, for requests with or without references."""
    return model.edit_slug if attempt.request.references else model.slug


def content_of(reference: Reference) -> bytes:
    """Return the bytes of a reference picture.

    Raises:
        NotAcceptedError: If its file cannot be read or is no picture; nothing was sent.
    """
    path = reference.picture.path
    try:
        content = path.read_bytes()
    except OSError as error:
        why = f"{path.name} cannot be read ({error.strerror})"
        raise NotAcceptedError(f"{why}; put it back beside the campaign", retry=False) from error
    if media_type_of(content) is None:
        raise NotAcceptedError(f"{path.name} is no PNG, JPEG or WebP; replace it", retry=False)
    return content


def base64_of(reference: Reference) -> str:
    """Return a reference picture in base64.

    Raises:
        NotAcceptedError: If its file cannot be read.
    """
    return base64.b64encode(content_of(reference)).decode("ascii")


def data_url_of(reference: Reference) -> str:
    """Return a reference picture as a `data:` address.

    Raises:
        NotAcceptedError: If its file cannot be read.
    """
    content = content_of(reference)
    body = base64.b64encode(content).decode("ascii")
    return f"data:{media_type_of(content)};base64,{body}"


def file_name(name: str, media_type: str) -> str:
    """Return a name for an upload, with the ending of its media type."""
    ending = mimetypes.guess_extension(media_type) or ".png"
    return str(pathlib.PurePath(name).with_suffix(ending))
