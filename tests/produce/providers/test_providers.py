"""Each provider's own words: what is sent, byte for byte, and what its answers mean."""

import base64
import dataclasses
import datetime as dt
import decimal
import hashlib
import json
import pathlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import BudgetError, UsageError
from pipeline.plan.catalogue import capabilities
from pipeline.plan.job import Parameters, Picture, PlateRequest, Reference
from pipeline.produce.providers.opening import CALLBACK_SECRET, CALLBACK_URL, open_provider
from pipeline.produce.providers.protocol import (
    Attempt,
    ClosedError,
    NotAcceptedError,
    OutcomeUnknownError,
    Poll,
    Provider,
    State,
    ThrottledError,
    Ticket,
    TransientError,
)
from tests.produce.providers.servers import CANARY, Reply, Seen, Server, picture

HERE = pathlib.Path(__file__).parent
PAID = ("runflow", "fal", "bfl")
MODELS = [(name, model) for name in PAID for model in capabilities(name).models]
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
WHOLE = Parameters(
    steps=28,
    guidance=decimal.Decimal("3.5"),
    safety_tolerance=2,
    safety_checker=True,
    output_format="png",
    sync_mode=False,
)
Golden = Callable[[pathlib.Path, str], None]


def attempt(provider: str, model: str, *references: Reference) -> Attempt:
    takes = capabilities(provider).model(model).takes
    kept = {name: getattr(WHOLE, name) for name in takes}
    request = PlateRequest(
        provider=provider,
        model=model,
        quality="production",
        prompt='The text "Größe 42 €" on a wall. Every surface is clean and unmarked.',
        width=912,
        height=1136,
        seed=7,
        backdrop={},
        parameters=Parameters(**kept),
        references=references,
    )
    return Attempt(id="a-1", request=request, seed=4242)


def opened(name: str, server: Server, **more: str) -> Provider:
    able = capabilities(name)
    mount = "" if name == "fal" else "/api"
    environment = {able.key_variable: CANARY, able.url_variable: f"{server.url}{mount}", **more}
    return open_provider(name, environment, time.monotonic)


@pytest.fixture
def pictures(tmp_path: pathlib.Path) -> tuple[Reference, Reference]:
    """Return two reference pictures."""
    made = []
    for name, form in (("product", "PNG"), ("logo", "JPEG")):
        file = tmp_path / f"{name}.img"
        file.write_bytes(picture(form))
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        made.append(Reference(name=name, picture=Picture(path=file, sha256=sha256)))
    return made[0], made[1]


ACCEPTED: dict[str, Any] = {
    "runflow": {"id": "019a7c1e", "status_code": "queued"},
    "fal": {"request_id": "80e732af", "status": "IN_QUEUE"},
    "bfl": {"id": "d5ba37dc", "cost": 5.0},
}


def answering(name: str, server: Server) -> None:
    """Let the server accept everything, uploads included."""

    def answer(seen: Seen) -> Reply:
        if seen.method == "PUT":
            return Reply(200)
        if seen.path.endswith("/asset-uploads"):
            tree = {"asset_id": "as-1", "upload_url": f"{server.url}/cdn/as-1?sig=x"}
            return Reply(201, tree)
        if seen.path.endswith("/confirmations"):
            return Reply(201, {"url": f"{server.url}/cdn/as-{len(server.seen)}"})
        return Reply(201 if name == "runflow" else 200, ACCEPTED[name])

    server.answer = answer


