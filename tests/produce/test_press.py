"""The press: every variant ends in an outcome, and only a pass is accepted."""

import dataclasses
import io
import pathlib
import threading
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest

from pipeline.errors import ProviderError, TemplateError, ToolMissingError
from pipeline.plan.job import PlateRequest
from pipeline.plan.lines import Line
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import Compositor
from pipeline.produce.crew import produce_all
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.plates import Plates
from pipeline.produce.press import Press
from pipeline.produce.providers.studio import Studio
from pipeline.produce.store import Store
from pipeline.proof.verdict import Box, ExtraText, LineProof, Proof, Verdict
from pipeline.typeset.lettering import Letterer
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting

PROJECT = pathlib.Path(__file__).parent.parent.parent
BOX: Box = (0, 0, 10, 10)

Pixels = npt.NDArray[np.uint8]
Variants = Callable[..., list[Variant]]


@dataclasses.dataclass
class Prover:
    """Says what it was told to say of every picture, and remembers what it was shown.

    Attributes:
        verdict: Its verdict of every line.
        extra: Text it finds beside the lines.
        errors: Locale to the error that it raises there.
        nowhere: The role of a line that it does not find.
    """

    verdict: Verdict = Verdict.PASS
    extra: str = ""
    errors: dict[str, BaseException] = dataclasses.field(default_factory=dict)
    shown: list[tuple[Pixels, tuple[str, ...], str]] = dataclasses.field(default_factory=list)
    nowhere: str = ""

    def prove(  # noqa: PLR0913 - as the real one
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",
        allowed: frozenset[str] = frozenset(),
        *,
        ground: Pixels | None = None,
        plate: Pixels | None = None,  # noqa: ARG002 - one signature
    ) -> Proof:
        assert (extra_text, allowed) == ("fail", frozenset())
        assert ground is not None
        assert ground.shape == image.shape
        assert [setting.role for setting in settings] != []
        self.shown.append((image, tuple(line.text for line in lines), locale))
        if locale in self.errors:
            raise self.errors[locale]
        said = tuple(self._said(line) for line in lines)
        extra = (ExtraText(text=self.extra, box=BOX, reason="extra"),) if self.extra else ()
        return Proof(verdict=self.verdict, lines=said, extra=extra, readers={}, ms=1)

    def _said(self, line: Line) -> LineProof:
        wrong = self.verdict is not Verdict.PASS and line.role == "price"
        return LineProof(
            role=line.role,
            expected=line.text,
            read=line.text,
            verdict=self.verdict if wrong else Verdict.PASS,
            box=None if line.role == self.nowhere else BOX,
            reader="said",
            confidence=1.0,
            shape=None,
            reason="reads 3,90 €" if wrong else "",
        )


class BusyStudio(Studio):
    """A studio that counts, and whose faults are switches."""

    asked = 0
    refuses = ""
    paints: Pixels | None = None

    def paint(self, request: PlateRequest) -> bytes:
        self.asked += 1
        if self.refuses:
            raise ProviderError(self.refuses)
        if self.paints is None:
            return super().paint(request)
        out = io.BytesIO()
        PIL.Image.fromarray(self.paints).save(out, "PNG")
        return out.getvalue()


@dataclasses.dataclass
class Shop:
    """A press, its store and the stand-ins that it works with."""

    press: Press
    store: Store
    studio: BusyStudio
    prover: Prover

    def produce(self, variants: list[Variant], workers: int = 1) -> list[Outcome]:
        return produce_all(variants, self.press, workers, lambda _: None)


@pytest.fixture
def shop(store: Store, renderer: TakumiRenderer) -> Shop:
    """Return a press with the real studio and letterer, and a prover that is told what to say."""
    studio, prover = BusyStudio(PROJECT / "templates" / "plates", renderer), Prover()
    press = Press(
        plates=Plates(studio, store),
        compositor=Compositor(
            letterer=Letterer(renderer=renderer, layouts=PROJECT / "templates" / "layouts"),
            prover=prover,
            store=store,
        ),
        store=store,
    )
    return Shop(press=press, store=store, studio=studio, prover=prover)


def test_a_pass_is_accepted_with_everything_that_made_it(shop: Shop, variants: Variants) -> None:
    (outcome, _) = shop.produce(variants())
    assert (outcome.status, outcome.reason) == (Status.ACCEPTED, "")
    assert outcome.variant == "lunch--bowl--de--de-de--display-300x250--2026-12-01"
    assert outcome.deliverable is not None
    content = shop.store.get(outcome.deliverable.sha256)
    assert content is not None
    assert len(content) == outcome.deliverable.bytes
    assert outcome.plate is not None
    assert not outcome.plate.reused
    assert {setting.role for setting in outcome.settings} == {"brand", "headline", "price"}
    assert outcome.contrasts.keys() == {"brand", "headline", "price"}
    assert all(len(sha256) == 64 for sha256 in outcome.fonts.values())
    assert outcome.proof is not None


