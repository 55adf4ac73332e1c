"""Price lists from a server: a small real one, which answers well, badly, late or not at all."""

import datetime as dt
import pathlib
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.campaign.document import parsed
from pipeline.campaign.feed import Columns, Feed
from pipeline.campaign.feeds.merge import Fed
from pipeline.errors import FeedError
from pipeline.feeds.fetch import Call, fetch
from pipeline.feeds.shelf import Shelf
from pipeline.feeds.supply import FeedSupply, freeze, open_shelf
from pipeline.produce.providers.wire import Wire
from pipeline.produce.store import Store
from pipeline.settings import PROJECT, Settings
from tests.produce.providers.servers import CANARY, Answering, Reply, Seen, Server

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
LIST = b"sku,shop,price\nbowl,de,8.50\n"
TAG = ("etag", '"one"')
SINCE = ("last-modified", "Fri, 27 Nov 2026 08:00:00 GMT")

Make = Callable[..., FeedSupply]


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def supply(tmp_path: pathlib.Path) -> Make:
    """Return what makes a supply some hours later, with keys."""

    def make(hours: float = 0, **environment: str) -> FeedSupply:
        shelf = Shelf(tmp_path / "work", Store(tmp_path / "work"))
        return FeedSupply(
            open_shelf=lambda: shelf,
            open_wire=lambda: Wire(time.monotonic),
            instant=NOW + dt.timedelta(hours=hours),
            environment=environment,
            seconds=0.5,
        )

    return make


def feed(url: str, hours: str = "0", key: str | None = None) -> Feed:
    columns = Columns(offer="sku", market="shop", price="price")
    given = {"from": url, "columns": columns, "key_variable": key, "stale_hours": hours}
    return Feed.model_validate(given)


def answering(body: bytes = LIST, status: int = 200, *headers: tuple[str, str]) -> Answering:
    return lambda _: Reply(status, body=body, headers=headers)


def refusal(supply: FeedSupply, of: Feed) -> str:
    with pytest.raises(FeedError) as caught:
        supply.snapshot("lunch", of, "lunch.yaml")
    return str(caught.value)


def test_what_has_not_changed_is_not_sent_again(server: Server, supply: Make) -> None:
    server.answer = answering(LIST, 200, TAG, SINCE)
    first = supply().snapshot("lunch", feed(server.url), "lunch.yaml")
    assert (first.content, first.etag, first.fetched) == (LIST, '"one"', NOW)

    server.answer = answering(b"", 304)
    later = supply(5).snapshot("lunch", feed(server.url), "lunch.yaml")
    asked = server.seen[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"one"', SINCE[1])
    assert (later.content, later.sha256) == (LIST, first.sha256)
    assert later.fetched == NOW + dt.timedelta(hours=5)
    assert later.note == ""

    server.answer = answering(LIST + b"soup,de,5.00\n", 200, ("etag", '"two"'))
    assert supply(6).snapshot("lunch", feed(server.url), "lunch.yaml").etag == '"two"'
    supply(7).snapshot("lunch", feed(server.url), "lunch.yaml")
    assert server.seen[-1].headers["if-none-match"] == '"two"'
    assert "if-modified-since" not in server.seen[-1].headers


def test_a_list_of_another_address_is_none_of_this_one(server: Server, supply: Make) -> None:
    server.answer = answering(LIST, 200, TAG)
    supply().snapshot("lunch", feed(f"{server.url}/a"), "lunch.yaml")
    supply().snapshot("lunch", feed(f"{server.url}/b"), "lunch.yaml")
    assert "if-none-match" not in server.seen[-1].headers


def test_an_unasked_304_and_a_broken_snapshot_are_no_list(
    server: Server, supply: Make, tmp_path: pathlib.Path
) -> None:
    server.answer = answering(b"", 304)
    assert "answered 304, and there is no snapshot" in refusal(supply(), feed(server.url))
    server.answer = answering(LIST, 200, TAG)
    kept = supply().snapshot("lunch", feed(server.url), "lunch.yaml")
    Store(tmp_path / "work").file(kept.sha256).write_bytes(b"torn")
    assert supply().snapshot("lunch", feed(server.url), "lunch.yaml").content == LIST
    assert "if-none-match" not in server.seen[-1].headers


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(500, body=b"oops"), "127.0.0.1 answered 500"),
        (Reply(404, body=b"gone"), "127.0.0.1 answered 404"),
        (Reply(200, body=b""), "127.0.0.1 answered with nothing"),
        (Reply(200, body=b"x" * 5_000_001), "127.0.0.1 answered with more than 5,000,000 bytes"),
        (
            Reply(200, body=b"<html>", headers=(("content-type", "text/html; charset=utf-8"),)),
            "127.0.0.1 answered with a web page; the address may ask for a login",
        ),
        (Reply(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nsku"), "gave no whole answer"),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 99, pause=0.02), "gave no whole answer"),
        (
            Reply(302, headers=(("location", "http://127.0.0.2/prices.csv"),)),
            "sends us to another host, which is not followed",
        ),
        (Reply(302, headers=(("location", "/again"),)), "redirected more than 3 times"),
    ],
)
def test_whatever_else_a_server_does_is_said(
    server: Server, supply: Make, reply: Reply, says: str
) -> None:
    server.answer = lambda _: reply
    begun = time.monotonic()
    said = refusal(supply(), feed(f"{server.url}/x?token={CANARY}"))
    assert says.partition("; ")[0] in said
    assert "there is no snapshot" in said
    assert CANARY not in said
    assert time.monotonic() - begun < 3


