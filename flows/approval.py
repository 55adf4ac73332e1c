"""The flow `approval`: asks a person in Prefect about each creative that is held.

It is the second door of `proofpress review` and does what that does. The run is suspended, so it
costs nothing while it waits. What a person was shown is part of the key under which the answer
is kept: an answer about a picture or words that have changed since is never used, the person is
asked anew.
"""

import dataclasses
import datetime as dt
import hashlib
import os
import pathlib
from collections.abc import Sequence
from typing import Any, Literal

import pydantic
from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.artifacts import plain
from flows.evidence import data_url, shortened
from pipeline.dayplan import load
from pipeline.errors import OvertakenError
from pipeline.publish.approvals import Wish
from pipeline.publish.decisions import Action
from pipeline.publish.live import Files
from pipeline.review.desk import Desk, Item
from pipeline.settings import read_settings
from pipeline.typeset.renderer import TakumiRenderer

_SEEN = (720, 720)  # pixels of the picture that is decided about
_DIGITS = 16
_SAYS = {
    Action.APPROVE: "approve: it may go out as it is",
    Action.REJECT: "reject: it stays inside",
    Action.TYPESET: "typeset instead: set the words, with the next run",
    Action.RETRY: "retry: try again, with the next run",
}
_MEANS = {says: action for action, says in _SAYS.items()}


class Request(pydantic.BaseModel):
    """Which creatives to ask about."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    campaigns: list[str] = pydantic.Field(
        default=[], title="Campaigns", description="Names as in the files. Empty: all of them."
    )
    day: dt.date | None = pydantic.Field(
        default=None,
        title="Campaign day",
        description="Empty: the newest, and the one before it, since markets differ.",
    )
    hours: int = pydantic.Field(
        default=24, ge=1, le=168, title="Hours to wait", description="For each creative."
    )
    files: list[str] = pydantic.Field(
        default=[], title="Campaign files", description="Empty: campaigns/*.yaml."
    )
    out: str = pydantic.Field(
        default="out", min_length=1, title="Folder", description="The folder of the runs."
    )


NEWEST = Request()
"""All that is held on the newest day."""


class Answer(RunInput):
    """What a person says about one creative."""

    decision: str = pydantic.Field(title="Decision")
    name: str = pydantic.Field(
        min_length=1, max_length=80, title="Your name", description="Goes into the manifest."
    )


def run_name() -> str:
    """Return the name of the run: of which campaigns and day it asks."""
    request = Request.model_validate(flow_run.parameters["request"])
    campaigns = ", ".join(request.campaigns) or "all campaigns"
    return f"what is held · {campaigns} · {request.day or 'newest day'}"


@flow(name="approval", flow_run_name=run_name, retries=0, persist_result=True)
def approval(request: Request = NEWEST) -> State[None]:
    """Ask about each creative that waits, and do what is said.

    Args:
        request: Which creatives to ask about.
    """
    desk = _desk(request)
    said = [_decided(desk, item, request) for item in desk.items() if item.state == "waiting"]
    left = sum(item.state == "waiting" for item in desk.items())
    told = f"{left} still wait, see the log" if left else "nothing waits for a person"
    return Completed(message="; ".join([*filter(None, said), told]))


def _decided(desk: Desk, item: Item, request: Request) -> str:
    """Ask about one creative and carry out the answer; return what was done."""
    form = form_of(item)
    answer = suspend_flow_run(
        wait_for_input=form.with_initial_data(description=_described(desk, item)),
        timeout=request.hours * 3600,
        key=key_of(item),
    )
    action = _MEANS[answer.decision]
    try:
        decision = dataclasses.replace(desk, by=answer.name).decide(wish_of(item, action))
    except OvertakenError as error:
        get_run_logger().warning("%s: %s", item.creative.variant, error)
        return f"{item.creative.variant}: {error}"
    get_run_logger().info("%s: %s", item.creative.variant, decision.said)
    return f"{item.creative.variant}: {decision.said}"


def form_of(item: Item) -> type[Answer]:
    """Return the form for one creative, with what can be said about it."""
    says: Any = Literal[tuple(_SAYS[action] for action in item.actions)]
    decision = pydantic.Field(title="Decision")
    return pydantic.create_model("Answer", __base__=Answer, decision=(says, decision))


def wish_of(item: Item, action: Action) -> Wish:
    """Return the wish of somebody who saw a creative as it is on the desk."""
    sha256, words, before = item.seen
    return Wish(
        variant=item.creative.variant,
        action=action,
        sha256=sha256,
        copy_sha256=words,
        before=before,
    )


def key_of(item: Item) -> str:
    """Return the key of a question: another picture, words or decision is another question."""
    seen = "\n".join((item.creative.variant, *item.seen))
    return hashlib.sha256(seen.encode()).hexdigest()[:_DIGITS]


def _described(desk: Desk, item: Item) -> str:
    """Return in Markdown what is asked about: the reason, each wrong line, the picture."""
    creative = item.creative
    rows = [
        f"- {plain(line.label)}: asked for **{shortened(line.asked)}**, "
        f"read **{shortened(line.read or 'nothing')}**. {shortened(line.reason)}"
        for line in creative.lines
        if line.verdict.name != "pass"
    ]
    content = desk.picture(item.seen[0]) if item.seen[0] else None
    picture = f"![]({data_url(content, _SEEN)})" if content else "There is no picture."
    head = f"### {plain(creative.variant)}\n\n{shortened(creative.reason)}"
    text = "\n\n".join([head, "\n".join(rows), picture])
    create_markdown_artifact(text, key="held", description=plain(creative.variant))
    return text


def _desk(request: Request) -> Desk:
    settings = read_settings(os.environ, os.cpu_count() or 1)
    files = _files(request.files)
    drawn_with = (settings.templates, TakumiRenderer().engine)
    return Desk(
        out=pathlib.Path(request.out),
        pages=settings.templates / "pages",
        by="",
        now=_now,
        files=lambda: Files(load(files, settings), drawn_with, _now(), dt.timedelta()),
        only=frozenset(request.campaigns),
        day=request.day,
    )


def _files(named: Sequence[str]) -> tuple[pathlib.Path, ...]:
    found = tuple(map(pathlib.Path, named))
    return found or tuple(sorted(pathlib.Path("campaigns").glob("*.yaml")))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
