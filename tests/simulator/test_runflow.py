"""The simulator keeps Runflow's contract."""

import io
import uuid

import PIL.Image

from tests.simulator.vendors import FLEX, Vendors


def test_a_run_is_created_with_201_and_read_back_succeeded(vendors: Vendors) -> None:
    run = vendors.run(client_ref="one", metadata={"campaign": "autumn"})
    assert (run["status_code"], run["output"], run["cost"]) == ("queued", None, None)
    assert uuid.UUID(run["id"]).version == 7
    done = vendors.read(run)
    assert done["status_code"] == "succeeded"
    assert done["metadata"] == {"campaign": "autumn"}
    assert done["cost"] == "0.05"
    assert set(done["output"]) == {"outputs", "seed", "timing", "nsfw_detected"}
    assert done["created_at"].endswith("+00:00")


def test_a_run_without_a_key_is_refused(vendors: Vendors) -> None:
    answer = vendors.sim.post(FLEX, json={"input": {"prompt": "a"}})
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")
    wrong = vendors.sim.get("/runflow/v1/auth/me", headers={"authorization": "Bearer wrong"})
    assert wrong.status_code == 401


def test_the_same_key_and_body_replay_the_same_bytes_and_are_billed_once(vendors: Vendors) -> None:
    headers = {"idempotency-key": "replay-1"}
    first = vendors.submit(client_ref="replay", headers=headers)
    second = vendors.submit(client_ref="replay", headers=headers)
    assert (first.status_code, first.content) == (201, second.content)
    assert len(vendors.lines(first.json()["id"])) == 1
    listed = vendors.runflow.get("/runflow/v1/runs", params={"q": "client_ref.EQ:'replay'"})
    assert [row["id"] for row in listed.json()["items"]] == [first.json()["id"]]


def test_the_same_key_with_another_body_is_a_conflict(vendors: Vendors) -> None:
    headers = {"idempotency-key": "conflict-1"}
    vendors.submit(headers=headers)
    answer = vendors.submit(headers=headers, input={"prompt": "another"})
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")


def test_a_lost_answer_can_be_had_again_with_the_key(vendors: Vendors) -> None:
    headers = {"idempotency-key": "lost-1"}
    lost = vendors.submit("http_500_after_accept", headers=headers, client_ref="lost")
    assert lost.status_code == 500
    again = vendors.submit("http_500_after_accept", headers=headers, client_ref="lost")
    assert again.status_code == 201
    assert len(vendors.lines(again.json()["id"])) == 1


def test_runs_are_listed_newest_first_in_pages(vendors: Vendors) -> None:
    made = [vendors.run(client_ref="paged")["id"] for _ in range(3)]
    query = {"q": "client_ref.EQ:'paged'", "limit": "2", "fields": "id"}
    page = vendors.runflow.get("/runflow/v1/runs", params=query).json()
    rest = vendors.runflow.get("/runflow/v1/runs", params={**query, "pq": page["next_pq"]}).json()
    assert [row["id"] for row in page["items"] + rest["items"]] == made[::-1]
    assert (set(page["items"][0]), rest["next_pq"]) == ({"id"}, None)
    assert vendors.runflow.get("/runflow/v1/runs", params={"q": "nonsense"}).status_code == 400


def test_a_picture_has_the_size_and_format_asked_for(vendors: Vendors) -> None:
    size = {"image_size": {"width": 1088, "height": 1360}}
    url = vendors.read(vendors.run(input=size))["output"]["outputs"][0]["url"]
    with PIL.Image.open(io.BytesIO(vendors.sim.get(url).content)) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (1088, 1360))


def test_two_plain_pictures_never_have_the_same_bytes(vendors: Vendors) -> None:
    one, other = (vendors.sim.get(vendors.picture_url()).content for _ in range(2))
    assert one != other


def test_a_result_expires_after_an_hour_and_a_read_signs_it_anew(vendors: Vendors) -> None:
    run = vendors.run()
    url = vendors.read(run)["output"]["outputs"][0]["url"]
    assert vendors.sim.get(url).status_code == 200
    vendors.sim.post("/_sim/clock", json={"advance": 3601})
    assert vendors.sim.get(url).status_code == 403
    fresh = vendors.read(run)["output"]["outputs"][0]["url"]
    assert vendors.sim.get(fresh).status_code == 200


