"""The simulator keeps Black Forest Labs' contract."""

import pytest

from tests.simulator.vendors import Vendors


def test_a_task_is_submitted_polled_and_downloaded(vendors: Vendors) -> None:
    task = vendors.task(width=1024, height=1024, prompt_upsampling=False)
    assert (task["cost"], task["output_mp"], task["input_mp"]) == (5.0, 1.05, 0.0)
    done = vendors.poll(task)
    assert (done["status"], done["cost"]) == ("Ready", 5.0)
    assert done["result"]["prompt"] == "a bowl"
    assert vendors.sim.get(done["result"]["sample"]).headers["content-type"] == "image/jpeg"


def test_prompt_upsampling_is_on_unless_it_is_switched_off(vendors: Vendors) -> None:
    assert vendors.poll(vendors.task())["result"]["prompt"] != "a bowl"


def test_a_result_expires_after_ten_minutes_and_polling_does_not_help(vendors: Vendors) -> None:
    task = vendors.task()
    url = vendors.poll(task)["result"]["sample"]
    vendors.sim.post("/_sim/clock", json={"advance": 599})
    assert vendors.sim.get(url).status_code == 200
    vendors.sim.post("/_sim/clock", json={"advance": 2})
    assert vendors.sim.get(url).status_code == 403
    assert vendors.sim.get(vendors.poll(task)["result"]["sample"]).status_code == 403


@pytest.mark.parametrize(
    ("scenario", "status"),
    [("moderated_input", "Request Moderated"), ("moderated_output", "Content Moderated")],
)
def test_a_moderated_task_is_not_charged(vendors: Vendors, scenario: str, status: str) -> None:
    task = vendors.task(scenario)
    assert task["cost"] == 5.0
    done = vendors.poll(task)
    assert (done["status"], done["cost"], done["result"]) == (status, 0.0, None)
    assert done["details"]["Moderation Reasons"]
    assert [line["usd"] for line in vendors.lines(task["id"])] == ["0.05", "-0.05"]


def test_an_unknown_task_is_not_found_with_status_200(vendors: Vendors) -> None:
    answer = vendors.bfl.get("/bfl/v1/get_result", params={"id": "nothing"})
    assert (answer.status_code, answer.json()["status"]) == (200, "Task not found")


def test_the_twenty_fifth_active_task_is_refused(vendors: Vendors) -> None:
    vendors.sim.post("/_sim/clock", json={"freeze": True})
    vendors.sim.post("/_sim/scenario", json={"scenario": "queued_forever", "count": 24})
    for number in range(24):
        vendors.task(seed=number)
    answer = vendors.bfl.post("/bfl/v1/flux-2-flex", json={"prompt": "one more"})
    assert answer.status_code == 429
    vendors.sim.post("/_sim/clock", json={"advance": 61})
    assert vendors.task()["id"]


def test_a_bad_key_is_403(vendors: Vendors) -> None:
    answer = vendors.sim.post("/bfl/v1/flux-2-flex", json={"prompt": "a"}, headers={"x-key": "no"})
    assert answer.status_code == 403


def test_credits_fall_by_a_cent_a_credit(vendors: Vendors) -> None:
    before = vendors.bfl.get("/bfl/v1/credits").json()["credits"]
    vendors.task(model="flux-2-klein-4b")
    after = vendors.bfl.get("/bfl/v1/credits").json()["credits"]
    assert round(before - after, 2) == 1.4


def test_a_task_with_a_webhook_may_have_no_polling_address(vendors: Vendors) -> None:
    task = vendors.task("no_polling_url,no_callback", webhook_url="http://127.0.0.1:9/hook")
    assert "polling_url" not in task
    assert task["status"] == "Pending"
    done = vendors.bfl.get("/bfl/v1/get_result", params={"id": task["id"]}).json()
    assert done["status"] == "Ready"
