"""The key goes nowhere else, no call outlives its deadline, and half a picture is none."""

import base64
import contextlib
import gzip
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.plan.addresses import addressed
from pipeline.plan.catalogue import capabilities
from pipeline.produce.providers.protocol import (
    ClosedError,
    ExpiredError,
    ModeratedError,
    NotAcceptedError,
    OutcomeUnknownError,
    SpoiltError,
    ThrottledError,
    TransientError,
)
from pipeline.produce.providers.replies import accepted, found, retry_after
from pipeline.produce.providers.transport import ForeignAddressError, Keyed, KeyHeader, Open
from pipeline.produce.providers.whole import checked, from_data_url, media_type_of
from pipeline.produce.providers.wire import Answer, LostError, NotSentError, Wire
from tests.produce.providers.servers import CANARY, Reply, Server, picture

SECONDS = 1.0
SIGNATURE = "signed4711"


def keyed(server: Server, wire: Wire) -> Keyed:
    able = addressed(capabilities("bfl"), {"PROOFPRESS_BFL_URL": server.url})
    return Keyed(able, KeyHeader("x-key", CANARY), wire)


def opened(wire: Wire, seconds: float = 5.0) -> Open:
    return Open(wire, loopback=True, seconds=seconds)


def timed(call: Callable[[], object]) -> float:
    start = time.monotonic()
    call()
    return time.monotonic() - start


def raw(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", "connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def test_the_key_and_the_json_arrive_as_they_are(server: Server, wire: Wire) -> None:
    server.answer = lambda _: Reply(201, {"id": "1"})
    answer = keyed(server, wire).send("POST", f"{server.url}/v1/x", {"prompt": "Größe €"})
    assert (answer.status, answer.body) == (201, b'{"id": "1"}')
    (seen,) = server.seen
    assert seen.headers["x-key"] == CANARY
    assert seen.body == '{"prompt":"Größe €"}'.encode()
    assert seen.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_does_not_follow_a_redirect(
    server: Server, stranger: Server, wire: Wire, status: int
) -> None:
    server.answer = lambda _: Reply(status, {}, headers=(("location", f"{stranger.url}/take"),))
    answer = keyed(server, wire).send("GET", f"{server.url}/v1/x")
    assert answer.status == status
    assert stranger.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "{stranger}/v1/get_result?id=1",
        "{server}@{stranger_host}/",
        "http://user:password@{server_host}/",
        "https://{server_host}/",
        "http://localhost:1/",
        "file:///etc/passwd",
        "{stranger}\\@{server_host}/",
        "",
    ],
)
def test_the_key_goes_to_no_other_scheme_host_or_port(
    server: Server, stranger: Server, wire: Wire, url: str
) -> None:
    address = url.format(
        server=server.url,
        stranger=stranger.url,
        server_host=server.url.removeprefix("http://"),
        stranger_host=stranger.url.removeprefix("http://"),
    )
    with pytest.raises(ForeignAddressError):
        keyed(server, wire).send("GET", address)
    assert server.seen == stranger.seen == []


def test_a_server_that_is_not_there_was_sent_nothing(
    server: Server, wire: Wire, closed_port: int
) -> None:
    able = {"PROOFPRESS_BFL_URL": f"http://127.0.0.1:{closed_port}"}
    client = Keyed(addressed(capabilities("bfl"), able), KeyHeader("x-key", CANARY), wire)
    with pytest.raises(NotSentError, match=r"127\.0\.0\.1/v1/x cannot be reached"):
        client.send("POST", f"http://127.0.0.1:{closed_port}/v1/x?sig=secret", {})
    assert server.seen == []


DRIPS = {
    "head": raw(b"", "x-long: " + "y" * 400),
    "body": raw(b"z" * 400, "content-length: 400"),
}


@pytest.mark.parametrize("part", DRIPS)
def test_a_dripping_answer_ends_at_the_deadline(server: Server, wire: Wire, part: str) -> None:
    server.answer = lambda _: Reply(raw=DRIPS[part], pause=0.05)  # would take 20 seconds
    request = httpx.Request("GET", f"{server.url}/slow")

    def call() -> None:
        with pytest.raises(LostError, match="gave no whole answer"):
            wire.send(request, seconds=SECONDS, most=1000)

    assert timed(call) < SECONDS + 0.5


def test_a_silent_server_is_left_at_the_deadline(server: Server, wire: Wire) -> None:
    server.answer = lambda _: Reply(raw=b"H", pause=2.0)
    request = httpx.Request("GET", f"{server.url}/silent")

    def call() -> None:
        with pytest.raises(LostError):
            wire.send(request, seconds=SECONDS, most=1000)

    assert timed(call) < SECONDS + 0.5


