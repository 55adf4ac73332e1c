"""Prefect's door of approving: the run waits, and an answer holds for what was shown only."""

import pathlib
from typing import Any

import pytest

from flows import server
from tests.flows.asking import Worker, look, tell
from tests.heldday import Shop

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("prefect")]


class Waiting:
    """A run of `approval`, carried on each time that a worker would."""

    def __init__(self, at: server.Server, worker: Worker, shop: Shop) -> None:
        self._at = at
        self._worker = worker
        self.run = worker.order("approval", files=[str(shop.file)], out=str(shop.out))

    def carry_on(self) -> dict[str, Any]:
        """Let a process carry the run on, and return its state."""
        return dict(self._worker.carry_on(self.run)["state"])

    def asked(self, part: str) -> Any:  # noqa: ANN401 - JSON
        """Return the schema or the description of the form that is shown."""
        key = self._worker.known(self.run)["state"]["state_details"]["run_input_keyset"][part]
        return look(self._at, f"flow_runs/{self.run}/input/{key}")

    def answer(self, **said: str) -> str:
        """Fill in the form; return whether it was taken."""
        answer = tell(self._at, f"flow_runs/{self.run}/resume", {"run_input": said})
        return str(answer["status"])


APPROVE = "approve: it may go out as it is"


def test_a_person_approves_in_prefect_what_was_shown_and_nothing_else(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    shop = Shop(tmp_path)
    shop.run()
    worker = Worker(running, folder, environment, shop.settings.work)
    waiting = Waiting(running, worker, shop)

    assert waiting.carry_on()["name"] == "Suspended"
    fields = waiting.asked("schema")["properties"]
    assert fields["decision"]["enum"] == [
        APPROVE,
        "reject: it stays inside",
        "retry: try again, with the next run",
    ]
    assert "data:image/jpeg;base64," in waiting.asked("description")
    assert "£1\\.50" in waiting.asked("description")
    assert waiting.answer(decision="let it go", name="Ann") == "REJECT"

    shop.change("gb: 7.50", "gb: 7.70")  # after it was shown, and before it is answered
    shop.run()
    assert waiting.answer(decision=APPROVE, name="Ann") == "ACCEPT"
    assert waiting.carry_on()["name"] == "Suspended"  # asked anew
    assert shop.british["status"] == "held"

    assert waiting.answer(decision=APPROVE, name="Ann") == "ACCEPT"
    state = waiting.carry_on()
    assert (state["name"], shop.british["status"]) == ("Completed", "accepted")
    assert shop.british["decision"]["by"] == "Ann"
    assert shop.british["decision"]["sha256"] == shop.british["sha256"]
    assert state["message"].startswith(shop.british["variant"])
    assert "Approved by Ann" in state["message"]
    assert (shop.out / "2026-12-01" / "lunch" / shop.british["file"]).exists()
