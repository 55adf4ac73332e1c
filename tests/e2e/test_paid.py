"""Campaigns through every paid provider and model, by the real command line and the simulator."""

import contextlib
import dataclasses
import decimal
import json
import os
import pathlib
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipeline.plan.catalogue import capabilities
from tests.e2e.conftest import COMMAND, Run

pytestmark = pytest.mark.e2e

CAMPAIGN = """\
campaign: soup
template: deal
brand:
  name: Oak Lane
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
formats: [display-300x250]
markets:
  ch: {locales: [de_CH, fr_CH], currency: CHF, time_zone: Europe/Zurich}
offers:
  soup:
    subject: a bowl of soup
    price: {ch: 7.90}
    copy: {headline: {de: Suppe, fr: Soupe}}
provider: runflow
model: flux-2-flex
lettering: typeset
budget: {day: 1.00}
checks: {palette_difference: off, drawn: off, blur: off}
"""
"""Two creatives on one plate."""

ALONE = ("[de_CH, fr_CH]", "[de_CH]")
"""A replacement that leaves one creative of them."""


@dataclasses.dataclass(frozen=True)
class Vendors:
    """The simulator: its addresses, and the environment that points a run at it."""

    urls: dict[str, str]
    environment: dict[str, str]

    def get(self, what: str) -> Any:  # noqa: ANN401 - JSON
        return httpx.get(f"{self.urls['url']}/_sim/{what}", trust_env=False).json()

    def post(self, what: str, **tree: object) -> None:
        answer = httpx.post(f"{self.urls['url']}/_sim/{what}", json=tree, trust_env=False)
        answer.raise_for_status()

    @property
    def billed(self) -> decimal.Decimal:
        return decimal.Decimal(self.get("bill")["total"])

    @property
    def submits(self) -> int:
        return sum(self.get("")["submits"].values())