def test_a_server_that_is_not_there_is_said_with_what_to_do(supply: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    said = refusal(supply(), feed(f"http://127.0.0.1:{port}/x"))
    assert said == (
        "127.0.0.1 cannot be reached (ConnectError), and there is no snapshot; "
        "look at the server and run again"
    )


def test_a_redirect_on_the_same_host_is_followed(server: Server, supply: Make) -> None:
    moved = Reply(302, headers=(("location", "/here.csv"),))
    server.answer = lambda seen: Reply(body=LIST) if seen.path == "/here.csv" else moved
    assert supply().snapshot("lunch", feed(f"{server.url}/x"), "lunch.yaml").content == LIST


def test_the_last_snapshot_serves_while_it_is_young_enough(server: Server, supply: Make) -> None:
    server.answer = answering(LIST, 200, TAG)
    supply().snapshot("lunch", feed(server.url, "6"), "lunch.yaml")
    server.answer = answering(b"", 500)
    stale = supply(5.5).snapshot("lunch", feed(server.url, "6"), "lunch.yaml")
    assert (stale.content, stale.fetched) == (LIST, NOW)
    assert stale.note == (
        "127.0.0.1 answered 500, so the snapshot of 2026-11-27 12:00 UTC, 5.5 hours old, is used"
    )
    assert refusal(supply(6), feed(server.url, "6")) == (
        "127.0.0.1 answered 500; look at the server and run again, or allow the snapshot of "
        "2026-11-27 12:00 UTC, 6.0 hours old, with `stale_hours`"
    )
    assert "127.0.0.1 answered 500" in refusal(supply(0), feed(server.url))  # the usual: none


def test_a_key_is_sent_to_its_server_and_told_to_nobody(
    server: Server, supply: Make, tmp_path: pathlib.Path
) -> None:
    def answer(seen: Seen) -> Reply:
        right = seen.headers.get("authorization") == f"Bearer {CANARY}"
        return Reply(200 if right else 401, body=LIST)

    server.answer = answer
    keyed = feed(server.url, key="FEED_KEY")
    with_key = supply(FEED_KEY=CANARY)
    assert with_key.snapshot("lunch", keyed, "lunch.yaml").content == LIST
    assert CANARY not in repr(with_key)
    assert "FEED_KEY holds no key" in refusal(supply(), keyed)
    assert "FEED_KEY holds no key" in refusal(supply(FEED_KEY="two\nlines"), keyed)
    server.answer = answering(b"no", 401)
    assert CANARY not in refusal(supply(FEED_KEY=CANARY), keyed)
    files = [path for path in (tmp_path / "work").rglob("*") if path.is_file()]
    assert files
    assert not any(CANARY.encode() in path.read_bytes() for path in files)


def test_a_key_never_travels_unencrypted() -> None:
    with pytest.raises(FeedError, match=r"over https alone; write https") as caught:
        fetch(Call(url="http://prices.example/x.csv", key=CANARY), Wire(time.monotonic))
    assert CANARY not in str(caught.value)


def test_what_runs_used_is_remembered_once_for_each_change(tmp_path: pathlib.Path) -> None:
    settings = Settings(templates=PROJECT / "templates", work=tmp_path, workers=1)
    supply = FeedSupply(
        open_shelf=lambda: open_shelf(settings),
        open_wire=lambda: Wire(time.monotonic),
        instant=NOW,
    )
    (tmp_path / "prices.csv").write_bytes(LIST)
    snapshot = supply.snapshot("lunch", feed("prices.csv"), str(tmp_path / "lunch.yaml"))
    for hour, price in enumerate(("8.50", "8.50", "7.90")):
        at = NOW + dt.timedelta(hours=hour)
        prices = {("bowl", "de"): (price, "")}
        fed = Fed(document=parsed("", b""), snapshot=snapshot, prices=prices)
        freeze(fed, "lunch", settings, at)
    assert [(one.at.hour, one.prices) for one in supply.used("lunch")] == [
        (12, {("bowl", "de"): ("8.50", "")}),
        (14, {("bowl", "de"): ("7.90", "")}),
    ]
    assert Store(tmp_path).get(snapshot.sha256) == LIST
    (tmp_path / "feeds" / "lunch-used.json").write_text("[torn", "utf-8")
    assert supply.used("lunch") == []


def test_the_day_of_a_market_is_its_own_unless_another_is_asked_for(supply: Make) -> None:
    late = supply(hours=10)  # 22:00 in London
    assert late.day_of("jp", "Asia/Tokyo") == dt.date(2026, 11, 28)
    assert late.day_of("gb", "Europe/London") == dt.date(2026, 11, 27)
    assert late.day_of("xx", "Nowhere/None") is None