def test_a_forged_address_is_refused(vendors: Vendors) -> None:
    url = vendors.picture_url()
    signature = url.split("/")[-2]
    later = f"{int(signature.split('-')[0], 16) + 9999:x}-{signature.split('-')[1]}"
    assert vendors.sim.get(url.replace(signature, later)).status_code == 403


def test_an_unknown_model_is_not_found(vendors: Vendors) -> None:
    path = FLEX.replace("flux-2-flex", "flux-3")
    answer = vendors.runflow.post(path, json={"input": {"prompt": "a"}})
    assert answer.status_code == 404


def test_the_balance_falls_by_what_was_billed(vendors: Vendors) -> None:
    before = float(vendors.runflow.get("/runflow/v1/billing/balance").json()["balance"])
    vendors.run()
    after = float(vendors.runflow.get("/runflow/v1/billing/balance").json()["balance"])
    assert round(before - after, 2) == 0.05


def test_an_uploaded_asset_can_be_a_reference_and_is_billed_as_input(vendors: Vendors) -> None:
    out = io.BytesIO()
    PIL.Image.new("RGB", (1500, 1000), "red").save(out, "PNG")
    form = {"filename": "bowl.png", "content_type": "image/png"}
    upload = vendors.runflow.post("/runflow/v1/asset-uploads", json=form).json()
    early = vendors.runflow.post(f"/runflow/v1/asset-uploads/{upload['asset_id']}/confirmations")
    assert early.status_code == 409
    assert vendors.sim.put(upload["upload_url"], content=out.getvalue()).status_code == 200
    path = f"/runflow/v1/asset-uploads/{upload['asset_id']}/confirmations"
    asset = vendors.runflow.post(path).json()
    assert vendors.sim.get(asset["url"]).content == out.getvalue()
    size = {"width": 1024, "height": 1024}
    given = {"prompt": "image 1", "image_urls": [asset["url"]], "image_size": size}
    made = vendors.runflow.post(FLEX.replace("/runs", "/edit/runs"), json={"input": given})
    assert made.status_code == 201, made.text
    (line,) = vendors.lines(made.json()["id"])
    assert (line["output_mp"], line["input_mp"], line["usd"]) == (1, 2, "0.15")


def test_an_evaluation_completes_and_costs_credits(vendors: Vendors) -> None:
    body = {"generated_image_url": vendors.picture_url(), "task_type": "ad_creative"}
    made = vendors.runflow.post("/runflow/v1/evaluations", json=body)
    assert (made.status_code, made.json()["status_code"]) == (202, "pending")
    path = f"/runflow/v1/evaluations/{made.json()['id']}"
    done = vendors.runflow.get(path).json()
    assert (done["status_code"], done["overall_passed"]) == ("completed", True)
    price = vendors.runflow.get("/runflow/v1/evaluations/job-classes").json()[0]["price"]
    vendors.runflow.get(path)
    assert [line["usd"] for line in vendors.lines(done["id"])] == [price]


def test_an_evaluation_can_fail_the_picture(vendors: Vendors) -> None:
    body = {"generated_image_url": "data:,", "task_type": "ad_creative"}
    headers = {"x-sim-scenario": "sentinel_fail"}
    made = vendors.runflow.post("/runflow/v1/evaluations", json=body, headers=headers).json()
    path = f"/runflow/v1/evaluations/{made['id']}"
    done = vendors.runflow.get(path, params={"embed": "judges"}).json()
    assert done["overall_passed"] is False
    assert done["judges"][0]["passed"] is False


def test_too_many_references_for_an_evaluation_are_refused(vendors: Vendors) -> None:
    body = {"generated_image_url": "x", "task_type": "ad", "reference_images": [{"url": "x"}] * 5}
    answer = vendors.runflow.post("/runflow/v1/evaluations", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["type"]) == (422, "too_long")