@contextlib.contextmanager
def simulated(*options: str, key: str = "simulator-key") -> Iterator[Vendors]:
    command = [COMMAND, "simulate", "--pictures", "drawn", "--key", key, *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        try:
            assert child.stdout is not None
            urls = json.loads(child.stdout.readline())
            environment = {
                "PROOFPRESS_RUNFLOW_URL": urls["runflow"],
                "PROOFPRESS_FAL_URL": urls["url"],
                "PROOFPRESS_BFL_URL": urls["bfl"],
                **dict.fromkeys(("RUNFLOW_API_KEY", "FAL_KEY", "BFL_API_KEY"), key),
            }
            yield Vendors(urls, environment)
        finally:
            child.terminate()


@pytest.fixture(scope="module")
def vendors() -> Iterator[Vendors]:
    """The simulator, spelling everything right."""
    with simulated("--misspelling", "0") as running:
        yield running


@pytest.fixture
def frozen() -> Iterator[Vendors]:
    """A simulator whose jobs wait until the test moves its clock."""
    with simulated("--latency", "5") as running:
        running.post("clock", freeze=True)
        yield running


def write(workplace: pathlib.Path, *replacements: tuple[str, str], name: str = "soup") -> str:
    text = CAMPAIGN
    for old, new in (("campaign: soup", f"campaign: {name}"), *replacements):
        assert old in text
        text = text.replace(old, new)
    file = f"campaigns/{name}.yaml"
    (workplace / file).write_text(text, "utf-8")
    return file


def manifests(workplace: pathlib.Path) -> dict[str, bytes]:
    return {path.parent.name: path.read_bytes() for path in workplace.glob("out/*/*/manifest.json")}


def creatives(workplace: pathlib.Path, name: str = "soup") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(manifests(workplace)[name])["creatives"]
    return found


def begun(workplace: pathlib.Path, file: str, vendors: Vendors) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [COMMAND, "run", "--plain", file],
        cwd=workplace,
        env={**os.environ, "PROOFPRESS_WORKERS": "1", **vendors.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_a_submit(vendors: Vendors) -> None:
    until = time.monotonic() + 60
    while not vendors.submits and time.monotonic() < until:
        time.sleep(0.2)
    assert vendors.submits


def test_a_line_that_cannot_be_set_costs_nothing(
    proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    """No picture would make it fit, so none is paid for."""
    long = " ".join(["Donaudampfschifffahrtsgesellschaftskapitän"] * 5)
    file = write(workplace, ("{de: Suppe,", f"{{de: {long},"), ALONE, name="long")
    before = vendors.submits
    ended = proofpress("run", "--plain", file, **vendors.environment)
    assert ended.returncode == 1
    assert "will be held: campaigns/long.yaml:13" in ended.stderr
    (held,) = creatives(workplace, "long")
    assert (held["status"], held["file"]) == ("held", None)
    assert "headline" in held["reason"]
    assert vendors.submits == before


@pytest.mark.parametrize("provider", ["runflow", "fal", "bfl"])
def test_a_campaign_goes_through_every_model_of_a_provider_and_a_second_run_is_free(
    provider: str, proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    models = sorted(capabilities(provider).models)
    assert len(models) >= 4
    files = [write(workplace, *by(provider, model), name=model) for model in models]
    before = vendors.billed
    done = proofpress("run", "--plain", *files, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    charged = sum(charged_for(workplace, provider, model, vendors) for model in models)
    assert vendors.billed - before == charged > 0
    spent = json.loads(proofpress("spend", "--by", "model", "--json").stdout)
    assert decimal.Decimal(spent["total"]["spent"]) == charged
    assert [line["name"] for line in spent["lines"]] == models

    kept, asked = manifests(workplace), vendors.submits
    again = proofpress("run", "--plain", *files, **vendors.environment)
    assert again.returncode == 0
    assert f"nothing to do: all {2 * len(models)} creatives stand" in again.stdout
    assert (manifests(workplace), vendors.submits) == (kept, asked)


def by(provider: str, model: str) -> tuple[tuple[str, str], ...]:
    return (("provider: runflow", f"provider: {provider}"), ("flux-2-flex", model))


def charged_for(
    workplace: pathlib.Path, provider: str, model: str, vendors: Vendors
) -> decimal.Decimal:
    """Return what a model's campaign was charged: one picture, for two creatives."""
    made = creatives(workplace, model)
    assert [(one["status"], one["fallback"]) for one in made] == [("accepted", "")] * 2
    plates = [(one["plate"]["provider"], one["plate"]["model"]) for one in made]
    assert plates == [(provider, model)] * 2
    (row,) = [row for one in made for row in one["ledger"]]
    assert (row["state"], row["model"], row["number"]) == ("accepted", model, 1)
    assert {one["plate"]["attempt"] for one in made} == {row["attempt"]}
    assert row["request_id"] in {job["id"] for job in vendors.get("jobs")}
    return decimal.Decimal(row["charged"])


def test_a_digit_that_the_model_draws_wrong_is_paid_for_turned_down_and_tried_again(
    proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    square = (("lettering: typeset", "lettering: model"), ("display-300x250", "meta-square"), ALONE)
    file = write(workplace, *square)
    vendors.post("scenario", scenario="digit_changed", count=1)
    before = vendors.billed
    done = proofpress("run", "--plain", file, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = creatives(workplace)
    assert set(made["lettering"].values()) == {"model"}
    assert [row["state"] for row in made["ledger"]] == ["rejected", "accepted"]
    assert "price" in made["ledger"][0]["detail"]
    assert decimal.Decimal(made["cost"]) == vendors.billed - before
    assert "for 2 pictures, 1 of them turned down" in done.stdout


def test_words_that_the_model_keeps_getting_wrong_are_set_and_the_slot_ships(
    proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    square = (("display-300x250", "meta-square"), ALONE)
    file = write(workplace, ("lettering: typeset", "lettering: {headline: model}"), *square)
    vendors.post("scenario", scenario="text_typo", count=2)
    done = proofpress("run", "--plain", file, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = creatives(workplace)
    assert (made["status"], made["fallback"]) == ("accepted", "")
    assert set(made["lettering"].values()) == {"typeset"}
    assert [row["state"] for row in made["ledger"]][:2] == ["rejected", "rejected"]
    assert all("headline" in row["detail"] for row in made["ledger"][:2])

    again = proofpress("run", "--plain", file, **vendors.environment)
    assert "nothing to do: all 1 creatives stand" in again.stdout


def test_auto_has_the_headline_drawn_where_one_picture_serves_the_whole_campaign(
    proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    square = (("display-300x250", "meta-square"), ALONE)
    file = write(workplace, ("lettering: typeset", "lettering: auto"), *square, name="auto")
    plan = json.loads(proofpress("plan", "--json", file).stdout)
    (planned,) = plan[0]["variants"]
    assert planned["lettering"]["headline"] == "model"
    assert "of such pictures come out right" in planned["lettering_why"]["headline"]
    done = proofpress("run", "--plain", file, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = creatives(workplace, "auto")
    assert (made["status"], made["fallback"]) == ("accepted", "")
    assert made["lettering"]["headline"] == "model"
    assert made["why"] == planned["lettering_why"]


def test_the_ledger_is_compared_with_each_providers_own_record_where_there_is_one(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    changes = [(*by(name, "flux-2-pro"), ALONE) for name in ("runflow", "bfl")]
    files = [write(workplace, *change, name=change[0][1][-3:]) for change in changes]
    with simulated() as own:
        assert proofpress("run", "--plain", *files, **own.environment).returncode == 0
        agreed = proofpress("spend", "--reconcile", **own.environment)
        keyless = proofpress("spend", "--reconcile")
    assert agreed.returncode == 0
    assert "the provider's record and the ledger agree" in agreed.stdout
    assert "bfl: not compared; it offers no record" in agreed.stdout
    assert "runflow: not compared; runflow needs a key; set RUNFLOW_API_KEY" in keyless.stdout


def test_what_sentinel_charges_for_its_opinions_is_in_the_ledger_to_the_cent(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    square = (("lettering: typeset", "lettering: model"), ("display-300x250", "meta-square"), ALONE)
    file = write(workplace, ("model: flux", "second_opinion: sentinel\nmodel: flux"), *square)
    with simulated("--misspelling", "0") as own:
        done = proofpress("run", "--plain", file, **own.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        told = proofpress("spend", "--by", "model", "--reconcile", "--json", **own.environment)
        billed = own.billed
    tree = json.loads(told.stdout)
    assert [(line["name"], line["spent"]) for line in tree["lines"]] == [
        ("flux-2-flex", "0.05"),
        ("sentinel", "0.02"),
    ]
    assert decimal.Decimal(tree["total"]["spent"]) == billed
    compared = {one["provider"]: one["not_compared"] for one in tree["records"]}
    assert compared["runflow"] is None
    assert "no record of its charges" in compared["sentinel"]
    (made,) = creatives(workplace)
    assert (made["opinion"]["passed"], made["opinion"]["cost"]) == (True, "0.02")
    (row,) = [row for row in made["ledger"] if row["provider"] == "sentinel"]
    assert (row["state"], row["charged"], row["by_vendor"]) == ("accepted", "0.02", True)


def test_eight_runs_at_once_are_one_bill_and_seven_say_who_has_it(
    workplace: pathlib.Path, frozen: Vendors
) -> None:
    file = write(workplace)
    runs = [begun(workplace, file, frozen) for _ in range(8)]
    until = time.monotonic() + 120
    while time.monotonic() < until and sum(run.poll() is None for run in runs) > 1:
        time.sleep(0.2)
    frozen.post("clock", advance=60)
    said = [(*run.communicate(timeout=120), run.returncode) for run in runs]
    assert [code for _, _, code in said] == [0] * 8, said
    makes = [out for out, _, _ in said if "2 of 2 passed" in out]
    waits = [out for out, _, _ in said if "is already being made, by run 2" in out]
    assert (len(makes), len(waits)) == (1, 7)
    assert len(frozen.get("bill")["lines"]) == frozen.submits == 1


def test_ctrl_c_while_an_earlier_runs_picture_is_waited_for_ends_at_once_and_loses_nothing(
    proofpress: Run, workplace: pathlib.Path, frozen: Vendors
) -> None:
    file = write(workplace)
    killed = begun(workplace, file, frozen)
    wait_for_a_submit(frozen)
    killed.kill()
    killed.communicate(timeout=60)
    resuming, asked = begun(workplace, file, frozen), polls(frozen)
    until = time.monotonic() + 60
    while polls(frozen) == asked and time.monotonic() < until:
        time.sleep(0.1)
    resuming.send_signal(signal.SIGINT)
    interrupted = time.monotonic()
    said = resuming.communicate(timeout=60)
    assert time.monotonic() - interrupted < 2
    assert resuming.returncode == 130, said
    assert "interrupted; what was finished is kept" in said[1]
    frozen.post("clock", advance=60)
    done = proofpress("run", "--plain", file, **frozen.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [one["fallback"] for one in creatives(workplace)] == ["", ""]
    assert len(frozen.get("bill")["lines"]) == frozen.submits == 1


def polls(vendors: Vendors) -> int:
    return sum(job["polls"] for job in vendors.get("jobs"))


def test_a_price_that_is_edited_during_the_run_holds_what_was_made_with_the_old_one(
    workplace: pathlib.Path, frozen: Vendors
) -> None:
    file = write(workplace, ALONE)
    run = begun(workplace, file, frozen)
    wait_for_a_submit(frozen)
    write(workplace, ALONE, ("ch: 7.90", "ch: 6.90"))
    frozen.post("clock", advance=60)
    out, err = run.communicate(timeout=120)
    assert run.returncode == 1, out + err
    assert "was changed during the run: price is now" in out
    (made,) = creatives(workplace)
    assert made["status"] == "held"
    assert made["file"].startswith("held/")


def test_the_kill_switch_lets_everything_go_out_on_the_studios_plate_for_nothing(
    proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    file = write(workplace, ALONE)
    asked = vendors.submits
    assert proofpress("halt", "wrong brief").returncode == 0
    assert "ALL NEW PAYMENTS ARE STOPPED: wrong brief" in proofpress("spend").stdout
    done = proofpress("run", "--plain", file, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 on the studio's plate, since there is no paid picture that passes:" in done.stdout
    (made,) = creatives(workplace)
    assert made["status"] == "accepted"
    assert made["fallback"].startswith("all payments are stopped: wrong brief")
    assert (made["ledger"], made["plate"]["provider"]) == ([], "studio")
    assert decimal.Decimal(made["cost"]) == 0
    assert "On the studio's plate in place of a paid picture" in (
        workplace / "out" / "index.html"
    ).read_text("utf-8").replace("&#39;", "'")
    assert vendors.submits == asked

    assert proofpress("halt", "--off").stdout == "payments are allowed again\n"
    again = proofpress("run", "--plain", file, **vendors.environment)
    assert "1 on the studio's plate; `run --retry` tries for paid ones again" in again.stdout
    done = proofpress("run", "--plain", "--retry", file, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = creatives(workplace)
    assert (made["fallback"], made["plate"]["provider"]) == ("", "runflow")
    assert vendors.submits == asked + 1


def test_a_budget_that_is_used_up_names_itself_and_nothing_is_paid(
    proofpress: Run, workplace: pathlib.Path, vendors: Vendors
) -> None:
    file = write(workplace, ALONE, ("day: 1.00", "day: 0.01"))
    asked = vendors.submits
    done = proofpress("run", "--plain", file, **vendors.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = creatives(workplace)
    assert made["fallback"].startswith("the budget of day ")
    assert "$0.01 of the day's $0.01 left" in done.stdout
    assert vendors.submits == asked


@pytest.mark.parametrize(
    ("provider", "variable"),
    [("runflow", "RUNFLOW_API_KEY"), ("fal", "FAL_KEY"), ("bfl", "BFL_API_KEY")],
)
def test_a_missing_key_is_named_before_anything_is_made(
    provider: str, variable: str, proofpress: Run, workplace: pathlib.Path
) -> None:
    file = write(workplace, ("provider: runflow", f"provider: {provider}"))
    done = proofpress("run", "--plain", file, **{variable: ""})
    assert done.returncode == 3
    assert f"{provider} needs a key; set {variable} in the environment" in done.stderr
    assert not (workplace / "out").exists()


@pytest.mark.flow
def test_a_key_is_in_no_byte_that_a_run_leaves_behind_and_no_stranger_is_sent_it(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    canary = secrets.token_hex(24)
    changes = [(("provider: runflow", f"provider: {name}"), ALONE) for name in ("bfl", "fal")]
    files = [write(workplace, *change, name=change[0][1][-3:]) for change in changes]
    with simulated("--misspelling", "0", key=canary) as vendors:
        hostile = "foreign_polling_url, redirect_result(1), corrupt(1)"
        vendors.post("scenario", scenario=hostile, count=len(files))
        done = proofpress("run", *files, **vendors.environment)
        told = proofpress("spend", "--reconcile", **vendors.environment)
        strangers = json.dumps(vendors.get("strangers"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Prefect  http://127.0.0.1" in done.stdout
    said = [done.stdout, done.stderr, told.stdout, told.stderr, strangers]
    assert [text for text in said if canary in text] == []
    left = [path for path in workplace.rglob("*") if path.is_file()]
    names = {path.name for path in left}
    assert {"ledger.sqlite3", "manifest.json", "index.html", "prefect.db", "server.log"} <= names
    assert [path for path in left if canary.encode() in path.read_bytes()] == []


def test_a_poll_that_is_sent_elsewhere_takes_the_key_nowhere(workplace: pathlib.Path) -> None:
    file = write(workplace, *by("bfl", "flux-2-pro"), ALONE)
    canary = secrets.token_hex(24)
    with simulated(key=canary) as vendors:
        vendors.post("scenario", scenario="redirect_poll")
        run = begun(workplace, file, vendors)
        until = time.monotonic() + 60
        while time.monotonic() < until and sum(job["polls"] for job in vendors.get("jobs")) < 3:
            time.sleep(0.2)
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)
        (job,) = vendors.get("jobs")
        assert vendors.get("strangers") == []
    assert job["polls"] >= 3
    assert run.returncode == 130
    assert canary not in said[0] + said[1]
