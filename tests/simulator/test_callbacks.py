"""Callbacks arrive, are signed as documented, and misbehave when told to."""

import base64
import hashlib
import hmac
import http.server
import json
import queue
import threading
import time
from collections.abc import Iterator
from email.message import Message
from typing import NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.simulator.vendors import FLEX, Json, Vendors

WAIT_SECONDS = 5


class Call(NamedTuple):
    """What the hook was sent."""

    headers: Message
    body: bytes


class Hook:
    """A small server that answers with the statuses it was given, then with 200."""

    def __init__(self, port: int, calls: "queue.Queue[Call]", statuses: list[int]) -> None:
        self.address = f"http://127.0.0.1:{port}/hook"
        self.calls = calls
        self.statuses = statuses

    def next(self) -> Call:
        return self.calls.get(timeout=WAIT_SECONDS)


@pytest.fixture
def hook() -> Iterator[Hook]:
    calls: queue.Queue[Call] = queue.Queue()
    statuses: list[int] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.end_headers()
            calls.put(Call(self.headers, body))

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Hook(server.server_port, calls, statuses)
        server.shutdown()
        thread.join()


def secret(vendors: Vendors) -> bytes:
    answer = vendors.runflow.post("/runflow/v1/callback-secrets").json()
    return str(answer["plain_secret"]).encode()


def test_runflow_signs_the_raw_body(vendors: Vendors, hook: Hook) -> None:
    run = vendors.run(callback_url=hook.address, metadata={"n": 1})
    call = hook.next()
    proof = hmac.new(secret(vendors), call.body, hashlib.sha256).hexdigest()
    assert call.headers["Runflow-Signature"] == proof
    body = json.loads(call.body)
    assert (body["event"], body["run_id"], body["metadata"]) == (
        "run.completed",
        run["id"],
        {"n": 1},
    )
    assert vendors.sim.get(body["output"]["outputs"][0]["url"]).status_code == 200


@pytest.mark.parametrize(
    ("fault", "event"), [("failed", "run.failed"), ("canceled", "run.cancelled")]
)
def test_runflow_tells_a_bad_end_too(vendors: Vendors, hook: Hook, fault: str, event: str) -> None:
    vendors.run(fault, callback_url=hook.address)
    assert json.loads(hook.next().body)["event"] == event


def test_a_callback_may_come_twice(vendors: Vendors, hook: Hook) -> None:
    vendors.run("duplicate_webhook", callback_url=hook.address)
    assert hook.next().body == hook.next().body


def test_a_callback_may_be_signed_wrongly(vendors: Vendors, hook: Hook) -> None:
    vendors.run("bad_signature", callback_url=hook.address)
    call = hook.next()
    proof = hmac.new(secret(vendors), call.body, hashlib.sha256).hexdigest()
    assert call.headers["Runflow-Signature"] != proof


def test_a_refused_callback_is_tried_again_and_recorded(vendors: Vendors, hook: Hook) -> None:
    hook.statuses.append(500)
    run = vendors.run(callback_url=hook.address)
    assert hook.next().body == hook.next().body
    path = f"/runflow/v1/runs/{run['id']}/callback"
    deadline = time.monotonic() + WAIT_SECONDS
    tried: list[Json] = []
    while len(tried) < 2 and time.monotonic() < deadline:
        tried = vendors.runflow.get(path).json()
    assert [one["response_status"] for one in tried] == [500, 200]
    again = f"/runflow/v1/runs/{run['id']}/callback-redeliveries"
    assert vendors.runflow.post(again).status_code == 202
    assert json.loads(hook.next().body)["run_id"] == run["id"]


def verified(vendors: Vendors, call: Call) -> bool:
    keys = vendors.sim.get("/fal-api/.well-known/jwks.json").json()["keys"]
    raw = base64.urlsafe_b64decode(keys[0]["x"] + "==")
    names = ("Request-Id", "User-Id", "Timestamp")
    parts = [call.headers[f"X-Fal-Webhook-{name}"] for name in names]
    message = "\n".join([*parts, hashlib.sha256(call.body).hexdigest()]).encode()
    signature = bytes.fromhex(call.headers["X-Fal-Webhook-Signature"])
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(("scenario", "good"), [("", True), ("bad_signature", False)])
def test_fal_signs_with_a_key_of_its_jwks(
    vendors: Vendors, hook: Hook, scenario: str, *, good: bool
) -> None:
    path = "/fal-queue/fal-ai/flux-2-flex"
    made = vendors.fal.post(
        path,
        params={"fal_webhook": hook.address},
        json={"prompt": "a"},
        headers={"x-sim-scenario": scenario},
    ).json()
    call = hook.next()
    assert made["gateway_request_id"] == made["request_id"]
    body = json.loads(call.body)
    assert (body["status"], body["request_id"]) == ("OK", made["request_id"])
    assert verified(vendors, call) is good


def test_fal_tells_an_error_with_its_payload(vendors: Vendors, hook: Hook) -> None:
    path = "/fal-queue/fal-ai/flux-2-flex"
    headers = {"x-sim-scenario": "moderated_output"}
    query = {"fal_webhook": hook.address}
    vendors.fal.post(path, params=query, json={"prompt": "a"}, headers=headers)
    body = json.loads(hook.next().body)
    assert (body["status"], body["error"]) == ("ERROR", "Unexpected status code: 422")
    assert body["payload"]["detail"][0]["type"] == "content_policy_violation"


def test_bfl_signs_with_the_secret_of_the_request(vendors: Vendors, hook: Hook) -> None:
    task = vendors.task(webhook_url=hook.address, webhook_secret="s3")  # noqa: S106 - signs a test
    call = hook.next()
    proof = hmac.new(b"s3", call.body, hashlib.sha256).hexdigest()
    assert call.headers["X-BFL-Signature"] == f"sha256={proof}"
    assert json.loads(call.body)["id"] == task["id"]


def test_no_callback_leaves_this_machine(vendors: Vendors) -> None:
    body = {"input": {"prompt": "a"}, "callback_url": "http://192.0.2.1/hook"}
    run = vendors.runflow.post(FLEX, json=body).json()
    deadline = time.monotonic() + WAIT_SECONDS
    tried: list[Json] = []
    while len(tried) < 3 and time.monotonic() < deadline:
        tried = vendors.runflow.get(f"/runflow/v1/runs/{run['id']}/callback").json()
        time.sleep(0.05)
    assert [one["response_status"] for one in tried] == [None] * 3