@pytest.mark.parametrize(("name", "model"), MODELS)
@pytest.mark.parametrize("referring", [False, True], ids=["plain", "references"])
def test_what_is_sent_is_as_it_was(
    server: Server,
    golden: Golden,
    pictures: tuple[Reference, Reference],
    name: str,
    model: str,
    *,
    referring: bool,
) -> None:
    answering(name, server)
    ticket = opened(name, server).submit(attempt(name, model, *(pictures if referring else ())))
    assert ticket.request_id
    seen = server.seen[-1]
    kept = {"x-fal-disable-fallbacks", "idempotency-key", "content-type", "accept"}
    headers = {key: value for key, value in seen.headers.items() if key in kept}
    tree = seen.tree
    assert json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode() == seen.body
    shown = json.dumps(tree, ensure_ascii=False, indent=2).replace(server.url, "{server}")
    for place, one in enumerate(pictures, start=1):
        content = base64.b64encode(one.picture.path.read_bytes()).decode()
        shown = shown.replace(content, f"{{picture {place}}}")
    said = f"{seen.method} {seen.path}\n{json.dumps(headers, indent=2, sort_keys=True)}\n{shown}\n"
    kind = "references" if referring else "plain"
    golden(HERE / "golden" / f"{name}-{model}-{kind}.txt", said)


@pytest.mark.parametrize(
    ("name", "header", "value"),
    [
        ("runflow", "authorization", f"Bearer {CANARY}"),
        ("fal", "authorization", f"Key {CANARY}"),
        ("bfl", "x-key", CANARY),
    ],
)
def test_the_key_goes_in_the_providers_own_header(
    server: Server, name: str, header: str, value: str
) -> None:
    answering(name, server)
    opened(name, server).submit(attempt(name, "flux-2-flex"))
    assert server.seen[-1].headers[header] == value


def test_every_parameter_that_a_model_takes_is_sent(server: Server) -> None:
    names = {
        "steps": "num_inference_steps",
        "guidance": "guidance_scale",
        "safety_checker": "enable_safety_checker",
    }
    for name, model in MODELS:
        answering(name, server)
        opened(name, server).submit(attempt(name, model))
        tree = server.seen[-1].tree
        sent = tree["input"] if name == "runflow" else tree
        for taken in capabilities(name).model(model).takes:
            assert (taken if name == "bfl" else names.get(taken, taken)) in sent
        assert sent["seed"] == 4242


def test_a_preset_goes_by_its_name_where_there_are_names(server: Server) -> None:
    for name, key, wanted in (("fal", "image_size", "portrait_4_3"), ("bfl", "width", 768)):
        answering(name, server)
        asked = attempt(name, "flux-2-flex")
        made = dataclasses.replace(asked.request.parameters, preset="portrait_4_3")
        request = dataclasses.replace(asked.request, width=768, height=1024, parameters=made)
        opened(name, server).submit(dataclasses.replace(asked, request=request))
        assert server.seen[-1].tree[key] == wanted


def test_runflow_uploads_a_file_once_and_without_the_key(
    server: Server, pictures: tuple[Reference, Reference]
) -> None:
    answering("runflow", server)
    provider = opened("runflow", server)
    asked = attempt("runflow", "flux-2-flex", *pictures)
    provider.submit(asked)
    first = server.seen[-1].body
    provider.submit(asked)
    assert server.seen[-1].body == first  # the same attempt again has the same body
    uploads = [seen for seen in server.seen if seen.method == "PUT"]
    assert [seen.body for seen in uploads] == [one.picture.path.read_bytes() for one in pictures]
    assert [seen.headers["content-type"] for seen in uploads] == ["image/png", "image/jpeg"]
    assert CANARY not in str(uploads)


def test_an_upload_that_fails_is_a_run_that_was_not_asked_for(
    server: Server, pictures: tuple[Reference, Reference]
) -> None:
    server.answer = lambda _: Reply(500, {"code": "INTERNAL_ERROR"})
    with pytest.raises(NotAcceptedError) as caught:
        opened("runflow", server).submit(attempt("runflow", "flux-2-flex", *pictures))
    assert caught.value.retry
    assert not [seen for seen in server.seen if seen.path.endswith("/runs")]


@pytest.mark.parametrize("name", PAID)
def test_a_reference_that_cannot_be_read_is_named_and_nothing_is_sent(
    server: Server, pictures: tuple[Reference, Reference], name: str
) -> None:
    pictures[1].picture.path.write_bytes(b"GIF89a")
    answering(name, server)
    with pytest.raises(NotAcceptedError, match=r"logo\.img is no PNG, JPEG or WebP"):
        opened(name, server).submit(attempt(name, "flux-2-flex", pictures[1]))
    pictures[1].picture.path.unlink()
    with pytest.raises(NotAcceptedError, match=r"logo\.img cannot be read"):
        opened(name, server).submit(attempt(name, "flux-2-flex", pictures[1]))
    assert server.seen == []