def test_each_thread_has_its_own_deadline(server: Server, wire: Wire) -> None:
    server.answer = lambda seen: Reply(
        raw=raw(b"zz", "content-length: 2"), pause=0.01 if "short" not in seen.path else 0.5
    )
    lost: list[LostError] = []

    def hurry() -> None:
        with pytest.raises(LostError) as caught:
            wire.send(httpx.Request("GET", f"{server.url}/short"), seconds=0.2, most=10)
        lost.append(caught.value)

    thread = threading.Thread(target=hurry)
    thread.start()
    answer_ = wire.send(httpx.Request("GET", f"{server.url}/patient"), seconds=10, most=10)
    thread.join(10)
    assert (answer_.body, len(lost)) == (b"zz", 1)


def test_a_body_may_have_so_many_bytes_and_no_more(server: Server, wire: Wire) -> None:
    server.answer = lambda _: Reply(body=b"z" * 1000)
    request = httpx.Request("GET", f"{server.url}/large")
    assert len(wire.send(request, seconds=5, most=1000).body) == 1000
    with pytest.raises(LostError, match="more than 999 bytes"):
        wire.send(httpx.Request("GET", f"{server.url}/large"), seconds=5, most=999)


def test_a_packed_body_is_not_unpacked(server: Server, wire: Wire) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    server.answer = lambda _: Reply(body=bomb, headers=(("content-encoding", "gzip"),))
    with pytest.raises(LostError, match="packed body"):
        wire.send(httpx.Request("GET", f"{server.url}/bomb"), seconds=5, most=10**6)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200", raw(b"{}", "content-length: 9"), b"\x00\xff\x00\r\n\r\n"],
)
def test_an_answer_that_is_cut_is_no_answer(server: Server, wire: Wire, answer: bytes) -> None:
    server.answer = lambda _: Reply(raw=answer)
    with pytest.raises(LostError):
        keyed(server, wire).send("POST", f"{server.url}/v1/x", {})


def test_a_picture_is_downloaded_whole_without_the_key(server: Server, wire: Wire) -> None:
    content = picture()
    server.answer = lambda _: Reply(body=content)
    assert opened(wire).picture(f"{server.url}/a.png?sig=1") == content
    assert CANARY not in str(server.seen)


def test_a_download_follows_a_few_redirects(server: Server, stranger: Server, wire: Wire) -> None:
    content = picture("JPEG")
    server.answer = lambda _: Reply(302, {}, headers=(("location", f"{stranger.url}/b"),))
    stranger.answer = lambda _: Reply(body=content)
    assert opened(wire).picture(f"{server.url}/a") == content
    server.answer = lambda _: Reply(302, {}, headers=(("location", "/again"),))
    with pytest.raises(TransientError, match="redirected more than 3 times"):
        opened(wire).picture(f"{server.url}/a")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/a.png",
        "ftp://127.0.0.1/a.png",
        "https://10.0.0.8/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://user@example.test/a.png",
    ],
)
def test_a_picture_comes_from_no_inner_network_and_not_in_the_clear(wire: Wire, url: str) -> None:
    with pytest.raises(TransientError, match="no https address"):
        opened(wire).picture(url)


def test_a_vendors_picture_never_comes_from_this_machine(server: Server, wire: Wire) -> None:
    with pytest.raises(TransientError, match="no https address"):
        Open(wire).picture(f"{server.url}/a.png")
    assert server.seen == []


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_an_address_that_ran_out_is_told_apart(server: Server, wire: Wire, status: int) -> None:
    server.answer = lambda _: Reply(status, body=b"<Error>expired</Error>")
    with pytest.raises(ExpiredError):
        opened(wire).picture(f"{server.url}/a.png?sig=secret")


