"""Pictures: the campaign's files that go into a plate, and those that a prompt calls."""

import functools
import hashlib
import pathlib
import warnings

import PIL.Image

from pipeline.campaign.load import LoadedCampaign
from pipeline.errors import TemplateError
from pipeline.plan.catalogue import Capabilities, Model, megapixels
from pipeline.plan.job import LOGO, PRODUCT, Picture, Reference
from pipeline.plan.prompt import called_in
from pipeline.plan.scene import Scene

_MOST_BILLED = 4
"""Megapixels: a larger reference is scaled down to this before it is counted, says
https://lumenfall.ai/models/black-forest-labs/flux.2-flex."""


def picture_of(loaded: LoadedCampaign, name: str | None) -> Picture | None:
    """Return a file of the campaign; None if it has no name."""
    if name is None:
        return None
    return Picture(path=loaded.folder / name, sha256=_file_sha256(loaded.folder / name))


def references_of(
    loaded: LoadedCampaign, offer: str, scene: Scene, able: Capabilities, model: Model
) -> tuple[Reference, ...]:
    """Return the pictures that a plate is made after, in the order in which the scene calls them.

    A provider that paints backdrops itself sets the offer's own picture, called or not; a model
    is given those that the scene calls as `@name`, as many as it takes.

    Raises:
        TemplateError: If the scene calls a picture that the campaign does not have.
    """
    files = _files(loaded, offer)
    called = called_in(scene)
    for name in called:
        if name not in files:
            have = ", ".join(f"@{one}" for one in files) or "none"
            where = f"templates/scenes/{loaded.campaign.template}.json.j2"
            msg = f"{where}: @{name} is no picture of the offer {offer}; there are: {have}"
            raise TemplateError(f"{msg}; add it to the campaign or correct the template")
    wanted = tuple(name for name in (PRODUCT,) if name in files)
    sent = wanted if able.paints_backdrops else called[: model.references]
    return tuple(_reference(loaded, name, files[name]) for name in sent)


def _files(loaded: LoadedCampaign, offer: str) -> dict[str, str]:
    brand, ours = loaded.campaign.brand, loaded.campaign.offers[offer]
    own = {PRODUCT: ours.picture, LOGO: brand.logo}
    named = {name: file for name, file in own.items() if file is not None}
    return {**named, **brand.references, **ours.references}


def _reference(loaded: LoadedCampaign, name: str, file: str) -> Reference:
    path = loaded.folder / file
    picture = Picture(path=path, sha256=_file_sha256(path))
    return Reference(name=name, picture=picture, megapixels=_megapixels(path, picture.sha256))


@functools.lru_cache(maxsize=1024)
def _megapixels(path: pathlib.Path, _sha256: str) -> int:
    """Return what is billed for a file: whole megapixels, 1 if it cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path, formats=("PNG", "JPEG", "WEBP")) as image:
                return min(_MOST_BILLED, megapixels(*image.size))
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError):
        return 1


def _file_sha256(path: pathlib.Path) -> str:
    if not path.is_file():
        return "missing"
    state = path.stat()
    return _hash(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=1024)
def _hash(path: pathlib.Path, _changed: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