@pytest.mark.parametrize("name", PAID)
def test_a_callback_is_asked_for_only_where_there_is_an_address(server: Server, name: str) -> None:
    answering(name, server)
    more = {CALLBACK_URL: "https://ours.example.test/done?a=1", CALLBACK_SECRET: "whsec"}
    opened(name, server, **more).submit(attempt(name, "flux-2-flex"))
    seen = server.seen[-1]
    asked = {
        "runflow": seen.tree.get("callback_url"),
        "bfl": seen.tree.get("webhook_url"),
        "fal": "fal_webhook=https%3A%2F%2Fours.example.test%2Fdone%3Fa%3D1" in seen.path,
    }[name]
    assert asked in {True, "https://ours.example.test/done?a=1"}
    assert ("whsec" in seen.body.decode()) is (name == "bfl")


SUBMITS: list[tuple[Reply, type[Exception]]] = [
    (Reply(429, {"code": "RATE_LIMITED"}, headers=(("retry-after", "3"),)), ThrottledError),
    (Reply(401, {"detail": "no"}), ClosedError),
    (Reply(402, {"detail": "no credit"}), ClosedError),
    (Reply(403, {"detail": "locked"}), ClosedError),
    (Reply(404, {"detail": "no model"}), NotAcceptedError),
    (Reply(422, {"detail": "bad"}), NotAcceptedError),
    (Reply(500, {"detail": "oops"}), OutcomeUnknownError),
    (Reply(502, body=b"<html>nginx</html>"), OutcomeUnknownError),
    (Reply(200, body=b"<html>welcome</html>"), OutcomeUnknownError),
    (Reply(200, {}), OutcomeUnknownError),
    (Reply(200, {"id": "../x", "request_id": "../x"}), OutcomeUnknownError),
    (Reply(307, {}, headers=(("location", "/elsewhere"),)), OutcomeUnknownError),
    (Reply(raw=b""), OutcomeUnknownError),
    (Reply(raw=b"HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{"), OutcomeUnknownError),
]


@pytest.mark.parametrize("name", PAID)
@pytest.mark.parametrize(("reply", "kind"), SUBMITS)
def test_a_submit_says_whether_it_was_accepted_and_is_sent_once(
    server: Server, name: str, reply: Reply, kind: type[Exception]
) -> None:
    server.answer = lambda _: reply
    with pytest.raises(kind) as caught:
        opened(name, server).submit(attempt(name, "flux-2-flex"))
    assert type(caught.value) is kind
    assert len(server.seen) == 1
    assert CANARY not in repr(caught.value)


@pytest.mark.parametrize("name", PAID)
def test_a_submit_to_nobody_is_not_accepted(server: Server, closed_port: int, name: str) -> None:
    able = capabilities(name)
    url = f"http://127.0.0.1:{closed_port}"
    environment = {able.key_variable: CANARY, able.url_variable: url}
    provider = open_provider(name, environment, time.monotonic)
    with pytest.raises(NotAcceptedError) as caught:
        provider.submit(attempt(name, "flux-2-flex"))
    assert caught.value.retry
    assert server.seen == []


def test_runflow_says_that_a_model_is_not_there_now(server: Server) -> None:
    server.answer = lambda _: Reply(503, {"code": "MODEL_UNAVAILABLE", "message": "down"})
    with pytest.raises(NotAcceptedError) as caught:
        opened("runflow", server).submit(attempt("runflow", "flux-2-flex"))
    assert caught.value.retry


def test_a_conflict_with_an_earlier_try_is_an_unknown_outcome(server: Server) -> None:
    server.answer = lambda _: Reply(409, {"code": "CONFLICT"})
    with pytest.raises(OutcomeUnknownError):
        opened("runflow", server).submit(attempt("runflow", "flux-2-flex"))


