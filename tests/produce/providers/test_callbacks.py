"""A callback is believed only with a right signature, in time, and once."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from pipeline.produce.providers.callbacks import (
    KEYS_LIFE,
    Ended,
    FalKeys,
    Rejected,
    Seen,
    bfl_callback,
    fal_callback,
    runflow_callback,
)
from pipeline.produce.providers.protocol import State, TransientError

NOW = 1_795_000_000.0
WRONG = Rejected(reason="the signature is wrong or missing")
TWICE = Rejected(reason="it was reported before")


def signed(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def run(**changes: Any) -> bytes:  # noqa: ANN401 - JSON
    tree = {"event": "run.completed", "run_id": "r-1", "status": "succeeded", "output": {}}
    return json.dumps(tree | changes).encode()


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.READY),
        ({"status": "partial_succeeded"}, State.READY),
        ({"output": {"nsfw_detected": True}}, State.MODERATED),
        ({"status": "failed", "output": {"code": "CONTENT_MODERATED"}}, State.MODERATED),
        ({"status": "failed", "output": {"code": "PROVIDER_ERROR"}}, State.FAILED),
        ({"status": "cancelled", "output": None}, State.FAILED),
        ({"status": "canceled", "output": None}, State.FAILED),
    ],
)
def test_runflow_reports_how_a_run_ended(changes: dict[str, Any], state: State) -> None:
    body = run(**changes)
    headers = {"Runflow-Signature": signed("new", body)}
    found = runflow_callback(headers, body, ["old", "new"], Seen())
    assert found == Ended(request_id="r-1", state=state)


def test_runflow_is_believed_only_with_its_signature_and_once() -> None:
    body, seen = run(), Seen()
    headers = {"runflow-signature": signed("secret", body)}
    for bad in ({}, {"runflow-signature": ""}, {"runflow-signature": "0" * 64}):
        assert runflow_callback(bad, body, ["secret"], seen) == WRONG
    assert runflow_callback(headers, body + b" ", ["secret"], seen) == WRONG
    assert runflow_callback(headers, body, [], seen) == WRONG
    empty = {"runflow-signature": signed("", body)}
    assert runflow_callback(empty, body, [""], seen) == WRONG
    assert isinstance(runflow_callback(headers, body, ["secret"], seen), Ended)
    assert runflow_callback(headers, body, ["secret"], seen) == TWICE


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", run(run_id="../x"), run(run_id=None), run(status="running")]
)
def test_a_signed_callback_without_an_end_is_not_acted_on(body: bytes) -> None:
    headers = {"runflow-signature": signed("secret", body)}
    assert isinstance(runflow_callback(headers, body, ["secret"], Seen()), Rejected)


class Fal:
    """fal's side: a key, its public set, and signed callbacks."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.reads = 0

    def jwks(self) -> bytes:
        self.reads += 1
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        other = {"kty": "OKP", "crv": "X25519", "x": x}
        return json.dumps({"keys": [other, {"kty": "OKP", "crv": "Ed25519", "x": x}]}).encode()

    def headers(self, body: bytes, at: float = NOW, name: str = "q-1") -> dict[str, str]:
        digest = hashlib.sha256(body).hexdigest()
        message = f"{name}\nuser\n{int(at)}\n{digest}".encode()
        return {
            "X-Fal-Webhook-Request-Id": name,
            "X-Fal-Webhook-User-Id": "user",
            "X-Fal-Webhook-Timestamp": str(int(at)),
            "X-Fal-Webhook-Signature": self.key.sign(message).hex(),
        }


@pytest.fixture
def fal() -> Fal:
    """Return fal's side."""
    return Fal()


@pytest.fixture
def keys(fal: Fal) -> FalKeys:
    """Return fal's keys, read when they are needed."""
    return FalKeys(fal.jwks, lambda: 0.0)


def request(**changes: Any) -> bytes:  # noqa: ANN401 - JSON
    tree = {"request_id": "q-1", "gateway_request_id": "q-1", "status": "OK", "payload": {}}
    return json.dumps(tree | changes).encode()


POLICY = {"detail": [{"type": "content_policy_violation"}]}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.READY),
        ({"payload": None, "payload_error": "not JSON"}, State.READY),
        ({"payload": {"has_nsfw_concepts": [True]}}, State.MODERATED),
        ({"status": "ERROR", "payload": POLICY}, State.MODERATED),
        ({"status": "ERROR", "payload": {"detail": "boom"}}, State.FAILED),
        ({"status": "ERROR"}, State.FAILED),
    ],
)
def test_fal_reports_how_a_request_ended(
    fal: Fal, keys: FalKeys, changes: dict[str, Any], state: State
) -> None:
    body = request(**changes)
    found = fal_callback(fal.headers(body), body, keys, NOW, Seen())
    assert found == Ended(request_id="q-1", state=state)