def test_the_prover_is_shown_the_pixels_of_the_file_that_ships(
    shop: Shop, variants: Variants
) -> None:
    first = shop.produce(variants())[0]
    image, lines, locale = shop.prover.shown[0]
    assert image.shape == (250, 300, 3)
    assert lines == ("Marlow & Pine", "Bowls", "8,90\u00a0€")
    assert locale == "de_DE"
    assert first.deliverable is not None
    content = shop.store.get(first.deliverable.sha256)
    assert content is not None
    assert content[:3] == b"\xff\xd8\xff"


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.UNSURE])
def test_anything_but_a_pass_is_held_with_the_line_and_the_picture(
    shop: Shop, variants: Variants, verdict: Verdict
) -> None:
    shop.prover.verdict = verdict
    outcome = shop.produce(variants())[0]
    assert (outcome.status, outcome.reason) == (Status.HELD, "price: reads 3,90 €")
    assert outcome.deliverable is not None
    assert shop.store.outcome(outcome.fingerprint) is None


def test_text_that_nobody_asked_for_is_the_reason(shop: Shop, variants: Variants) -> None:
    shop.prover.verdict, shop.prover.extra = Verdict.FAIL, "50 %"
    reason = shop.produce(variants())[0].reason
    assert reason == "price: reads 3,90 €; not asked for: '50 %'"


def test_a_plate_of_one_colour_is_held_whatever_the_words_say(
    shop: Shop, variants: Variants
) -> None:
    shop.studio.paints = np.zeros((250, 300, 3), np.uint8)
    outcome = shop.produce(variants())[0]
    assert outcome.status is Status.HELD
    assert "blank: words aside, only 0.0 % of the picture" in outcome.reason
    assert outcome.proof is not None
    assert outcome.proof.verdict is Verdict.FAIL
    assert {check.name for check in outcome.proof.checks} >= {"blank", "blur", "palette"}
    assert shop.store.outcome(outcome.fingerprint) is None


def test_a_threshold_of_the_campaign_decides(shop: Shop, variants: Variants) -> None:
    strict, lax = "checks: {blur: 0.1,", "checks: {blur: off,"
    held = shop.produce(variants("checks: {", strict))[0]
    assert held.status is Status.HELD
    assert held.reason.startswith("blur: even the sharpest edges are blurred by ")
    assert shop.produce(variants("checks: {", lax))[0].status is Status.ACCEPTED


def test_words_that_do_not_fit_are_held_with_the_line_and_the_remedy(
    shop: Shop, variants: Variants
) -> None:
    held, fine = shop.produce(variants("{de: Bowls,", "{de: " + "Bowls " * 40 + ","))
    assert held.status is Status.HELD
    assert held.reason.startswith("headline: 'Bowls Bowls")
    assert held.reason.endswith("shorten it or leave the format out")
    assert held.deliverable is None
    assert held.proof is None
    assert fine.status is Status.ACCEPTED


def test_a_file_too_heavy_for_its_channel_is_held(shop: Shop, variants: Variants) -> None:
    light = dataclasses.replace(variants()[0].format, most_bytes=2000)
    outcome = shop.produce([dataclasses.replace(variants()[0], format=light)])[0]
    assert (outcome.status, outcome.reason) == (
        Status.HELD,
        "the file is heavier than 2,000 bytes",
    )


def test_a_provider_that_does_not_deliver_holds_what_needs_it(
    shop: Shop, variants: Variants
) -> None:
    shop.studio.refuses = "the studio is closed"
    outcomes = shop.produce(variants())
    assert {(outcome.status, outcome.reason) for outcome in outcomes} == {
        (Status.HELD, "the studio is closed")
    }


def test_an_unexpected_error_holds_one_variant_and_not_the_others(
    shop: Shop, variants: Variants
) -> None:
    shop.prover.errors = {"de_DE": ZeroDivisionError("division by zero")}
    seen: list[str] = []
    outcomes = produce_all(variants(), shop.press, 2, lambda outcome: seen.append(outcome.variant))
    assert [outcome.status for outcome in outcomes] == [Status.HELD, Status.ACCEPTED]
    assert outcomes[0].reason == (
        "unexpected ZeroDivisionError: division by zero; please report it"
    )
    assert sorted(seen) == sorted(outcome.variant for outcome in outcomes)


def test_an_error_with_a_name_says_itself_what_to_do(shop: Shop, variants: Variants) -> None:
    shop.prover.errors = {"de_DE": TemplateError("templates/x: is wrong; correct the template")}
    assert shop.produce(variants())[0].reason == "templates/x: is wrong; correct the template"