URL = "https://cdn.example.test/a.png?sig=1"
RUNS: list[tuple[dict[str, Any], Poll]] = [
    *(
        ({"status_code": status}, Poll(state=State.WAITING))
        for status in ("queued", "dispatching", "running", "rebalancing", None)
    ),
    *(
        (
            {"status_code": "succeeded", "output": output, "cost": "0.05"},
            Poll(state=State.READY, url=URL, cost=decimal.Decimal("0.05")),
        )
        for output in (
            {"outputs": [{"url": URL, "type": "image"}], "nsfw_detected": None},
            {"images": [{"url": URL}], "has_nsfw_concepts": [False]},
            {"images": [URL]},
            {"image_urls": [URL]},
            {"image": {"url": URL}},
            {"url": URL},
            {"output_url": URL},
        )
    ),
    (
        {"status_code": "partial_succeeded", "output": {"outputs": [{"url": URL}]}},
        Poll(state=State.READY, url=URL),
    ),
    (
        {"status_code": "succeeded", "output": {"url": URL, "nsfw_detected": True}},
        Poll(state=State.MODERATED, detail="the picture was flagged"),
    ),
    (
        {"status_code": "failed", "failure_code": "CONTENT_MODERATED", "failure_message": "no"},
        Poll(state=State.MODERATED, detail="CONTENT_MODERATED: no", cost=decimal.Decimal(0)),
    ),
    (
        {"status_code": "failed", "failure_code": "PROVIDER_ERROR", "failure_message": "500"},
        Poll(state=State.FAILED, detail="PROVIDER_ERROR: 500", cost=decimal.Decimal(0)),
    ),
    ({"status_code": "canceled"}, Poll(state=State.FAILED, detail="canceled")),
    ({"status_code": "cancelled"}, Poll(state=State.FAILED, detail="cancelled")),
]


@pytest.mark.parametrize(("run", "wanted"), RUNS)
def test_what_a_run_of_runflow_means(server: Server, run: dict[str, Any], wanted: Poll) -> None:
    server.answer = lambda _: Reply(200, {"id": "r-1", **run})
    assert opened("runflow", server).poll(Ticket(request_id="r-1")) == wanted
    assert server.seen[-1].path == "/api/runs/r-1?add_signature=true"


def fal_answers(server: Server, status: Reply, result: Reply) -> None:
    server.answer = lambda seen: status if seen.path.endswith("/status") else result


FAL_TICKET = Ticket(request_id="q-1", poll_url="{url}/x/status", result_url="{url}/x")
DONE = Reply(200, {"status": "COMPLETED", "logs": []})
BROKEN = Reply(200, {"status": "COMPLETED", "error": "Unexpected status code: 500"})
POLICY = {"detail": [{"type": "content_policy_violation", "msg": "flagged"}]}
UNITS = (("x-fal-billable-units", "0"),)
FREE = decimal.Decimal(0)
FAL: list[tuple[Reply, Reply, Poll]] = [
    (Reply(202, {"status": "IN_QUEUE"}), Reply(500), Poll(state=State.WAITING)),
    (Reply(202, {"status": "IN_PROGRESS"}), Reply(500), Poll(state=State.WAITING)),
    (Reply(200, {"status": "DREAMING"}), Reply(500), Poll(state=State.WAITING)),
    (Reply(404, {}), Reply(500), Poll(state=State.MISSING)),
    (
        DONE,
        Reply(200, {"images": [{"url": URL}], "seed": 1}),
        Poll(state=State.READY, url=URL),
    ),
    (
        DONE,
        Reply(200, {"images": [{"url": URL}], "has_nsfw_concepts": [True]}),
        Poll(state=State.MODERATED, detail="the picture was flagged"),
    ),
    (DONE, Reply(400, {"detail": "Request is still in progress"}), Poll(state=State.WAITING)),
    (
        DONE,
        Reply(422, POLICY),
        Poll(state=State.MODERATED, detail="content_policy_violation: flagged"),
    ),
    (
        DONE,
        Reply(422, {"detail": [{"type": "no_media_generated", "msg": "none"}]}, headers=UNITS),
        Poll(state=State.FAILED, detail="no_media_generated: none", cost=FREE),
    ),
    (
        BROKEN,
        Reply(500, {"detail": "boom", "error_type": "runner_server_error"}),
        Poll(
            state=State.FAILED,
            detail="Unexpected status code: 500 runner_server_error: boom",
            cost=FREE,
        ),
    ),
]


