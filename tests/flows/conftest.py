"""Outcomes and pictures that the flow tests share."""

import decimal
import hashlib
import io
from collections.abc import Callable

import pytest
from PIL import Image

from pipeline.produce.outcome import Deliverable, Outcome, Plate, Status


@pytest.fixture(scope="session")
def picture() -> bytes:
    """Return the bytes of a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (108, 135), (228, 87, 46)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def outcome(picture: bytes) -> Callable[[str, str, str], Outcome]:
    """Return a maker of outcomes: by variant, the reason it is held, and what its plate cost."""

    def make(variant: str, reason: str = "", cost: str = "0.05") -> Outcome:
        digest = hashlib.sha256(picture).hexdigest()
        return Outcome(
            variant=variant,
            fingerprint="f",
            status=Status.HELD if reason else Status.ACCEPTED,
            reason=reason,
            deliverable=Deliverable(
                sha256=digest, media_type="image/png", width=108, height=135, bytes=len(picture)
            ),
            plate=Plate(
                sha256=digest,
                provider="studio",
                model="studio-1",
                prompt_sha256="p",
                seed=1,
                cost=decimal.Decimal(cost),
                reused=not reason,
            ),
            lettering={},
            settings=(),
            ground=None,
            contrasts={},
            fonts={},
            engine="",
            proof=None,
            attempts=1,
        )

    return make