def test_a_busy_store_says_how_long_to_wait(server: Server, wire: Wire) -> None:
    server.answer = lambda _: Reply(503, body=b"busy", headers=(("retry-after", "7"),))
    with pytest.raises(TransientError) as caught:
        opened(wire).picture(f"{server.url}/a.png")
    assert caught.value.after == 7


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_is_cut_at_any_tenth_is_none(server: Server, wire: Wire, form: str) -> None:
    content = picture(form)
    for tenth in range(10):
        part = content[: len(content) * tenth // 10]
        with pytest.raises(SpoiltError):
            checked(part)
        server.answer = lambda _, part=part: Reply(raw=raw(part))  # type: ignore[misc]
        with pytest.raises((TransientError, SpoiltError)):
            opened(wire).picture(f"{server.url}/cut")
        announced = raw(part, f"content-length: {len(content)}")
        server.answer = lambda _, announced=announced: Reply(raw=announced)  # type: ignore[misc]
        with pytest.raises(TransientError):
            opened(wire).picture(f"{server.url}/cut")
    assert checked(content) == content


@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_flipped_byte_never_crashes_the_check(at: int, flip: int) -> None:
    content = bytearray(picture())
    content[at % len(content)] ^= flip
    with contextlib.suppress(SpoiltError):
        assert checked(bytes(content)) == content


def test_html_with_200_is_no_picture(server: Server, wire: Wire) -> None:
    server.answer = lambda _: Reply(body=b"<html>502 Bad Gateway</html>")
    with pytest.raises(SpoiltError, match="no PNG, JPEG or WebP"):
        opened(wire).picture(f"{server.url}/a.png")


def test_first_bytes_say_what_a_picture_is() -> None:
    kinds = [media_type_of(picture(form)) for form in ("PNG", "JPEG", "WEBP", "GIF")]
    assert kinds == ["image/png", "image/jpeg", "image/webp", None]


def test_a_picture_in_the_answer_itself_is_checked_too() -> None:
    content = picture()
    text = base64.b64encode(content).decode()
    assert from_data_url(f"data:image/png;base64,{text}") == content
    for bad in (
        f"data:image/png,{text}",
        "data:image/png;base64,%%%",
        f"data:x;base64,{text[:80]}",
    ):
        with pytest.raises(SpoiltError):
            from_data_url(bad)


def answer(status: int, body: bytes = b"{}", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status=status, headers=given, body=body)


DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7),
        ("1.5", 1.5),
        ("999999", 3600),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 10:00:30 -0000", None),  # without a zone, against one with
        ("soon", None),
        ("-3", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_how_long_to_wait_is_a_number_a_date_or_unknown(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text, "date": DATE}) == seconds


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_text_for_how_long_to_wait_is_a_time_or_unknown(text: str, date: str) -> None:
    found_ = retry_after({"retry-after": text, "date": date})
    assert found_ is None or 0 <= found_ <= 3600


REFUSED: list[tuple[int, bytes, type[NotAcceptedError], bool]] = [
    (400, b'{"detail":"bad"}', NotAcceptedError, False),
    (401, b"no", ClosedError, False),
    (402, b"{}", ClosedError, False),
    (403, b"{}", ClosedError, False),
    (404, b'{"code":"MODEL_NOT_FOUND"}', NotAcceptedError, False),
    (408, b"{}", NotAcceptedError, True),
    (422, b'{"detail":[{"type":"less_than","msg":"too much"}]}', NotAcceptedError, False),
    (422, b'{"detail":[{"type":"content_policy_violation","msg":"x"}]}', ModeratedError, False),
    (422, b'{"message":"safety_tolerance must be 1 to 5"}', NotAcceptedError, False),
    (429, b"<html>", ThrottledError, True),
]


@pytest.mark.parametrize(("status", "body", "kind", "retry"), REFUSED)
def test_a_refused_submit_is_provably_not_accepted(
    status: int, body: bytes, kind: type[NotAcceptedError], *, retry: bool
) -> None:
    with pytest.raises(NotAcceptedError) as caught:
        accepted("bfl", answer(status, body))
    assert (type(caught.value), caught.value.retry) == (kind, retry)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>ok</html>"), (200, b"[]"), (201, b""), (303, b"{}"), (409, b"{}")]
    + [(status, b'{"code":"X"}') for status in (499, 500, 502, 503, 504)],
)
def test_the_outcome_of_a_submit_may_be_unknown(status: int, body: bytes) -> None:
    with pytest.raises(OutcomeUnknownError, match="it may have been accepted all the same"):
        accepted("bfl", answer(status, body))


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>"), (302, b"{}"), (401, b"{}")])
def test_a_question_without_a_readable_answer_may_be_asked_again(status: int, body: bytes) -> None:
    with pytest.raises(TransientError):
        found("bfl", answer(status, body))
    with pytest.raises(TransientError) as caught:
        found("bfl", answer(429, b"{}", retry_after="4"))
    assert caught.value.after == 4


def test_no_error_shows_the_key_or_a_signature(
    server: Server, wire: Wire, closed_port: int
) -> None:
    client = keyed(server, wire)
    url = f"{server.url}/v1/x?sig={SIGNATURE}"
    told = f'{{"detail": "see https://a.test/?sig={SIGNATURE}"}}'.encode()
    server.answer = lambda _: Reply(raw=b"")
    calls: list[Callable[[], Any]] = [
        lambda: client.send("POST", url, {}),
        lambda: client.send("GET", f"http://127.0.0.1:{closed_port}/?sig={SIGNATURE}"),
        lambda: opened(wire).picture(url),
        lambda: opened(wire).picture(f"{server.url}/cdn/{SIGNATURE}/a.png"),
        lambda: opened(wire).put(f"{server.url}/cdn/{SIGNATURE}/a.png", b"x", {}),
        lambda: opened(wire).picture(f"http://127.0.0.1:{closed_port}/?sig={SIGNATURE}"),
        lambda: accepted("x", answer(400, told)),
    ]
    for call in calls:
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it shows no secret
            call()
        shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
        assert CANARY not in shown
        assert SIGNATURE not in shown
    assert CANARY not in repr(client) + repr(KeyHeader("x-key", CANARY)) + repr(vars(client))