def fal_ticket(server: Server) -> Ticket:
    return dataclasses.replace(
        FAL_TICKET, poll_url=f"{server.url}/x/status", result_url=f"{server.url}/x"
    )


@pytest.mark.parametrize(("status", "result", "wanted"), FAL)
def test_what_a_request_of_fal_means(
    server: Server, status: Reply, result: Reply, wanted: Poll
) -> None:
    fal_answers(server, status, result)
    assert opened("fal", server).poll(fal_ticket(server)) == wanted


@pytest.mark.parametrize("status", [429, 500, 502, 401])
def test_a_result_that_does_not_come_is_not_a_failure_of_the_model(
    server: Server, status: int
) -> None:
    fal_answers(server, DONE, Reply(status, body=b"<html>"))
    with pytest.raises(TransientError):
        opened("fal", server).poll(fal_ticket(server))


def test_fal_is_asked_at_the_addresses_it_gave_or_at_its_own(
    server: Server, stranger: Server
) -> None:
    given = {"status_url": f"{server.url}/given/status", "response_url": f"{server.url}/given"}
    server.answer = lambda _: Reply(200, {"request_id": "q-1", **given})
    ticket = opened("fal", server).submit(attempt("fal", "flux-2-turbo"))
    assert (ticket.poll_url, ticket.result_url) == tuple(given.values())
    foreign = {"status_url": f"{stranger.url}/s", "response_url": "https://evil.test/r"}
    server.answer = lambda _: Reply(200, {"request_id": "q-1", **foreign})
    ticket = opened("fal", server).submit(attempt("fal", "flux-2-turbo"))
    assert ticket.result_url == f"{server.url}/fal-queue/fal-ai/flux-2/requests/q-1"
    assert ticket.poll_url == f"{ticket.result_url}/status"


BFL: list[tuple[dict[str, Any], Poll]] = [
    ({"status": "Pending"}, Poll(state=State.WAITING)),
    ({"status": "Reasoning"}, Poll(state=State.WAITING)),
    ({"status": "Task not found"}, Poll(state=State.MISSING)),
    (
        {"status": "Ready", "result": {"sample": URL, "prompt": "p"}, "cost": 10},
        Poll(state=State.READY, url=URL, prompt="p", cost=decimal.Decimal("0.10")),
    ),
    (
        {"status": "Request Moderated", "details": {"Moderation Reasons": ["Derivative Works"]}},
        Poll(state=State.MODERATED, detail="Request Moderated: Derivative Works", cost=FREE),
    ),
    (
        {"status": "Content Moderated", "details": None, "cost": 0},
        Poll(state=State.MODERATED, detail="Content Moderated", cost=FREE),
    ),
    ({"status": "Error"}, Poll(state=State.FAILED, detail="Error")),
]


@pytest.mark.parametrize(("task", "wanted"), BFL)
def test_what_a_task_of_bfl_means(server: Server, task: dict[str, Any], wanted: Poll) -> None:
    server.answer = lambda _: Reply(200, {"id": "t-1", "result": None, **task})
    assert opened("bfl", server).poll(Ticket(request_id="t-1")) == wanted
    assert server.seen[-1].path == "/api/v1/get_result?id=t-1"


