"""The compositor: letters a plate and proves it; each plate ends in an outcome."""

import dataclasses
import functools
import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.plan.routing import TYPESET
from pipeline.plan.variants import Variant
from pipeline.produce.credentials import Credentials
from pipeline.produce.exhibits import keep_evidence
from pipeline.produce.finish import JPEG, decode, encode, ground_file
from pipeline.produce.marking import packet
from pipeline.produce.outcome import Deliverable, Outcome, Status
from pipeline.produce.pictures import pasted
from pipeline.produce.plates import Obtained
from pipeline.produce.store import Store
from pipeline.proof.checks import Delivered, Demands, shapes_on
from pipeline.proof.delivery import Asked, Prover, proof_of
from pipeline.proof.describe import why
from pipeline.proof.edge import with_edge
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.block import Block, Place
from pipeline.typeset.canvas import Canvas
from pipeline.typeset.contrast import rgb_of
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import hashes
from pipeline.typeset.layout import Rect
from pipeline.typeset.lettering import Lettered, Letterer

Pixels = npt.NDArray[np.uint8]
"""RGB, shape [height, width, 3]."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Compositor:
    """Letters plates.

    Attributes:
        letterer: Sets words over them.
        prover: Proofreads the delivered pixels.
        store: Keeps the pictures.
        bench: Lets as many threads letter and prove at a time as there are cores: many more may
            wait for a provider.
        credentials: Signs the files; None if they go unsigned.
    """

    letterer: Letterer
    prover: Prover
    store: Store
    bench: threading.Semaphore = dataclasses.field(default_factory=threading.Semaphore)
    credentials: Credentials | None = None

    @property
    def engine(self) -> str:
        """Return name and version of the typesetting engine."""
        return self.letterer.renderer.engine

    def sign(self, content: bytes, variant: Variant) -> bytes:
        """Return a file with its credentials, if files get any."""
        return self.credentials.sign(content, variant) if self.credentials else content

    def read(self, variant: Variant, obtained: Obtained) -> Proof:
        """Return the proof of a plate by itself: the words that were drawn on it, and no others.

        Args:
            variant: What it is for.
            obtained: The plate as it will be used.
        """
        with self.bench:
            return self.prover.prove(
                obtained.pixels, variant.drawn, variant.locale, allowed=variant.allowed_words
            )

    def letter(self, variant: Variant, obtained: Obtained, drawn: Sequence[Rect] = ()) -> Outcome:
        """Return a creative: what is typeset set over the plate, written, and proved.

        Args:
            variant: What to make.
            obtained: Its plate.
            drawn: Where words stand on the plate: left, top, width and height in pixels.
        """
        with self.bench:
            return self._lettered(variant, obtained, drawn)

    def _lettered(self, variant: Variant, obtained: Obtained, drawn: Sequence[Rect]) -> Outcome:
        canvas = canvas_of(variant, obtained.pixels, drawn)
        lettered = self.letterer.letter(canvas, _typeset(variant))
        if isinstance(lettered, Misfit):
            reason = f"{lettered.role}: {lettered.text!r} {lettered.what}; {lettered.remedy}"
            return held(variant, self.engine, reason, obtained)
        sign = functools.partial(self.sign, variant=variant)
        content = encode(lettered.picture, variant.format, packet(variant), sign)
        if content is None:
            limit = variant.format.most_bytes
            return held(variant, self.engine, f"the file is heavier than {limit:,} bytes", obtained)
        return self._proved(variant, obtained, lettered, content, canvas.plate)

    def _proved(
        self,
        variant: Variant,
        obtained: Obtained,
        lettered: Lettered,
        content: bytes,
        plate: npt.NDArray[np.uint8],
    ) -> Outcome:
        size = (variant.format.width, variant.format.height)
        ground = ground_file(lettered.ground)
        delivered, under = decode(content, *size), decode(ground, *size)
        shapes = shapes_on(plate, lettered.ground)
        seen = Delivered(pixels=delivered, content=content, ground=under, shapes=shapes)
        demands = Demands(limits=variant.checks, palette=variant.palette, format=variant.format)
        asked = Asked(
            lines=variant.lines,
            locale=variant.locale,
            settings=lettered.settings,
            allowed=variant.allowed_words,
        )
        proof = proof_of(self.prover, seen, asked, demands, plate)
        overview, crops = keep_evidence(self.store, delivered, proof, self.letterer.renderer)
        accepted = proof.verdict is Verdict.PASS
        base = held(variant, self.engine, why(proof), obtained)
        families = {family for setting in lettered.settings for family in setting.families}
        return dataclasses.replace(
            base,
            status=Status.ACCEPTED if accepted else Status.HELD,
            deliverable=Deliverable(
                sha256=self.store.put(content),
                media_type=JPEG,
                width=variant.format.width,
                height=variant.format.height,
                bytes=len(content),
            ),
            ground=self.store.put(ground),
            settings=lettered.settings,
            contrasts=lettered.contrasts,
            fonts=hashes(tuple(sorted(families))),
            proof=proof,
            overview=overview,
            crops=crops,
            signed=self.credentials is not None,
        )


def canvas_of(variant: Variant, pixels: Pixels, drawn: Sequence[Rect] = ()) -> Canvas:
    """Return what the words of a variant are set on: the plate with its logo and its edge.

    Args:
        variant: What to make.
        pixels: Its plate, RGB, shape [height, width, 3].
        drawn: Where words stand on the plate: left, top, width and height in pixels.
    """
    sheet, scene = variant.sheet, variant.scene
    size = (sheet.width, sheet.height, sheet.direction)
    logo = [scene.logo.place.pixels(*size)] if variant.logo and scene.logo else []
    top, right, bottom, left = variant.format.safe
    inside = (left, top, 100 - left - right, 100 - top - bottom)
    across, down = sheet.width / 100, sheet.height / 100
    return Canvas(
        plate=with_edge(_branded(pixels, variant), rgb_of(variant.palette["ink"]), variant.format),
        template=variant.template,
        sheet=sheet,
        palette=variant.palette,
        taken=(*drawn, *logo),
        subjects=tuple(one.place.pixels(*size) for one in scene.subjects if one.place),
        safe=(inside[0] * across, inside[1] * down, inside[2] * across, inside[3] * down),
    )


def _typeset(variant: Variant) -> list[Block]:
    """Return the blocks of a scene with the lines that are typeset."""
    blocks = [_set_part(block, variant.lettering) for block in variant.scene.lettering]
    return [block for block in blocks if block.lines]


def _set_part(block: Block, lettering: dict[str, str]) -> Block:
    """Return a block with its typeset lines, in the room that drawn ones leave."""
    ours = tuple(line for line in block.lines if lettering[line.role] == TYPESET)
    if not ours or len(ours) == len(block.lines):
        return block.model_copy(update={"lines": ours})
    heights = [line.size[1] * line.rows for line in block.lines]
    kept = sum(line.size[1] * line.rows for line in ours) / sum(heights)
    place, height = block.place, block.place.height * kept
    below = block.lines[0] not in ours
    y = place.y + place.height - height if below else place.y
    room = Place(x=place.x, y=y, width=place.width, height=height)
    return block.model_copy(update={"lines": ours, "place": room})


def _branded(plate: npt.NDArray[np.uint8], variant: Variant) -> npt.NDArray[np.uint8]:
    """Return the plate with the brand's logo, if the brand has one."""
    logo, sheet = variant.scene.logo, variant.sheet
    if variant.logo is None or logo is None:
        return plate
    start = 1.0 if sheet.direction == "rtl" else 0.0
    box = logo.place.pixels(sheet.width, sheet.height, sheet.direction)
    return pasted(plate, variant.logo, box, (0.5 if logo.align == "center" else start, 0.5))


def held(variant: Variant, engine: str, reason: str, obtained: Obtained | None) -> Outcome:
    """Return the outcome of a variant that does not ship.

    Args:
        variant: The variant.
        engine: Name and version of the typesetting engine.
        reason: Why, in plain words.
        obtained: Its plate; None if there is none.
    """
    return Outcome(
        variant=variant.id,
        fingerprint=variant.fingerprint,
        status=Status.HELD,
        reason=reason,
        deliverable=None,
        plate=obtained.plate if obtained else None,
        lettering=variant.lettering,
        why=variant.why,
        ground=None,
        settings=(),
        contrasts={},
        fonts={},
        engine=engine,
        proof=None,
        attempts=1,
        overview=None,
        crops=(),
    )
