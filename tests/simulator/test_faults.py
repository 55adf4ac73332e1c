"""Every named fault does what its name says, once asked for; a mix repeats itself."""

import collections
import email.utils
import io
import itertools
import time

import httpx
import PIL.Image
import pytest

from simulator.faults import DOWNLOAD, Event, Faults, UnknownFaultError, parse
from tests.simulator.vendors import Vendors


def test_a_rate_limit_on_runflow_has_no_headers_and_passes(vendors: Vendors) -> None:
    tries = [vendors.submit("rate_limit(2)", client_ref="limited") for _ in range(3)]
    assert [one.status_code for one in tries] == [429, 429, 201]
    assert "retry-after" not in tries[0].headers
    assert tries[0].json()["code"] == "RATE_LIMITED"
    assert len(vendors.lines(tries[2].json()["id"])) == 1


@pytest.mark.parametrize("kind", ["seconds", "date", "garbage", "absent", "-5"])
def test_retry_after_takes_every_form(vendors: Vendors, kind: str) -> None:
    answer = vendors.submit(f"rate_limit,retry_after={kind}", client_ref=f"after-{kind}")
    wait = answer.headers.get("retry-after")
    if kind == "date":
        assert email.utils.parsedate_to_datetime(str(wait)).timestamp() > 0
    else:
        assert wait == {"seconds": "1", "garbage": "as soon as you like", "-5": "-5"}.get(kind)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("http_500", 500),
        ("http_502", 502),
        ("http_503", 503),
        ("http_504", 504),
        ("payment_required", 402),
        ("unauthorized", 401),
        ("forbidden", 403),
        ("invalid_field", 422),
    ],
)
def test_a_refused_submit_is_not_billed(vendors: Vendors, fault: str, status: int) -> None:
    before = vendors.total()
    answer = vendors.submit(fault, client_ref=fault)
    assert (answer.status_code, vendors.total()) == (status, before)
    assert ("nginx" in answer.text) == (fault == "http_502")


def test_html_instead_of_an_answer_is_not_billed(vendors: Vendors) -> None:
    before = vendors.total()
    answer = vendors.submit("submit_html_200")
    assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")
    assert vendors.total() == before


@pytest.mark.parametrize(("fault", "billed"), [("drop_after_accept", 1), ("drop_before_accept", 0)])
def test_a_dropped_submit_gets_no_answer(vendors: Vendors, fault: str, billed: int) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        vendors.submit(fault, client_ref=fault)
    query = {"q": f"client_ref.EQ:'{fault}'"}
    found = vendors.runflow.get("/runflow/v1/runs", params=query).json()["items"]
    assert len(found) == billed
    assert [line["usd"] for run in found for line in vendors.lines(run["id"])] == ["0.05"] * billed


def test_an_error_after_acceptance_is_billed_on_every_api(vendors: Vendors) -> None:
    before = float(vendors.total())
    fault = "http_500_after_accept"
    assert vendors.submit(fault, client_ref=fault).status_code == 500
    assert vendors.queue("fal-ai/flux-2-flex", fault, seed=5).status_code == 500
    answer = vendors.bfl.post(
        "/bfl/v1/flux-2-flex", json={"prompt": "x"}, headers={"x-sim-scenario": fault}
    )
    assert answer.status_code == 500
    assert round(float(vendors.total()) - before, 2) == 0.15


def test_the_same_submit_twice_without_a_key_is_billed_twice(vendors: Vendors) -> None:
    before = float(vendors.total())
    one, other = (vendors.queue("fal-ai/flux-2-flex").json()["request_id"] for _ in range(2))
    assert one != other
    assert round(float(vendors.total()) - before, 2) == 0.10


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("failed", "failed"),
        ("moderated_input", "failed"),
        ("moderated_output", "failed"),
        ("canceled", "canceled"),
        ("canceled_vs_cancelled", "cancelled"),
        ("unknown_status", "rebalancing"),
        ("queued_forever", "queued"),
    ],
)
def test_a_run_that_does_not_succeed_is_not_billed(vendors: Vendors, fault: str, seen: str) -> None:
    run = vendors.read(vendors.run(fault))
    assert (run["status_code"], run["output"], vendors.lines(run["id"])) == (seen, None, [])
    moderated = fault.startswith("moderated")
    assert (run["failure_code"] == "CONTENT_MODERATED") == moderated


