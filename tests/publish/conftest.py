"""A planned day in two markets, and outcomes of it with small pictures."""

import dataclasses
import datetime as dt
import decimal
import io
import pathlib
from collections.abc import Callable

import pytest
from PIL import Image

from pipeline.campaign.load import load_campaign
from pipeline.plan.choice import UNKNOWN
from pipeline.plan.plan import Plan, make_plan
from pipeline.plan.variants import Variant
from pipeline.produce.outcome import Deliverable, Outcome, Plate, Status
from pipeline.produce.store import Store
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.publish.export import Exporter
from pipeline.typeset.setting import LineSetting, Row
from tests.lunch import lunch

PROJECT = pathlib.Path(__file__).parent.parent.parent
DAY = dt.date(2026, 12, 1)
CAMPAIGN = (
    lunch("display-300x250", de="de_DE", ch="de_CH, fr_CH")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, ch: 14.90}
    copy: {headline: {de: Bowls, fr: Bols}}
checks: {palette_difference: off, drawn: off, blur: off}
"""
)  # the pictures of these tests are of one colour


@pytest.fixture
def plan(tmp_path: pathlib.Path) -> Callable[..., Plan]:
    """Return what plans the day, after some replacement in the campaign's text."""

    def make(
        *replacements: tuple[str, str], markets: tuple[str, ...] = (), day: dt.date = DAY
    ) -> Plan:
        text = CAMPAIGN
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "lunch.yaml"
        file.write_text(text, "utf-8")
        loaded = load_campaign(file, ["deal"])
        days = dict.fromkeys(markets or loaded.campaign.markets, day)
        return make_plan(loaded, days, (PROJECT / "templates", "engine 1"), {}, UNKNOWN)

    return make


@pytest.fixture
def store(tmp_path: pathlib.Path) -> Store:
    """Return an empty store."""
    return Store(tmp_path / "work")


def _jpeg(seed: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 250), (seed * 37 % 251, 120, 40)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def outcome(store: Store) -> Callable[..., Outcome]:
    """Return what makes a variant's outcome; another seed is another picture."""

    def make(variant: Variant, reason: str = "", *, drawn: bool = True, seed: int = 0) -> Outcome:
        content = _jpeg(sum(variant.id.encode()) + seed)
        sha256 = store.put(content)
        verdict = Verdict.FAIL if reason else Verdict.PASS
        proofs = tuple(
            LineProof(
                role=line.role,
                expected=line.text,
                read=line.text,
                verdict=verdict,
                box=(1, 2, 3, 4),
                reader="said",
                confidence=0.99,
                shape=0.98,
                reason=reason,
            )
            for line in variant.lines
        )
        return Outcome(
            variant=variant.id,
            fingerprint=variant.fingerprint,
            status=Status.HELD if reason else Status.ACCEPTED,
            reason=reason,
            deliverable=Deliverable(
                sha256=sha256, media_type="image/jpeg", width=300, height=250, bytes=len(content)
            )
            if drawn
            else None,
            plate=Plate(
                sha256="0" * 64,
                provider="studio",
                model="studio-1",
                prompt_sha256="1" * 64,
                seed=7,
                cost=decimal.Decimal("0.05"),
                reused=False,
            ),
            lettering=variant.lettering,
            ground=sha256 if drawn else None,
            settings=tuple(_setting(line.role, line.text) for line in variant.lines),
            contrasts={line.role: 7.25 for line in variant.lines},
            fonts={"Archivo.ttf": "2" * 64},
            engine="engine 1",
            proof=Proof(verdict=verdict, lines=proofs, extra=(), readers={"said": "1"}, ms=3),
            attempts=1,
            overview=store.put(_jpeg(seed + 5)) if drawn else None,
            crops=tuple(store.put(_jpeg(seed + 6)) for _ in proofs) if drawn else (),
        )

    return make


def _setting(role: str, text: str) -> LineSetting:
    return LineSetting(
        role=role,
        text=text,
        rows=(Row(text=text, x=1 / 3, y=2.0, width=99.5, height=14.0),),
        size=13.3,
        families=("Archivo",),
        weight=700,
        spacing=0.0,
        colour="#1B1210",
        align="left",
        direction="ltr",
        language="de-DE",
        rotation=-7.0,
        origin=(50.0, 9.0),
        struck=False,
    )


@pytest.fixture
def exporter(tmp_path: pathlib.Path, store: Store) -> Exporter:
    """Return what writes deliverables of the first run of the day."""
    return Exporter(
        out=tmp_path / "out",
        store=store,
        run="run-1",
        instant=dt.datetime(2026, 12, 1, 6, 0, tzinfo=dt.UTC),
        versions={"proofpress": "0.1.0"},
    )


@pytest.fixture
def export(exporter: Exporter, outcome: Callable[..., Outcome]) -> Callable[..., pathlib.Path]:
    """Return what exports a plan, all of it accepted but for what is held, as some run."""

    def run(
        planned: Plan, held: tuple[str, ...] = (), *, number: int = 1, seed: int = 0
    ) -> pathlib.Path:
        outcomes = {
            variant.id: outcome(
                variant, "price: reads 3,90 €" if variant.locale in held else "", seed=seed
            )
            for variant in planned.variants
        }
        later = dataclasses.replace(
            exporter,
            run=f"run-{number}",
            instant=exporter.instant + dt.timedelta(hours=number),
        )
        (manifest,) = later.export(planned, outcomes)
        return manifest

    return run
