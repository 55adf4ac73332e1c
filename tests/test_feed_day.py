"""A day with a price list: the diff in the plan, frozen in the manifest, looked at again."""

import datetime as dt
import json
import pathlib
from collections.abc import Callable, Iterator

import pytest

from pipeline.daily import Workshop, open_workshop, produce_batch, publish
from pipeline.dayplan import DayPlan, RunRequest, everything_stands, preflight, prepare
from pipeline.errors import CampaignError
from pipeline.plan.report import plan_report
from pipeline.produce.store import Store
from pipeline.publish.manifest import read_manifest
from pipeline.session import open_session, still_true, with_till
from pipeline.settings import PROJECT, Settings
from tests.lunch import lunch
from tests.produce.providers.servers import Reply, Seen, Server
from tests.test_day import Passing
from tests.test_session import said

NOW = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("display-300x250", de="de_DE", jp="ja_JP")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    copy: {headline: {de: Bowls, ja: ボウル}}
feed:
  from: SOURCE
  kind: csv
  columns: {offer: sku, market: shop, price: price}
"""
)
LIST = "sku,shop,price\nbowl,de,8.90\nbowl,jp,1180\n"


class Shop:
    """A server that has a price list, and says 304 to whoever has it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rows = LIST
        self.status = 200
        self.sent: list[int] = []
        server.answer = self._answer

    def _answer(self, seen: Seen) -> Reply:
        tag = f'"{hash(self.rows)}"'
        known = seen.headers.get("if-none-match") == tag
        status = 304 if known and self.status == 200 else self.status
        self.sent.append(status)
        body = self.rows.encode() if status == 200 else b""
        return Reply(status, body=body, headers=(("etag", tag),))


@pytest.fixture
def shop() -> Iterator[Shop]:
    running = Server()
    running.start()
    yield Shop(running)
    running.stop()


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)


@pytest.fixture
def planned(tmp_path: pathlib.Path, shop: Shop, settings: Settings) -> Callable[..., DayPlan]:
    """Return what plans the day, some hours later, after a change of the file."""

    def plan(hours: float = 0, changed: tuple[str, str] = ("", "")) -> DayPlan:
        file = tmp_path / "lunch.yaml"
        text = CAMPAIGN.replace("SOURCE", f"{shop.server.url}/list?token=canary")
        file.write_text(text.replace(*changed) if changed[0] else text, "utf-8")
        instant = NOW + dt.timedelta(hours=hours)
        asked = RunRequest(files=(file,), out=tmp_path / "out", instant=instant, day=NOW.date())
        return prepare(asked, settings)

    return plan


def worked(day_plan: DayPlan, settings: Settings) -> dict[str, object]:
    """Run a day and return its manifest."""
    session = open_session(day_plan, settings, lambda: day_plan.request.instant)
    workshop: Workshop = open_workshop(settings, Passing(), {"reader": "1"})
    workshop = with_till(session, workshop, {}, preflight(day_plan))
    made = [
        outcome
        for batch in session.day_plan.batches()
        for outcome in produce_batch(batch, workshop, lambda _: None)
    ]
    outcomes = still_true(session, made, workshop.renderer.engine)
    assert {one.reason for one in outcomes} == {""}
    published = publish(session.day_plan, outcomes, workshop)
    session.close("published")
    return read_manifest(published.manifests[0])


def report(day_plan: DayPlan) -> str:
    return plan_report(day_plan.plans[0])


def test_a_day_is_frozen_with_its_list_and_the_next_plan_says_what_changed(
    planned: Callable[..., DayPlan], settings: Settings, shop: Shop
) -> None:
    first = planned()
    name = f"{shop.server.url}/list"
    assert f"prices: 2 from {name} (2 rows)" in report(first)
    manifest = worked(first, settings)
    assert "canary" not in json.dumps(manifest)
    frozen = manifest["feed"]
    assert isinstance(frozen, dict)
    assert frozen["from"] == name
    assert frozen["etag"] == f'"{hash(LIST)}"'
    assert frozen["fetched"] == "2026-12-01T12:00:00+00:00"
    assert Store(settings.work).get(frozen["sha256"]) == LIST.encode()

    assert everything_stands(planned(1))
    assert shop.sent[-1] == 304
    shop.rows = LIST.replace("8.90", "8.50")
    second = planned(2)
    assert "prices: bowl de 8.90 -> 8.50" in report(second)
    assert second.changed == 1
    assert json.loads(second.plans[0].to_json())["feed"]["changed"] == ["bowl de 8.90 -> 8.50"]
    again = worked(second, settings)["feed"]
    assert isinstance(again, dict)
    assert again["sha256"] != frozen["sha256"]
    assert "->" not in report(planned(3))


def test_a_plan_that_no_run_followed_is_no_last_list(
    planned: Callable[..., DayPlan], settings: Settings, shop: Shop
) -> None:
    worked(planned(), settings)
    shop.rows = LIST.replace("8.90", "8.50")
    planned(1)
    shop.rows = LIST.replace("8.90", "8.40")
    assert "prices: bowl de 8.90 -> 8.40" in report(planned(2))


def test_a_price_that_changed_between_plan_and_delivery_holds_its_market_alone(
    planned: Callable[..., DayPlan], settings: Settings, shop: Shop
) -> None:
    session = open_session(planned(), settings, lambda: NOW)
    assert said(session) == {"de": "", "jp": ""}
    assert shop.sent[-1] == 304
    shop.rows = LIST.replace("8.90", "7.90")
    reasons = said(session)
    assert reasons["jp"] == ""
    assert f"its price list {shop.server.url}/list was changed during the run" in reasons["de"]
    assert "price is now '7,90\\xa0€', not '8,90\\xa0€'; run again" in reasons["de"]
    session.close("published")


def test_a_server_that_fails_at_delivery_holds_all_unless_its_snapshot_may_serve(
    planned: Callable[..., DayPlan], settings: Settings, shop: Shop
) -> None:
    session = open_session(planned(), settings, lambda: NOW)
    shop.status = 503
    for reason in said(session).values():
        assert "has a problem: 127.0.0.1 answered 503; run again" in reason
        assert "canary" not in reason
    session.close("published")

    shop.status = 200
    lenient = ("kind: csv", "kind: csv\n  stale_hours: 1")
    session = open_session(planned(changed=lenient), settings, lambda: NOW)
    shop.status = 503
    assert said(session) == {"de": "", "jp": ""}
    session.close("published")


def test_an_older_list_is_used_within_its_hours_and_the_plan_says_so(
    planned: Callable[..., DayPlan], shop: Shop
) -> None:
    lenient = ("kind: csv", "kind: csv\n  stale_hours: 6")
    planned()
    shop.status = 500
    (note,) = [one for one in preflight(planned(5, lenient)) if one.rule == "price feed"]
    assert str(note).startswith("look at: ")
    assert (note.problem.path, note.problem.line) == ("feed.from", 15)
    assert "so the snapshot of 2026-12-01 12:00 UTC, 5.0 hours old, is used" in note.problem.what
    with pytest.raises(CampaignError, match=r"lunch\.yaml:15: feed\.from: 127\.0\.0\.1 answered"):
        planned(7, lenient)


def test_a_wrong_row_is_told_with_the_address_and_its_line(
    planned: Callable[..., DayPlan], shop: Shop
) -> None:
    shop.rows = LIST.replace("8.90", "8.9.0")
    with pytest.raises(CampaignError) as caught:
        planned()
    assert str(caught.value).startswith(
        f"{shop.server.url}/list:2: offers.bowl.price.de: row 1: '8.9.0' is no amount; "
    )