def test_a_foreign_polling_address_is_neither_kept_nor_called(
    server: Server, stranger: Server
) -> None:
    url = f"{stranger.url}/v1/get_result?id=t-1"
    server.answer = lambda _: Reply(200, {"id": "t-1", "polling_url": url, "cost": 5.0})
    provider = opened("bfl", server)
    ticket = provider.submit(attempt("bfl", "flux-2-flex"))
    assert (ticket.poll_url, ticket.cost) == ("", decimal.Decimal("0.05"))
    server.answer = lambda _: Reply(200, {"status": "Pending"})
    assert provider.poll(dataclasses.replace(ticket, poll_url=url)).state is State.WAITING
    assert stranger.seen == []
    near = f"{server.url}/elsewhere?id=t-1"
    provider.poll(dataclasses.replace(ticket, poll_url=near))
    assert server.seen[-1].path == "/elsewhere?id=t-1"


@pytest.mark.parametrize("name", PAID)
@pytest.mark.parametrize(
    "reply",
    [
        Reply(429, {}, headers=(("retry-after", "2"),)),
        Reply(500, {}),
        Reply(200, body=b"<html>"),
        Reply(302, {}, headers=(("location", "https://evil.test"),)),
        Reply(raw=b""),
    ],
)
def test_a_poll_without_a_readable_answer_may_be_repeated(
    server: Server, name: str, reply: Reply
) -> None:
    server.answer = lambda _: reply
    url = f"{server.url}/x"
    with pytest.raises(TransientError):
        opened(name, server).poll(Ticket(request_id="x", poll_url=url, result_url=url))


@pytest.mark.parametrize("name", PAID)
def test_a_picture_is_fetched_without_the_key(server: Server, name: str) -> None:
    content = picture("WEBP")
    server.answer = lambda _: Reply(200, body=content)
    provider = opened(name, server)
    ticket = Ticket(request_id="x")
    assert provider.fetch(ticket, f"{server.url}/cdn/a.png?sig=1") == content
    assert CANARY not in str(server.seen)
    inline = f"data:image/webp;base64,{base64.b64encode(content).decode()}"
    assert provider.fetch(ticket, inline) == content
    with pytest.raises(TransientError, match="gave no address"):
        provider.fetch(ticket, "")


def test_runflow_finds_an_attempt_by_its_label(server: Server) -> None:
    runs = [{"id": "r-2", "client_ref": "a-10"}, {"id": "r-1", "client_ref": "a-1"}]
    server.answer = lambda _: Reply(200, {"items": runs, "next_pq": None})
    provider = opened("runflow", server)
    found = provider.look_up(attempt("runflow", "flux-2-flex"), NOON)
    assert found == Ticket(request_id="r-1")
    assert "q=client_ref.EQ%3A%27a-1%27" in server.seen[-1].path
    server.answer = lambda _: Reply(200, {"items": []})
    assert provider.look_up(attempt("runflow", "flux-2-flex"), NOON) is None
    server.answer = lambda _: Reply(200, {"detail": "no items"})
    with pytest.raises(TransientError):
        provider.look_up(attempt("runflow", "flux-2-flex"), NOON)


def test_fal_finds_an_attempt_by_its_prompt_and_seed_on_any_page(server: Server) -> None:
    asked = attempt("fal", "flux-2-turbo")
    prompt = asked.request.prompt
    first = [
        {"request_id": "q-1", "json_input": {"prompt": prompt, "seed": 1}},
        {"request_id": "q-2", "json_input": {"prompt": "another", "seed": 4242}},
        {"request_id": "q-3", "json_input": None},
    ]
    second = [{"request_id": "q-4", "json_input": {"prompt": prompt, "seed": 4242}}]

    def answer(seen: Seen) -> Reply:
        if "cursor=Mg" in seen.path:
            return Reply(200, {"items": second, "has_more": False, "next_cursor": None})
        return Reply(200, {"items": first, "has_more": True, "next_cursor": "Mg"})

    server.answer = answer
    provider = opened("fal", server)
    found = provider.look_up(asked, NOON)
    assert found is not None
    assert found.request_id == "q-4"
    assert found.result_url == f"{server.url}/fal-queue/fal-ai/flux-2/requests/q-4"
    path = server.seen[0].path
    assert path.startswith("/fal-api/v1/models/requests/by-endpoint?endpoint_id=fal-ai%2Fflux-2%2F")
    assert "start=2026-11-22T11%3A58%3A00Z" in path
    assert "expand=payloads" in path
    assert provider.look_up(dataclasses.replace(asked, seed=5), NOON) is None


