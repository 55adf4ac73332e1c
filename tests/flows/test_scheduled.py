"""A scheduled run: a dry one only plans, and one that finds everything done says so."""

import pathlib
from typing import Any

import pytest

from flows import server
from tests.flows.asking import Worker, ask
from tests.heldday import Shop

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("prefect")]


class Ticks:
    """Runs the flow `daily` as a worker does, with a form that is filled in."""

    def __init__(self, at: server.Server, worker: Worker, shop: Shop) -> None:
        self._at = at
        self._worker = worker
        self._form = {"files": [str(shop.file)], "out": str(shop.out), "day": "2026-12-01"}

    def tick(self, **filled_in: object) -> dict[str, Any]:
        """Run once and return what the server knows of the run."""
        run = self._worker.order("daily", **{**self._form, **filled_in})
        return self._worker.carry_on(run)

    def shown(self, run: dict[str, Any]) -> dict[str, str]:
        found = ask(self._at, "artifacts", flow_runs={"id": {"any_": [run["id"]]}})
        return {one["key"]: one["data"] for one in found}


def test_a_dry_run_plans_and_a_day_that_is_done_is_left_alone(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    shop = Shop(tmp_path)
    worker = Worker(running, folder, environment, shop.settings.work)
    ticks = Ticks(running, worker, shop)
    dry = ticks.tick(dry_run=True, markets=["de"])
    assert (dry["state_name"], dry["name"]) == ("Planned", "dry run · 1 creative · $0.00")
    assert dry["state"]["message"].startswith("dry run: 1 creative due, for $0.00;")
    assert "    lunch  (" in ticks.shown(dry)["daily-plan"]
    assert not shop.out.exists()

    shop.run()
    done = ticks.tick()
    assert done["state_name"] == "NothingDue"
    assert done["state"]["message"] == (
        "2 market days stand as they should or wait for a person; nothing to make"
    )
    assert done["name"].startswith("lunch · due ")