def test_a_slow_run_needs_its_polls(vendors: Vendors) -> None:
    run = vendors.run("slow(2)")
    seen = [vendors.read(run)["status_code"] for _ in range(3)]
    assert seen == ["running", "running", "succeeded"]


def test_a_flapping_status_settles(vendors: Vendors) -> None:
    run = vendors.run("status_flap")
    seen = [vendors.read(run)["status_code"] for _ in range(4)]
    assert seen == ["running", "queued", "running", "succeeded"]


@pytest.mark.parametrize("shape", ["outputs", "images", "image_urls"])
def test_the_output_has_the_shape_asked_for(vendors: Vendors, shape: str) -> None:
    output = vendors.read(vendors.run(f"output_shape={shape}"))["output"]
    assert shape in output


def test_endless_202_never_ends(vendors: Vendors) -> None:
    run = vendors.run("endless_202")
    path = f"/runflow/v1/runs/{run['id']}"
    assert {vendors.runflow.get(path).status_code for _ in range(5)} == {202}


def test_a_task_may_not_be_found_at_first(vendors: Vendors) -> None:
    task = vendors.task("task_not_found_first_poll")
    assert [vendors.poll(task)["status"] for _ in range(2)] == ["Task not found", "Ready"]


def test_a_poll_may_fail_and_recover(vendors: Vendors) -> None:
    path = f"/runflow/v1/runs/{vendors.run('poll_http_500(2)')['id']}"
    assert [vendors.runflow.get(path).status_code for _ in range(3)] == [500, 500, 200]
    limited = f"/runflow/v1/runs/{vendors.run('poll_rate_limit(1)')['id']}"
    assert vendors.runflow.get(limited).status_code == 429
    dropped = f"/runflow/v1/runs/{vendors.run('poll_drop(1)')['id']}"
    with pytest.raises(httpx.RemoteProtocolError):
        vendors.runflow.get(dropped)


def test_a_foreign_polling_address_gets_the_key_of_whoever_follows_it(vendors: Vendors) -> None:
    task = vendors.task("foreign_polling_url")
    foreign = vendors.sim.get("/_sim/").json()["foreign"]
    assert task["polling_url"].startswith(foreign)
    assert vendors.poll(task)["result"]["sample"].startswith(foreign)
    seen = vendors.sim.get("/_sim/strangers").json()[-1]
    assert seen["headers"]["x-key"] == "simulator-key"


@pytest.mark.parametrize(("fault", "status"), [("redirect_poll", 307), ("redirect_result", 302)])
def test_a_redirect_leads_to_the_stranger(vendors: Vendors, fault: str, status: int) -> None:
    if fault == "redirect_poll":
        answer = vendors.bfl.get(vendors.task(fault)["polling_url"])
    else:
        answer = vendors.sim.get(vendors.picture_url(fault))
    foreign = vendors.sim.get("/_sim/").json()["foreign"]
    assert (answer.status_code, answer.headers["location"].startswith(foreign)) == (status, True)


def test_a_body_cut_without_length_looks_whole_to_httpx(vendors: Vendors) -> None:
    whole = vendors.sim.get(vendors.picture_url())
    cut = vendors.sim.get(vendors.picture_url("cut_without_length"))
    assert (cut.status_code, "content-length" in cut.headers) == (200, False)
    assert abs(len(cut.content) - len(whole.content) / 2) < 20
    with pytest.raises(OSError, match=r"truncated|broken"):
        PIL.Image.open(io.BytesIO(cut.content)).load()


def test_a_body_shorter_than_announced_is_an_error(vendors: Vendors) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        vendors.sim.get(vendors.picture_url("truncated"))


def test_a_corrupt_picture_cannot_be_decoded(vendors: Vendors) -> None:
    for _ in range(4):
        answer = vendors.sim.get(vendors.picture_url("corrupt"))
        assert int(answer.headers["content-length"]) == len(answer.content)
        with pytest.raises((OSError, SyntaxError)):
            PIL.Image.open(io.BytesIO(answer.content)).load()


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("html_200", 200, "text/html"),
        ("expired_url", 403, "application/xml"),
        ("download_http_500", 500, ""),
    ],
)
def test_a_download_may_answer_something_else(
    vendors: Vendors, fault: str, status: int, kind: str
) -> None:
    answer = vendors.sim.get(vendors.picture_url(fault))
    assert answer.status_code == status
    assert answer.headers.get("content-type", "").startswith(kind)


