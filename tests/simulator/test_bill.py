"""The bill adds up: what each vendor charges, in memory, in the file and per megapixel."""

import decimal
import json
import pathlib

import pytest

from simulator.bill import Bill, BillLine, plain
from simulator.prices import PRICES, input_megapixels, output_megapixels
from simulator.server import running
from tests.simulator.vendors import Vendors


def usd(provider: str, model: str, size: tuple[int, int], *given: tuple[int, int]) -> str:
    price = PRICES[provider][model]
    return plain(price.usd(output_megapixels(*size), input_megapixels(given)))


def test_published_prices_come_out() -> None:
    assert usd("fal", "flux-2-flex", (1024, 1024)) == "0.05"
    assert usd("runflow", "flux-2-pro", (2048, 2048)) == "0.075"
    assert usd("runflow", "flux-2-pro", (4096, 4096)) == "0.255"
    assert usd("fal", "flux-2-turbo", (1024, 768)) == "0.008"
    assert usd("bfl", "flux-2-klein-9b", (1440, 1440)) == "0.017"


@pytest.mark.parametrize(
    ("size", "megapixels"),
    [((1024, 1024), 1), ((1088, 1088), 2), ((1072, 1904), 2), ((1088, 1936), 3), ((64, 64), 1)],
)
def test_megapixels_are_rounded_up(size: tuple[int, int], megapixels: int) -> None:
    assert output_megapixels(*size) == megapixels


def test_each_reference_counts_by_itself_up_to_four_megapixels() -> None:
    assert input_megapixels([(10, 10), (1500, 1000), (8000, 8000)]) == 1 + 2 + 4
    assert usd("bfl", "flux-2-flex", (1024, 1024), (10, 10), (10, 10)) == "0.15"


def test_amounts_are_written_without_exponent() -> None:
    amounts = ["5E-2", "0.0080", "100", "-0.05", "0"]
    written = [plain(decimal.Decimal(amount)) for amount in amounts]
    assert written == ["0.05", "0.008", "100.00", "-0.05", "0.00"]


def test_several_pictures_are_billed_each(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2/turbo", num_images=3).json()
    vendors.fal.get(made["status_url"])
    (line,) = vendors.lines(made["request_id"])
    assert (line["usd"], line["output_mp"]) == ("0.024", 3)


def test_a_line_names_the_request_it_is_for(vendors: Vendors) -> None:
    headers = {"idempotency-key": "billed-1"}
    run = vendors.run(client_ref="billed", headers=headers, input={"seed": 9})
    (line,) = vendors.lines(run["id"])
    del line["at"]
    assert line == {
        "provider": "runflow",
        "model": "flux-2-flex",
        "job": run["id"],
        "client_ref": "billed",
        "idempotency_key": "billed-1",
        "seed": 9,
        "output_mp": 1,
        "input_mp": 0,
        "usd": "0.05",
        "why": "generated",
    }


def test_the_file_holds_every_line_as_soon_as_it_is_booked(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "bill.jsonl"
    bill = Bill(file)
    line = BillLine(
        at=1.0,
        provider="fal",
        model="flux-2-flex",
        job="a",
        client_ref=None,
        idempotency_key=None,
        seed=None,
        output_mp=1,
        input_mp=0,
        usd=decimal.Decimal("0.05"),
        why="generated",
    )
    seen = []
    for _ in range(2):
        bill.add(line)
        rows = [json.loads(row) for row in file.read_text("utf-8").splitlines()]
        seen.append(sum(decimal.Decimal(row["usd"]) for row in rows))
    bill.close()
    assert seen == [decimal.Decimal("0.05"), decimal.Decimal("0.10")]
    assert bill.total == seen[-1]


def test_work_in_progress_is_not_billed_before_it_is_done(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "bill.jsonl"
    with running("--latency", "100", "--bill", str(file)) as url, Vendors.at(url) as vendors:
        run = vendors.run()
        assert vendors.read(run)["status_code"] == "queued"
        assert (vendors.total(), file.read_text()) == ("0.00", "")
        vendors.sim.post("/_sim/clock", json={"advance": 15})
        assert vendors.read(run)["status_code"] == "dispatching"
        vendors.sim.post("/_sim/clock", json={"advance": 50})
        assert vendors.read(run)["status_code"] == "running"
        vendors.sim.post("/_sim/clock", json={"advance": 40})
        assert vendors.total() == "0.05"
        assert vendors.read(run)["duration_ms"] == 100_000
    assert json.loads(file.read_text("utf-8"))["job"] == run["id"]
