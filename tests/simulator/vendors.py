"""Clients that speak to the simulator as each vendor's would."""

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any, TypeAlias

import httpx

KEY = "simulator-key"
Json: TypeAlias = Any
"""A value that JSON can say."""

FLEX = "/runflow/v1/models/black-forest-labs/flux-2-flex/runs"


@dataclasses.dataclass(frozen=True, slots=True)
class Vendors:
    """Clients of the three APIs and of the simulator's own control."""

    runflow: httpx.Client
    fal: httpx.Client
    bfl: httpx.Client
    sim: httpx.Client

    def run(self, scenario: str = "", **given: Json) -> dict[str, Any]:
        """Start a Runflow run that is expected to be accepted."""
        answer = self.submit(scenario, **given)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def submit(self, scenario: str = "", **given: Json) -> httpx.Response:
        body = {"input": {"prompt": "a bowl", "output_format": "png"} | given.pop("input", {})}
        headers = {"x-sim-scenario": scenario} | given.pop("headers", {})
        return self.runflow.post(FLEX, json=body | given, headers=headers)

    def read(self, run: dict[str, Any]) -> dict[str, Any]:
        answer = self.runflow.get(f"/runflow/v1/runs/{run['id']}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def picture_url(self, scenario: str = "") -> str:
        return str(self.read(self.run(scenario))["output"]["outputs"][0]["url"])

    def queue(self, path: str, scenario: str = "", **given: Json) -> httpx.Response:
        headers = {"x-sim-scenario": scenario}
        return self.fal.post(
            f"/fal-queue/{path}", json={"prompt": "a bowl"} | given, headers=headers
        )

    def task(self, scenario: str = "", model: str = "flux-2-flex", **given: Json) -> dict[str, Any]:
        headers = {"x-sim-scenario": scenario}
        answer = self.bfl.post(
            f"/bfl/v1/{model}", json={"prompt": "a bowl"} | given, headers=headers
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def poll(self, task: dict[str, Any]) -> dict[str, Any]:
        return dict(self.bfl.get(task["polling_url"]).json())

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the bill's lines of one job."""
        return [line for line in self.sim.get("/_sim/bill").json()["lines"] if line["job"] == name]

    def total(self) -> str:
        return str(self.sim.get("/_sim/bill").json()["total"])

    @classmethod
    @contextlib.contextmanager
    def at(cls, address: str) -> Iterator["Vendors"]:
        """Yield clients of the simulator at an address."""
        keys: tuple[dict[str, str], ...] = (
            {"authorization": f"Bearer {KEY}"},
            {"authorization": f"Key {KEY}"},
            {"x-key": KEY},
            {},
        )
        with contextlib.ExitStack() as stack:
            clients = [
                stack.enter_context(httpx.Client(base_url=address, headers=key, trust_env=False))
                for key in keys
            ]
            yield cls(*clients)
