"""Callbacks ring the doorbell when they are signed, once, and never otherwise."""

import functools
import hashlib
import hmac
import json
import logging
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from pipeline.errors import ToolMissingError
from pipeline.produce.doorbell import Doorbell
from pipeline.produce.providers.callbacks import Seen, runflow_callback
from pipeline.produce.reception import application, open_reception

SECRET = "whsec_test"  # noqa: S105 - of these tests only
RUN = "019a7c1e-0d44-7b50-8888-8dd25736052a"
BODY = json.dumps({"event": "run.completed", "run_id": RUN, "status": "succeeded"}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"Runflow-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@pytest.fixture
def doorbell() -> Doorbell:
    return Doorbell()


@pytest.fixture
def client(doorbell: Doorbell) -> Iterator[httpx.Client]:
    check = functools.partial(runflow_callback, secrets=[SECRET], seen=Seen())
    app = application({"runflow-signature": check}, doorbell)
    with (
        open_reception(app, 0) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield client


def waited(doorbell: Doorbell, seconds: float) -> float:
    begun = time.monotonic()
    doorbell.wait(RUN, seconds)
    return time.monotonic() - begun


def test_a_signed_callback_ends_the_wait(client: httpx.Client, doorbell: Doorbell) -> None:
    ring = threading.Timer(0.1, lambda: client.post("/hook", content=BODY, headers=signed(BODY)))
    ring.start()
    assert waited(doorbell, 10) < 5
    ring.join()


def test_a_ring_before_the_wait_is_not_lost(client: httpx.Client, doorbell: Doorbell) -> None:
    assert client.post("/", content=BODY, headers=signed(BODY)).status_code == 200
    assert waited(doorbell, 10) < 1
    assert waited(doorbell, 0.2) >= 0.2


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), (signed(BODY, "another"), 401), ({"Runflow-Signature": "é".encode()}, 401)],
)
def test_an_unsigned_callback_rings_nothing(
    client: httpx.Client, doorbell: Doorbell, headers: dict[str, str | bytes], status: int
) -> None:
    logging.disable(logging.WARNING)
    try:
        answer = client.post("/", content=BODY, headers=list(headers.items()))  # type: ignore[arg-type]
        assert answer.status_code == status
    finally:
        logging.disable(logging.NOTSET)
    assert waited(doorbell, 0.2) >= 0.2


def test_a_callback_sent_again_rings_once(client: httpx.Client, doorbell: Doorbell) -> None:
    answers = [client.post("/", content=BODY, headers=signed(BODY)) for _ in range(2)]
    assert answers[0].status_code == 200
    assert waited(doorbell, 10) < 1
    assert waited(doorbell, 0.2) >= 0.2


def test_a_heavy_callback_is_not_read(client: httpx.Client) -> None:
    body = b" " * 2_000_000
    assert client.post("/", content=body, headers=signed(body)).status_code == 413


def test_a_taken_port_is_said_plainly(doorbell: Doorbell) -> None:
    app = application({}, doorbell)
    with (
        open_reception(app, 0) as port,
        pytest.raises(ToolMissingError, match="PROOFPRESS_CALLBACK_PORT"),
        open_reception(app, port),
    ):
        pass