def test_fal_is_believed_only_with_its_signature_in_time_and_once(fal: Fal, keys: FalKeys) -> None:
    body, seen = request(), Seen()
    right = fal.headers(body)
    for name in right:
        changed = {**right, name: right[name][:-1] + ("0" if right[name][-1] != "0" else "1")}
        assert isinstance(fal_callback(changed, body, keys, NOW, seen), Rejected)
        missing = {other: value for other, value in right.items() if other != name}
        assert isinstance(fal_callback(missing, body, keys, NOW, seen), Rejected)
    assert fal_callback(right, body + b" ", keys, NOW, seen) == WRONG
    assert fal_callback(Fal().headers(body), body, keys, NOW, seen) == WRONG
    for late in (NOW + 301, NOW - 301):
        found = fal_callback(right, body, keys, late, seen)
        assert found == Rejected(reason="its time is more than 300 s away")
    assert isinstance(fal_callback(right, body, keys, NOW + 299, seen), Ended)
    assert fal_callback(right, body, keys, NOW, seen) == TWICE


def test_a_signature_for_one_request_does_not_end_another(fal: Fal, keys: FalKeys) -> None:
    body = request(request_id="q-2", gateway_request_id="q-2")
    found = fal_callback(fal.headers(body, name="q-1"), body, keys, NOW, Seen())
    assert isinstance(found, Rejected)
    retried = request(request_id="q-2", gateway_request_id="q-1")
    found = fal_callback(fal.headers(retried, name="q-1"), retried, keys, NOW, Seen())
    assert found == Ended(request_id="q-2", state=State.READY)


def test_keys_are_kept_for_a_day_and_read_again_when_none_fits(fal: Fal) -> None:
    clock = [0.0]
    keys = FalKeys(fal.jwks, lambda: clock[0])
    body = request()
    seen = Seen()
    for hour in range(24):
        clock[0] = hour * 3600.0
        fal_callback(fal.headers(body), body, keys, NOW, seen)
    assert fal.reads == 1
    clock[0] = KEYS_LIFE
    fal_callback(fal.headers(body), body, keys, NOW, seen)
    assert fal.reads == 2
    fal.key = Ed25519PrivateKey.generate()  # the vendor changes its key
    clock[0] += 61
    assert isinstance(fal_callback(fal.headers(body), body, keys, NOW, Seen()), Ended)
    reads = fal.reads
    for _ in range(5):  # forged callbacks do not make us ask for the keys each time
        assert fal_callback(Fal().headers(body), body, keys, NOW, Seen()) == WRONG
    assert fal.reads == reads


@pytest.mark.parametrize("content", [b"", b"[]", b'{"keys": []}', b'{"keys": [{"x": "?"}, 3]}'])
def test_a_key_set_without_keys_is_a_broken_tool(fal: Fal, content: bytes) -> None:
    body = request()
    with pytest.raises(TransientError, match="no key that can be read"):
        fal_callback(fal.headers(body), body, FalKeys(lambda: content, lambda: 0.0), NOW, Seen())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Ready", State.READY),
        ("Error", State.FAILED),
        ("Request Moderated", State.MODERATED),
        ("Content Moderated", State.MODERATED),
    ],
)
def test_bfl_reports_how_a_task_ended(status: str, state: State) -> None:
    body = json.dumps({"id": "t-1", "status": status, "result": None}).encode()
    headers, seen = {"X-BFL-Signature": f"sha256={signed('whsec', body)}"}, Seen()
    assert bfl_callback(headers, body, "", seen) == WRONG
    assert bfl_callback(headers, body + b" ", "whsec", seen) == WRONG
    assert bfl_callback(headers, body, "whsec", seen) == Ended(request_id="t-1", state=state)
    assert bfl_callback(headers, body, "whsec", seen) == TWICE


@given(st.binary(max_size=60), st.text(max_size=20))
def test_no_callback_without_a_signature_is_believed(body: bytes, text: str) -> None:
    keys = FalKeys(Fal().jwks, lambda: 0.0)
    headers = {
        "runflow-signature": text,
        "x-bfl-signature": text,
        "x-fal-webhook-signature": text,
        "x-fal-webhook-timestamp": text or str(int(NOW)),
    }
    assert isinstance(runflow_callback(headers, body, ["secret"], Seen()), Rejected)
    assert isinstance(bfl_callback(headers, body, "secret", Seen()), Rejected)
    assert isinstance(fal_callback(headers, body, keys, NOW, Seen()), Rejected)


def test_the_memory_of_callbacks_has_an_end() -> None:
    seen = Seen(most=2)
    firsts = [seen.first(name) for name in ("a", "b", "a", "c", "a")]
    assert firsts == [True, True, False, True, True]
