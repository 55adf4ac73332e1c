"""The simulator keeps fal's contract: queue, direct endpoint, history."""

import base64

from tests.simulator.vendors import Vendors


def test_a_request_is_queued_and_its_result_read(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2-flex", seed=42).json()
    status = vendors.fal.get(made["status_url"])
    assert (status.status_code, status.json()["status"]) == (200, "COMPLETED")
    assert status.json()["logs"] == []
    result = vendors.fal.get(made["response_url"])
    assert set(result.json()) == {"images", "seed"}
    assert (result.json()["seed"], result.headers["x-fal-billable-units"]) == (42, "1")
    assert vendors.sim.get(result.json()["images"][0]["url"]).status_code == 200


def test_the_sub_path_is_dropped_from_the_addresses_of_a_request(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2/turbo").json()
    assert "/fal-queue/fal-ai/flux-2/requests/" in made["status_url"]
    wrong = made["status_url"].replace("flux-2/requests", "flux-2/turbo/requests")
    assert vendors.fal.get(wrong).status_code == 404
    output = vendors.fal.get(made["response_url"]).json()
    assert output["has_nsfw_concepts"] == [False]
    assert output["prompt"] == "a bowl"


def test_a_request_in_progress_answers_202_and_its_result_400(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2-pro", "slow(2)").json()
    seen = [vendors.fal.get(made["status_url"]) for _ in range(3)]
    assert [one.status_code for one in seen] == [202, 202, 200]
    assert all("logs" in one.json() for one in seen)
    stuck = vendors.queue("fal-ai/flux-2-pro", "queued_forever").json()
    assert vendors.fal.get(stuck["response_url"]).status_code == 400


def test_only_a_waiting_request_can_be_cancelled_and_costs_nothing(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2-pro", "queued_forever").json()
    cancelled = vendors.fal.put(made["cancel_url"])
    assert (cancelled.status_code, vendors.lines(made["request_id"])) == (202, [])
    assert vendors.fal.get(made["response_url"]).status_code == 499
    done = vendors.queue("fal-ai/flux-2-pro").json()
    assert vendors.fal.put(done["cancel_url"]).json() == {"status": "ALREADY_COMPLETED"}


def test_a_moderated_request_completes_and_its_result_is_a_422(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2-flex", "moderated_output").json()
    status = vendors.fal.get(made["status_url"]).json()
    assert (status["status"], status["error_type"]) == ("COMPLETED", "content_policy_violation")
    result = vendors.fal.get(made["response_url"])
    assert (result.status_code, result.headers["x-fal-retryable"]) == (422, "false")
    assert result.headers["x-fal-billable-units"] == "1"
    free = vendors.queue("fal-ai/flux-2-flex", "moderated_input").json()
    assert vendors.fal.get(free["response_url"]).headers["x-fal-billable-units"] == "0"


def test_a_failure_of_the_partner_is_a_500_and_free(vendors: Vendors) -> None:
    made = vendors.queue("fal-ai/flux-2-flex", "failed").json()
    result = vendors.fal.get(made["response_url"])
    assert result.json()["detail"][0]["type"] == "downstream_service_unavailable"
    assert (result.status_code, vendors.lines(made["request_id"])) == (500, [])


def test_the_direct_endpoint_answers_with_the_output(vendors: Vendors) -> None:
    body = {"prompt": "a bowl", "sync_mode": True, "output_format": "png"}
    answer = vendors.fal.post("/fal-run/fal-ai/flux-2-max", json=body)
    url = answer.json()["images"][0]["url"]
    assert url.startswith("data:image/png;base64,")
    assert base64.b64decode(url.partition(",")[2]).startswith(b"\x89PNG")


def test_history_and_billing_events_tell_what_was_made(vendors: Vendors) -> None:
    endpoint = "fal-ai/flux-2-max"
    made = vendors.queue(endpoint, seed=77).json()
    query = {"endpoint_id": endpoint, "expand": "payloads", "limit": "1"}
    page = vendors.fal.get("/fal-api/v1/models/requests/by-endpoint", params=query).json()
    assert page["items"][0]["request_id"] == made["request_id"]
    assert page["items"][0]["json_input"] == {"prompt": "a bowl", "seed": 77}
    one = {"request_id": made["request_id"]}
    events = vendors.fal.get("/fal-api/v1/models/billing-events", params=one).json()
    assert [event["cost_estimate_nano_usd"] for event in events["billing_events"]] == [70_000_000]
    assert events["has_more"] is False


def test_a_request_without_a_key_is_refused(vendors: Vendors) -> None:
    assert vendors.sim.post("/fal-queue/fal-ai/flux-2-flex", json={}).status_code == 401


def test_an_empty_account_is_locked_not_402(vendors: Vendors) -> None:
    answer = vendors.queue("fal-ai/flux-2-flex", "payment_required")
    assert (answer.status_code, "locked" in answer.json()["detail"]) == (403, True)


def test_a_picture_lives_as_long_as_the_client_asked(vendors: Vendors) -> None:
    wish = {"x-fal-object-lifecycle-preference": '{"expiration_duration_seconds": 60}'}
    path = "/fal-queue/fal-ai/flux-2-flex"
    made = vendors.fal.post(path, json={"prompt": "a"}, headers=wish).json()
    url = vendors.fal.get(made["response_url"]).json()["images"][0]["url"]
    assert vendors.sim.get(url).status_code == 200
    vendors.sim.post("/_sim/clock", json={"advance": 61})
    assert vendors.sim.get(url).status_code == 403