def test_a_download_may_be_dropped_and_succeed_later(vendors: Vendors) -> None:
    url = vendors.picture_url("download_drop(1)")
    with pytest.raises(httpx.RemoteProtocolError):
        vendors.sim.get(url)
    assert vendors.sim.get(url).status_code == 200


def test_a_drip_comes_in_pieces_that_each_arrive_in_time(vendors: Vendors) -> None:
    start = time.monotonic()
    with vendors.sim.stream("GET", vendors.picture_url("slow_drip"), timeout=2) as answer:
        pieces = list(itertools.islice(answer.iter_raw(), 3))
    assert (answer.status_code, len(pieces)) == (200, 3)
    assert time.monotonic() - start > 0.4


def test_a_bomb_is_small_on_the_wire_and_says_it_is_packed(vendors: Vendors) -> None:
    with vendors.sim.stream("GET", vendors.picture_url("gzip_bomb")) as answer:
        packed = sum(map(len, answer.iter_raw()))
    assert answer.headers["content-encoding"] == "gzip"
    assert 100_000 < packed < 300_000


def test_wrong_format_size_and_black_pictures_are_what_they_say(vendors: Vendors) -> None:
    size = {"image_size": {"width": 512, "height": 512}}
    seen = {}
    for fault in ("ok", "wrong_format", "wrong_size", "black_image_200"):
        url = vendors.read(vendors.run(fault, input=size))["output"]["outputs"][0]["url"]
        with PIL.Image.open(io.BytesIO(vendors.sim.get(url).content)) as image:
            seen[fault] = (image.format, image.size, image.convert("RGB").getextrema())
    assert seen["ok"][:2] == ("PNG", (512, 512))
    assert seen["wrong_format"][0] == "WEBP"
    assert seen["wrong_size"][1] == (496, 496)
    assert seen["black_image_200"][2] == ((0, 0),) * 3


def test_a_marker_in_the_prompt_chooses_a_fault(vendors: Vendors) -> None:
    run = vendors.run(input={"prompt": "a bowl [[sim:failed]]"})
    assert vendors.read(run)["status_code"] == "failed"


def test_the_queue_serves_the_next_submits_only(vendors: Vendors) -> None:
    vendors.sim.post("/_sim/scenario", json={"scenario": "failed", "count": 1})
    seen = [vendors.read(vendors.run(client_ref=f"q{n}"))["status_code"] for n in range(2)]
    assert seen == ["failed", "succeeded"]


def test_an_unknown_fault_is_refused_by_name(vendors: Vendors) -> None:
    answer = vendors.submit("meteor_strike")
    assert (answer.status_code, "meteor_strike" in answer.json()["message"]) == (400, True)
    assert vendors.sim.post("/_sim/faults", json={"meteor_strike": 0.1}).status_code == 422
    with pytest.raises(UnknownFaultError, match="between 0 and 1"):
        Faults(1, {"corrupt": 1.5})
    with pytest.raises(UnknownFaultError, match="more than 1"):
        Faults(1, {"corrupt": 0.6, "html_200": 0.6})


def test_a_mix_meets_its_rates_and_the_same_seed_the_same_faults() -> None:
    mix = {"corrupt": 0.05, "html_200": 0.02}
    events = [Event(stage="download", name=str(number)) for number in range(20_000)]
    one, same, other = (
        [tuple(Faults(seed, mix).drawn(event)) for event in events] for seed in (1, 1, 2)
    )
    assert one == same != other
    counts = collections.Counter(name for drawn in one for name in drawn)
    assert counts["corrupt"] == pytest.approx(1000, abs=120)
    assert counts["html_200"] == pytest.approx(400, abs=80)


def test_a_mix_of_submits_is_met_by_the_server(vendors: Vendors) -> None:
    vendors.sim.post("/_sim/faults", json={"rate_limit": 0.5})
    statuses = [vendors.submit(client_ref=f"mix{n}").status_code for n in range(60)]
    queued = {vendors.queue("fal-ai/flux-2-flex", seed=n).status_code for n in range(30)}
    assert 15 < statuses.count(429) < 45
    assert set(statuses) == {201, 429}
    assert queued == {200}


def test_aliases_and_arguments_are_understood() -> None:
    assert parse("stuck, slow(5), output_shape=images") == {
        "queued_forever": "",
        "slow": "5",
        "output_shape": "images",
    }
    assert all(parse(name) == {name: ""} for name in DOWNLOAD)
