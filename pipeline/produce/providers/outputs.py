"""Outputs: where the picture is in what a provider returns, in all the shapes that are known."""

from typing import Any


def picture_url(output: object) -> str:
    """Return the address of the first picture of an output; empty if there is none.

    Runflow's normalised shape is `outputs[].url`; its older pages and fal show `images[]`, its
    callbacks `image_urls[]`; the rest is what its own client still looks for.
    """
    if not isinstance(output, dict):
        return ""
    for name in ("outputs", "images", "image_urls"):
        items = output.get(name)
        for item in items if isinstance(items, list) else ():
            if url := _url(item):
                return url
    return _url(output.get("image")) or _url(output.get("url")) or _url(output.get("output_url"))


def is_flagged(output: object) -> bool:
    """Return whether an output says that its picture was held back; null says nothing."""
    if not isinstance(output, dict):
        return False
    flags = [output.get("nsfw_detected"), output.get("has_nsfw_concepts")]
    return any(flag is True or (isinstance(flag, list) and True in flag) for flag in flags)


def prompt_in(output: object) -> str:
    """Return the prompt that was run, if an output tells; empty otherwise."""
    prompt: Any = output.get("prompt") if isinstance(output, dict) else None
    return prompt if isinstance(prompt, str) else ""


def _url(item: object) -> str:
    found = item.get("url") if isinstance(item, dict) else item
    return found if isinstance(found, str) else ""
