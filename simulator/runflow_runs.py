"""Runflow's run: its fields, its states, its output and its callback.

Documented at docs.runflow.io (concepts/runs, concepts/callbacks). The code of a moderated run
and of a provider's failure are assumed, as Runflow publishes no list of failure codes.
"""

import hashlib
import hmac
import json
import math
from typing import Any

from simulator.bill import plain
from simulator.callbacks import Delivery
from simulator.chance import uuid4_of
from simulator.clock import iso
from simulator.jobs import Job
from simulator.world import LIFETIMES, World

ORGANISATION = uuid4_of("organisation")
FLAPS = 3
"""Polls that `status_flap` without an argument confuses."""
_FAILURES = {
    "failed": ("PROVIDER_ERROR", "The provider returned an error: 500"),
    "moderated_input": ("CONTENT_MODERATED", "The prompt was flagged by a content checker."),
    "moderated_output": ("CONTENT_MODERATED", "The image was flagged by a content checker."),
}
_ENDS = {"ok": "succeeded", "failed": "failed", "canceled": "canceled"}
_EVENTS = {"succeeded": "run.completed", "failed": "run.failed", "canceled": "run.cancelled"}


def _status(world: World, job: Job) -> str:
    phase = job.phase(world.now())
    if "unknown_status" in job.scenario:
        return "rebalancing"
    if "canceled_vs_cancelled" in job.scenario and phase == "done":
        return "cancelled"
    flaps = job.scenario.get("status_flap")
    if phase == "done" and flaps is not None and job.polls <= int(flaps or FLAPS):
        return "running" if job.polls % 2 else "queued"
    return phase if phase != "done" else _ENDS.get(job.fate, "failed")


def run_of(world: World, job: Job) -> dict[str, Any]:
    """Return the run as a read shows it now."""
    return _filled(world, job, _status(world, job))


def _filled(world: World, job: Job, status: str) -> dict[str, Any]:
    run = envelope(job, status)
    if status == "succeeded":
        run["output"] = _output(world, job)
        run["cost"] = plain(job.usd)
    elif status == "failed":
        code, message = _FAILURES[job.fate]
        stage = "preprocess" if job.fate == "moderated_input" else "dispatch"
        run |= {"failure_code": code, "failure_message": message, "failure_stage_code": stage}
    return run


def envelope(job: Job, status: str) -> dict[str, Any]:
    """Return all fields of a run in a state, without what only its end fills in."""
    ended = status in {"succeeded", "failed", "canceled", "cancelled"}
    finish = job.submitted if math.isinf(job.ready) else job.ready
    nothing = dict.fromkeys(_NULLS)
    return nothing | {
        "id": job.id,
        "model_id": uuid4_of(job.order.endpoint),
        "target_type": "model",
        "target_version": "1",
        "org_id": ORGANISATION,
        "status_code": status,
        "source_code": "api",
        "input": job.extra["input"],
        "context": {},
        "duration_ms": round((finish - job.submitted) * 1000) if ended else None,
        "client_ref": job.client_ref,
        "request_id": uuid4_of(f"request/{job.key}"),
        "created_by": uuid4_of("user"),
        "created_at": iso(job.submitted),
        "started_at": None if status == "queued" else iso(job.submitted),
        "completed_at": iso(finish) if ended else None,
        "callback_url": job.extra["callback_url"],
        "metadata": job.extra["metadata"],
        "has_logs": False,
        "has_node_runs": False,
        "links": {},
        "node_runs": [],
        "logs": [],
    }


_NULLS = (
    "flow_id",
    "comfyui_workflow_id",
    "output",
    "cost",
    "cost_breakdown",
    "nodes_total",
    "nodes_completed",
    "resolved_template_id",
    "batch_id",
    "jurisdiction_code",
    "flow_version_id",
    "failure_code",
    "failure_message",
    "failure_stage_code",
    "feedback_is_positive",
    "feedback_reason",
    "current_evaluation_summary",
)
"""Fields of a run that are null unless something fills them."""


def _output(world: World, job: Job) -> dict[str, Any]:
    urls = world.picture_urls(job, world.clock.now() + LIFETIMES["runflow"])
    shape = job.scenario.get("output_shape", "outputs")
    if shape == "images":
        order = job.order
        sizes = {"width": order.width, "height": order.height}
        images = [{"url": url, "content_type": f"image/{order.format}", **sizes} for url in urls]
        return {"images": images, "seed": job.seed, "has_nsfw_concepts": [False] * len(urls)}
    if shape == "image_urls":
        return {"image_urls": urls}
    outputs = [{"url": url, "type": "image"} for url in urls]
    return {"outputs": outputs, "seed": job.seed, "timing": None, "nsfw_detected": None}


def send_callback(world: World, job: Job, *, copies: int) -> None:
    """Send the callback of a run when it ends, as often as `copies` says."""

    async def delivery() -> Delivery:
        status = _ENDS.get(job.fate, "failed")
        run = _filled(world, job, status)
        failed = {"code": run["failure_code"], "message": run["failure_message"]}
        payload = {
            "event": _EVENTS[status],
            "run_id": job.id,
            "status": status,
            "output": failed if status == "failed" else run["output"],
            "duration_ms": run["duration_ms"],
            "created_at": run["created_at"],
            "completed_at": run["completed_at"],
            "metadata": run["metadata"],
        }
        body = json.dumps(payload, ensure_ascii=False).encode()
        secret = world.options.webhook_secret.encode()
        signature = hmac.new(secret, body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "Runflow-Signature": "0" * 64 if "bad_signature" in job.scenario else signature,
            "Runflow-Request-Id": run["request_id"],
        }
        address = job.extra["callback_url"]
        return Delivery(job=job.id, address=address, body=body, headers=headers)

    def done() -> bool:
        return job.done(world.now())

    world.callbacks.send_when(done, delivery, copies=copies)