@pytest.mark.parametrize("error", [ToolMissingError("tesseract is missing"), KeyboardInterrupt()])
def test_a_missing_tool_or_ctrl_c_stops_the_batch(
    shop: Shop, variants: Variants, error: BaseException
) -> None:
    shop.prover.errors = {"de_DE": error, "de_AT": error}
    with pytest.raises(type(error)):
        shop.produce(variants())


def test_an_accepted_outcome_is_taken_over_without_work(shop: Shop, variants: Variants) -> None:
    first = shop.produce(variants())
    again = shop.produce(variants())
    assert len(shop.prover.shown) == 2
    assert shop.studio.asked == 1
    assert [outcome.deliverable for outcome in again] == [outcome.deliverable for outcome in first]
    assert {outcome.attempts for outcome in again} == {0}
    assert all(outcome.plate and outcome.plate.reused for outcome in again)


def test_a_held_outcome_is_tried_again_over_the_same_plate(shop: Shop, variants: Variants) -> None:
    shop.prover.verdict = Verdict.UNSURE
    shop.produce(variants())
    shop.prover.verdict = Verdict.PASS
    again = shop.produce(variants())
    assert {outcome.status for outcome in again} == {Status.ACCEPTED}
    assert len(shop.prover.shown) == 4
    assert shop.studio.asked == 1


def test_an_outcome_whose_picture_is_damaged_is_made_again(
    shop: Shop, variants: Variants, tmp_path: pathlib.Path
) -> None:
    first = shop.produce(variants())[0]
    assert first.deliverable is not None
    sha256 = first.deliverable.sha256
    (tmp_path / "work" / "pictures" / sha256[:2] / sha256).write_bytes(b"torn")
    again = shop.produce(variants())[0]
    assert again.attempts == 1
    assert again.deliverable == first.deliverable  # the same bytes, and now they are there
    assert shop.store.get(sha256) is not None


def test_the_pictures_of_the_evidence_are_kept_for_a_pass_and_for_what_is_held(
    shop: Shop, variants: Variants
) -> None:
    for verdict in (Verdict.PASS, Verdict.FAIL):
        shop.prover.verdict = verdict
        outcome = shop.produce(variants()[verdict is Verdict.FAIL :])[0]
        assert outcome.overview is not None
        assert outcome.proof is not None
        assert len(outcome.crops) == len(outcome.proof.lines)
        assert all(shop.store.get(sha256) for sha256 in outcome.pictures)


def test_a_line_that_was_not_found_has_no_picture(shop: Shop, variants: Variants) -> None:
    shop.prover.nowhere = "price"
    outcome = shop.produce(variants())[0]
    assert outcome.proof is not None
    roles = [line.role for line in outcome.proof.lines]
    assert [role for role, crop in zip(roles, outcome.crops, strict=True) if not crop] == ["price"]


def test_the_same_pixels_and_proof_have_the_same_evidence(
    shop: Shop, variants: Variants, tmp_path: pathlib.Path
) -> None:
    elsewhere = dataclasses.replace(shop.press, store=Store(tmp_path / "elsewhere"))
    first = shop.produce(variants())
    again = produce_all(variants(), elsewhere, 2, lambda _: None)
    assert [one.pictures for one in again] == [one.pictures for one in first]


def test_an_outcome_whose_evidence_is_damaged_is_made_again(
    shop: Shop, variants: Variants, tmp_path: pathlib.Path
) -> None:
    first = shop.produce(variants())[0]
    for sha256 in (first.overview, first.crops[0]):
        assert sha256 is not None
        (tmp_path / "work" / "pictures" / sha256[:2] / sha256).write_bytes(b"torn")
        again = shop.produce(variants())[0]
        assert again.attempts == 1
        assert again.pictures == first.pictures
        assert shop.store.get(sha256) is not None


def test_a_price_change_needs_no_new_plate(shop: Shop, variants: Variants) -> None:
    shop.produce(variants())
    changed = shop.produce(variants("8.90", "7.90"))
    assert shop.studio.asked == 1
    assert {outcome.status for outcome in changed} == {Status.ACCEPTED}
    assert shop.prover.shown[-1][1] == ("Marlow & Pine", "Schüsseln", "€\u00a07,90")


def test_outcomes_come_in_the_order_of_the_variants_however_many_work(
    shop: Shop, variants: Variants
) -> None:
    some = variants("[de_DE, de_AT]", "[de_DE, de_AT, de_CH, de_LI, de_LU]")
    some += variants("[de_DE, de_AT]", "[de_BE, de_IT]")
    threads: set[str] = set()
    outcomes = produce_all(
        some, shop.press, 2, lambda _: threads.add(threading.current_thread().name)
    )
    assert [outcome.variant for outcome in outcomes] == [variant.id for variant in some]
    assert shop.studio.asked == 1
    assert len(threads) <= 2