def test_bfl_declares_that_it_finds_nothing(server: Server) -> None:
    provider = opened("bfl", server)
    with pytest.raises(NotImplementedError):
        provider.look_up(attempt("bfl", "flux-2-flex"), NOON)
    with pytest.raises(NotImplementedError):
        provider.charges(NOON)
    assert (provider.capabilities.look_up, provider.capabilities.charges) == ("none", False)


def test_runflow_tells_its_charges_until_the_day_in_question(server: Server) -> None:
    def run(name: str, hour: int, cost: str | None) -> dict[str, Any]:
        at = f"2026-11-22T{hour}:00:00.000+00:00"
        return {"id": name, "client_ref": f"ref-{name}", "cost": cost, "created_at": at}

    pages = {
        "": {"items": [run("r3", 15, "0.05"), run("r2", 14, None)], "next_pq": "2"},
        "2": {"items": [run("r1", 13, "0.045"), run("r0", 11, "0.05")], "next_pq": "4"},
    }
    server.answer = lambda seen: Reply(200, pages["2" if "pq=2" in seen.path else ""])
    charges = list(opened("runflow", server).charges(NOON))
    assert [(one.request_id, one.attempt, one.cost) for one in charges] == [
        ("r3", "ref-r3", decimal.Decimal("0.05")),
        ("r1", "ref-r1", decimal.Decimal("0.045")),
    ]
    assert charges[0].at == dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)


def test_fal_tells_its_charges_exactly(server: Server) -> None:
    event = {
        "request_id": "q-1",
        "timestamp": "2026-11-22T12:30:45Z",
        "output_units": 1.5,
        "cost_estimate_nano_usd": 45000000,
    }
    server.answer = lambda _: Reply(200, {"billing_events": [event], "has_more": False})
    (charge,) = opened("fal", server).charges(NOON)
    assert (charge.request_id, charge.attempt) == ("q-1", "")
    assert charge.cost == decimal.Decimal("0.045")
    server.answer = lambda _: Reply(200, {"billing_events": [{"request_id": "q-1"}]})
    with pytest.raises(TransientError, match="without an amount"):
        list(opened("fal", server).charges(NOON))


@pytest.mark.parametrize("name", PAID)
def test_a_missing_key_is_named_and_a_strange_one_is_not_shown(name: str) -> None:
    variable = capabilities(name).key_variable
    with pytest.raises(BudgetError, match=f"{name} needs a key; set {variable} in the environment"):
        open_provider(name, {}, time.monotonic)
    with pytest.raises(BudgetError, match="holds is no key") as caught:
        open_provider(name, {variable: f"{CANARY}\nx-other: 1"}, time.monotonic)
    assert CANARY not in str(caught.value)


def test_the_studio_is_not_opened_with_a_key() -> None:
    with pytest.raises(UsageError, match="studio takes no key"):
        open_provider("studio", {}, time.monotonic)


def test_a_callback_address_in_the_clear_is_refused() -> None:
    environment = {"FAL_KEY": CANARY, CALLBACK_URL: "http://ours.example.test/"}
    with pytest.raises(UsageError, match="PROOFPRESS_CALLBACK_URL is not an https address"):
        open_provider("fal", environment, time.monotonic)


@pytest.mark.parametrize("name", PAID)
def test_no_part_of_a_provider_shows_the_key(server: Server, name: str) -> None:
    provider = opened(name, server)
    assert "sig=1" not in repr(Poll(state=State.READY, url=URL))
    parts: list[object] = [provider, *vars(provider).values()]
    parts += [value for part in parts[1:] for value in getattr(part, "__dict__", {}).values()]
    assert CANARY not in "".join(map(repr, parts))
