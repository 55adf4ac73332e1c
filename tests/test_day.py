"""A plain day's work: load, plan, produce, publish; with a prover that passes everything."""

import datetime as dt
import hashlib
import json
import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest

from pipeline.daily import Published, accepted, open_workshop, produce_batch, publish
from pipeline.dayplan import DayPlan, RunRequest, everything_stands, preflight, prepare
from pipeline.errors import CampaignError, UsageError
from pipeline.plan.lines import Line
from pipeline.proof.verdict import Proof, Verdict
from pipeline.settings import PROJECT, Settings, read_settings
from pipeline.typeset.setting import LineSetting
from tests.lunch import lunch

EVENING = dt.datetime(2026, 11, 30, 15, 30, tzinfo=dt.UTC)  # already December in Auckland
CAMPAIGN = (
    lunch("display-300x250", de="de_DE", nz="en_NZ")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, nz: 14.90}
    copy: {headline: {de: Bowls, en: Bowls}}
"""
)


class Passing:
    """Passes every picture."""

    def prove(
        self,
        _image: npt.NDArray[np.uint8],
        _lines: Sequence[Line],
        _locale: str,
        _settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",
        allowed: frozenset[str] = frozenset(),
        *,
        ground: npt.NDArray[np.uint8] | None = None,
        plate: npt.NDArray[np.uint8] | None = None,  # noqa: ARG002 - one signature
    ) -> Proof:
        assert extra_text == "fail"
        assert allowed <= {"Marlow & Pine"}
        assert ground is not None
        return Proof(verdict=Verdict.PASS, lines=(), extra=(), readers={}, ms=0)


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    """Return settings with a work folder of their own."""
    return read_settings({"PROOFPRESS_WORK": str(tmp_path / "work")}, cores=2)


@pytest.fixture
def request_of(tmp_path: pathlib.Path) -> Callable[..., RunRequest]:
    """Return what asks for a run of some campaign text."""

    def ask(text: str = CAMPAIGN, *, name: str = "lunch", **changes: object) -> RunRequest:
        file = tmp_path / f"{name}.yaml"
        file.write_text(text, "utf-8")
        whole: dict[str, object] = {"files": (file,), "out": tmp_path / "out", "instant": EVENING}
        return RunRequest(**{**whole, **changes})  # type: ignore[arg-type]

    return ask


def work(day_plan: DayPlan, settings: Settings) -> Published:
    workshop = open_workshop(settings, Passing(), {"reader": "1"})
    outcomes = [
        outcome
        for batch in day_plan.batches()
        for outcome in produce_batch(batch, workshop, lambda _: None)
    ]
    assert accepted(outcomes), [outcome.reason for outcome in outcomes]
    return publish(day_plan, outcomes, workshop)


def test_a_day_is_delivered_each_market_on_its_own_date(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    published = work(prepare(request_of(), settings), settings)
    assert [path.parent.parent.name for path in published.manifests] == ["2026-11-30", "2026-12-01"]
    for path, locale in zip(published.manifests, ("de_DE", "en_NZ"), strict=True):
        manifest = json.loads(path.read_text("utf-8"))
        (record,) = manifest["creatives"]
        assert record["locale"] == locale
        assert manifest["versions"]["reader"] == "1"
        content = (path.parent / record["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == record["sha256"]
    assert published.gallery.is_file()


def test_when_nothing_changed_everything_stands_until_a_file_is_touched(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    asked = request_of(day=dt.date(2026, 12, 1))
    before = prepare(asked, settings)
    assert (before.size, before.changed) == (2, 2)
    assert not everything_stands(before)
    published = work(before, settings)
    after = prepare(asked, settings)
    assert after.changed == 0
    assert everything_stands(after)
    file = next(published.manifests[0].parent.glob("nz/*.jpg"))
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"\x00")
    assert not everything_stands(after)
    work(after, settings)
    assert file.read_bytes() == content
    assert everything_stands(after)


def test_a_changed_price_makes_its_market_again_over_the_same_plate(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    day = dt.date(2026, 12, 1)
    work(prepare(request_of(day=day), settings), settings)
    changed = prepare(request_of(CAMPAIGN.replace("8.90", "7.90"), day=day), settings)
    reasons = [planned.reason for planned in changed.plans[0].planned]
    assert reasons == ["price changed 8,90\u00a0€ → 7,90\u00a0€", "unchanged"]
    assert changed.plans[0].cost == 0
    published = work(changed, settings)
    records = json.loads(published.manifests[0].read_text("utf-8"))["creatives"]
    assert {record["strings"]["price"] for record in records} == {"7,90\u00a0€", "$14.90"}


def test_a_market_that_no_campaign_has_is_named_with_those_there_are(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    with pytest.raises(UsageError, match="no campaign has the market fr; there are: de, nz"):
        prepare(request_of(markets=("fr",)), settings)


def test_only_the_markets_that_are_asked_for_are_planned(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    (plan,) = prepare(request_of(markets=("nz",)), settings).plans
    assert {variant.market for variant in plan.variants} == {"nz"}


def test_a_provider_that_there_is_not_is_a_problem_of_the_file(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    with pytest.raises(CampaignError, match=r"lunch\.yaml:1: provider: there is no such provider"):
        prepare(request_of("provider: acme\n" + CAMPAIGN), settings)


def test_a_language_that_no_reader_knows_is_a_problem_of_the_file(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    unread = CAMPAIGN.replace("[de_DE]", "[lb_LU]").replace("{de: Bowls", "{lb: Bowls")
    what = r"lunch\.yaml:8: markets\.de\.locales: no reader knows the language of lb_LU"
    with pytest.raises(CampaignError, match=what):
        prepare(request_of(unread), settings)


def test_preflight_names_the_line_that_does_not_fit(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    long = CAMPAIGN.replace("{de: Bowls,", "{de: " + "Bowls und " * 25 + ",")
    (finding,) = preflight(prepare(request_of(long), settings))
    problem = finding.problem
    assert str(finding).startswith("will be held: ")
    assert (problem.line, problem.path) == (14, "offers.bowl.copy.headline.de")
    assert problem.remedy == "shorten it or leave the format out"
    assert preflight(prepare(request_of(), settings)) == ()


def test_batches_hold_some_variants_of_one_campaign_each_once(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    lunch = request_of()
    dinner = request_of(CAMPAIGN.replace("campaign: lunch", "campaign: dinner"), name="dinner")
    both = request_of(files=(*lunch.files, *dinner.files))
    batches = list(prepare(both, settings).batches(1))
    assert [batch.title for batch in batches] == [
        "lunch 1–1 of 2",
        "lunch 2–2 of 2",
        "dinner 1–1 of 2",
        "dinner 2–2 of 2",
    ]
    ids = [variant.id for batch in batches for variant in batch.variants]
    assert len(set(ids)) == len(ids) == 4
    assert len(list(prepare(both, settings).batches(50))) == 2


def test_a_run_is_named_by_its_time_and_by_what_it_was_asked(
    request_of: Callable[..., RunRequest],
) -> None:
    first = request_of().run
    assert first.startswith("20261130t153000-")
    assert first == request_of().run
    assert first != request_of(markets=("de",)).run


def test_settings_come_from_the_environment_or_from_the_project(tmp_path: pathlib.Path) -> None:
    usual = read_settings({}, cores=2)
    assert (usual.templates, usual.workers) == (PROJECT / "templates", 2)
    assert "deal" in usual.template_names()
    own = read_settings({"PROOFPRESS_TEMPLATES": str(tmp_path), "PROOFPRESS_WORKERS": "0"}, cores=2)
    assert (own.templates, own.workers, own.template_names()) == (tmp_path, 1, ())


@pytest.mark.parametrize("workers", ["many", "", "-1", "1.5"])
def test_a_number_of_workers_that_is_none_is_named(workers: str) -> None:
    with pytest.raises(UsageError, match=r"PROOFPRESS_WORKERS is .*; set it to a number"):
        read_settings({"PROOFPRESS_WORKERS": workers}, cores=2)


def test_a_model_that_draws_no_words_is_not_asked_to(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    with pytest.raises(CampaignError) as caught:
        prepare(request_of(CAMPAIGN + "lettering: model\n"), settings)
    (problem,) = caught.value.problems
    assert (problem.line, problem.path) == (15, "lettering")
    assert str(problem).endswith("studio draws no words; use auto or typeset")


def test_the_gallery_keeps_the_other_campaigns_of_the_day(
    request_of: Callable[..., RunRequest], settings: Settings
) -> None:
    work(prepare(request_of(), settings), settings)
    other = CAMPAIGN.replace("campaign: lunch", "campaign: dinner")
    published = work(prepare(request_of(other, name="dinner"), settings), settings)
    page = published.gallery.read_text("utf-8")
    assert "/lunch/de/" in page
    assert "/dinner/de/" in page


@pytest.mark.parametrize(("locale", "column"), [("de_DE", 16), ("he_IL", 283)])
def test_a_logo_stands_where_the_name_would_be_written(
    request_of: Callable[..., RunRequest], settings: Settings, locale: str, column: int
) -> None:
    """The place starts 6 % from the edge where reading starts, of a picture 300 pixels wide."""
    request = request_of(
        CAMPAIGN.replace("name: Marlow & Pine", "name: Marlow & Pine\n  logo: logo.png")
        .replace("de_DE", locale)
        .replace("{de: Bowls", f"{{{locale[:2]}: Bowls"),
        markets=("de",),
    )
    PIL.Image.new("RGBA", (40, 40), (0, 0, 255, 255)).save(request.files[0].parent / "logo.png")
    (manifest,) = work(prepare(request, settings), settings).manifests
    (record,) = json.loads(manifest.read_text("utf-8"))["creatives"]
    assert "brand" not in record["strings"]
    assert record["allowed_words"] == ["Marlow & Pine"]
    with PIL.Image.open(manifest.parent / record["file"]) as picture:
        rgb = np.asarray(picture.convert("RGB")).astype(int)
    blue = (rgb[:, :, 2] > 200) & (rgb[:, :, 0] < 60)
    assert blue.sum() > 50
    columns = np.flatnonzero(blue.any(axis=0))
    assert abs((columns.min() if column < 150 else columns.max()) - column) <= 4
