"""The retire list: stable columns, the worst first; a webhook that is signed, bounded, honest."""

import contextlib
import csv
import datetime as dt
import hashlib
import hmac
import http.server
import json
import pathlib
import threading
from collections.abc import Iterator

import pytest

from pipeline.errors import UsageError
from pipeline.publish.live import Out, State, Truth
from pipeline.publish.retire import (
    COLUMNS,
    checked_address,
    report,
    send,
    table,
    to_retire,
    write_csv,
)

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
SHARED = "correct horse"


def out(variant: str, state: State, since: str = "") -> Out:
    return Out(
        file=f"2026-12-01/lunch/de/{variant}.jpg",
        sha256="0" * 64,
        variant=variant,
        campaign="lunch",
        offer="bowl",
        market="de",
        locale="de_DE",
        format="meta-square",
        day="2026-12-01",
        accepted_by="proof",
        truth=Truth(state=state, reason="" if state is State.TRUE else "so", since=since),
    )


EVERY = (
    out("a", State.TRUE),
    out("b", State.ENDING, "2026-12-01T23:00:00Z"),
    out("c", State.CHANGED, "2026-12-01T09:00:00Z"),
    out("d", State.EXPIRED, "2026-11-30T23:00:00Z"),
)


class Receiver(http.server.ThreadingHTTPServer):
    """Takes posts on loopback and answers each with the next of some statuses."""

    def __init__(self, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.posts: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/retire?key=hidden"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.posts.append((headers, body))
        self.send_response(self.server.statuses.pop(0))
        self.send_header("content-length", "0")
        self.send_header("location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is defined
        """Say nothing."""


@contextlib.contextmanager
def receiver(*statuses: int) -> Iterator[Receiver]:
    with Receiver(list(statuses)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_list_has_what_is_untrue_before_what_is_ending_and_nothing_that_is_true() -> None:
    assert [one.variant for one in to_retire(EVERY)] == ["d", "c", "b"]


def test_the_report_has_everything_under_stable_names() -> None:
    told = json.loads(report(EVERY, NOON, dt.timedelta(hours=24)))
    assert (told["live"], told["instant"], told["within_hours"]) == (1, "2026-12-01T12:00:00Z", 24)
    assert told["totals"] == {
        "out": 4,
        "expired": 1,
        "changed": 1,
        "damaged": 0,
        "ending": 1,
        "true": 1,
    }
    assert [row["variant"] for row in told["retire"]] == ["d", "c", "b"]
    assert {tuple(row) for row in told["out"]} == {COLUMNS}


def test_the_table_opens_with_its_columns_and_has_a_row_for_each(tmp_path: pathlib.Path) -> None:
    write_csv(tmp_path / "retire.csv", EVERY)
    with (tmp_path / "retire.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row[COLUMNS.index("state")] for row in rows[1:]] == ["expired", "changed", "ending"]


def test_a_table_that_cannot_be_written_says_so(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UsageError, match="name another file"):
        write_csv(tmp_path / "file" / "retire.csv", EVERY)


def test_a_person_reads_how_much_is_true_and_what_has_to_go() -> None:
    shown = table(EVERY)
    assert shown.startswith("4 out, 2 of them true, 1 ending soon\n")
    assert "expired since 2026-11-30T23:00:00Z  2026-12-01/lunch/de/d.jpg\n  so" in shown
    assert "a.jpg" not in shown


def test_a_post_is_signed_so_that_the_receiver_can_tell() -> None:
    with receiver(200) as server:
        assert send(server.url, '{"live": 1}', SHARED, NOON, lambda _: None) == ""
    ((headers, body),) = server.posts
    assert body == b'{"live": 1}'
    moment, digest = headers["x-proofpress-signature"].removeprefix("t=").split(",v1=")
    assert int(moment) == NOON.timestamp()
    expected = hmac.new(SHARED.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert digest == expected
    assert headers["x-proofpress-delivery"] == hashlib.sha256(body).hexdigest()
    assert SHARED not in str(headers)


def test_without_a_secret_nothing_pretends_to_be_signed() -> None:
    with receiver(204) as server:
        assert send(server.url, "{}", "", NOON, lambda _: None) == ""
    assert "x-proofpress-signature" not in server.posts[0][0]


def test_a_receiver_that_recovers_is_asked_again_and_can_tell_the_repetition() -> None:
    pauses: list[float] = []
    with receiver(503, 429, 200) as server:
        assert send(server.url, "{}", "", NOON, pauses.append) == ""
    assert pauses == [1.0, 4.0]
    assert len({headers["x-proofpress-delivery"] for headers, _ in server.posts}) == 1


@pytest.mark.parametrize(
    ("statuses", "says"),
    [((500, 500, 500), "it answered 500"), ((404,), "it answered 404"), ((302,), "answered 302")],
)
def test_what_could_not_be_delivered_is_said_without_the_address_key_or_secret(
    statuses: tuple[int, ...], says: str
) -> None:
    with receiver(*statuses) as server:
        failure = send(server.url, "{}", SHARED, NOON, lambda _: None)
    assert len(server.posts) == len(statuses)
    assert failure.startswith("the webhook at 127.0.0.1 did not take the retire list: ")
    assert says in failure
    assert "hidden" not in failure
    assert SHARED not in failure


def test_a_receiver_that_is_not_there_is_tried_three_times() -> None:
    with receiver() as server:
        gone = server.url
    pauses: list[float] = []
    assert "ConnectError" in send(gone, "{}", "", NOON, pauses.append)
    assert len(pauses) == 2


def test_only_this_machine_may_be_told_in_the_clear() -> None:
    for url in (
        "https://hooks.example/x",
        "http://127.0.0.1:9/",
        "http://localhost/",
        "http://[::1]/",
    ):
        assert checked_address(url) == url
    for url in ("http://hooks.example/x", "http://127.0.0.1.hooks.example/", "http://10.0.0.1/"):
        with pytest.raises(UsageError, match="wants https"):
            checked_address(url)
    for url in ("hooks.example", "ftp://hooks.example/", "https://"):
        with pytest.raises(UsageError, match="begins with https://"):
            checked_address(url)
