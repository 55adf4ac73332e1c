import json
import pathlib
import shutil
import signal
import subprocess
import time
from typing import Any

import pytest

from tests.e2e.conftest import COMMAND, PROJECT, Run

FIRST = "campaigns/first.yaml"

pytestmark = pytest.mark.e2e


def manifests(workplace: pathlib.Path) -> list[dict[str, Any]]:
    """Return the manifest of every day: the markets' days differ for some hours of each."""
    found = sorted((workplace / "out").rglob("manifest.json"))
    return [json.loads(path.read_text("utf-8")) for path in found]


def creative(workplace: pathlib.Path, market: str) -> dict[str, Any]:
    """Return a market's delivered creative as its manifest has it."""
    (record,) = (
        record
        for manifest in manifests(workplace)
        for record in manifest["creatives"]
        if record["market"] == market
    )
    return dict(record)


def test_a_run_delivers_and_a_second_one_finds_nothing_to_do(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    done = proofpress("run", "--plain", FIRST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "first  2 of 2 passed" in done.stdout
    assert (workplace / "out" / "index.html").is_file()
    delivered = {p: p.stat().st_mtime_ns for p in (workplace / "out").rglob("*") if p.is_file()}

    again = proofpress("run", "--plain", FIRST)
    assert again.returncode == 0
    assert "nothing to do: all 2 creatives stand as delivered" in again.stdout
    for path, written in delivered.items():
        assert path.stat().st_mtime_ns == written, path


def test_a_changed_price_is_the_reason_and_reuses_the_plate(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    assert proofpress("run", "--plain", FIRST).returncode == 0
    file = workplace / FIRST
    file.write_text(file.read_text("utf-8").replace("de: 7.90", "de: 6.90"), "utf-8")
    plan = proofpress("plan", FIRST).stdout
    assert "1 price changed 7,90\u00a0€ → 6,90\u00a0€" in plan
    assert "1 unchanged" in plan
    assert "1 of them in the store" in plan or "in the store; studio" in plan

    done = proofpress("run", "--plain", FIRST)
    assert done.returncode == 0, done.stdout + done.stderr
    changed = creative(workplace, "de")
    assert changed["strings"]["price"] == "6,90\u00a0€"
    assert changed["plate"]["reused"] is True
    assert sum(len(manifest["retired"]) for manifest in manifests(workplace)) == 1


def test_verify_finds_a_file_that_was_changed(proofpress: Run, workplace: pathlib.Path) -> None:
    assert proofpress("run", "--plain", FIRST).returncode == 0
    shutil.rmtree(workplace / ".proofpress")  # a folder is proof in itself
    fine = proofpress("verify", "out")
    assert (fine.returncode, fine.stdout) == (0, "2 of 2 files are as they were proved\n")
    picture = next((workplace / "out").glob("*/first/de/*.jpg"))
    picture.write_bytes(picture.read_bytes() + b"\0")
    found = proofpress("verify", "out")
    assert found.returncode == 1
    assert "its hash differs" in found.stdout


def test_a_self_test_plants_errors_in_todays_creatives_and_all_are_refused(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    done = proofpress("selftest", FIRST, "--errors", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == "made first, since the store had none of their script: 1\n"
    assert "4 errors planted: all refused" in done.stdout
    assert not (workplace / "out").exists()

    again = proofpress("selftest", FIRST, "--errors", "4", "--json")
    record = json.loads(again.stdout)
    assert (record["planted"], record["refused"], record["slipped"]) == (4, 4, 0)
    assert again.stderr == ""


def test_a_run_tries_its_proof_and_says_so(proofpress: Run, workplace: pathlib.Path) -> None:
    done = proofpress("run", "--plain", FIRST)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "self-test  " in done.stdout
    assert "all refused" in done.stdout
    for manifest in manifests(workplace):
        said = manifest["selftest"]
        assert said["planted"] == said["refused"] > 0


def test_words_that_cannot_fit_hold_their_creative_and_no_other(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    file = workplace / FIRST
    long = (
        "Heute im Topf und morgen und übermorgen und die ganze Woche lang bis in den Herbst hinein"
    )
    file.write_text(file.read_text("utf-8").replace("Heute im Topf", f"{long} {long}"), "utf-8")
    checked = proofpress("check", FIRST)
    assert checked.returncode == 2
    assert checked.stderr.startswith(f"{FIRST}:17: offers.lunch.copy.headline.de: ")
    done = proofpress("run", "--plain", FIRST)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "first  1 of 2 passed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("check", "campaigns/none.yaml"), "campaigns/none.yaml:1: cannot be read"),
        (("run", "--plain", FIRST, "--market", "fr"), "no campaign has the market fr"),
        (("preview", FIRST, "--format", "menu-16x9"), "has no creative for format menu-16x9"),
        (("proof", "nothing.png", "--locale", "de_DE"), "name an image, --locale and at least"),
        (("proof", "nothing.png", "--locale", "de_DE", "--line", "x"), "--line wants ROLE=TEXT"),
        (("verify", "campaigns"), "there is no manifest under campaigns"),
        (("frobnicate",), "No such command"),
    ],
)
def test_a_wrong_command_says_what_to_do_without_a_traceback(
    proofpress: Run, arguments: tuple[str, ...], says: str
) -> None:
    done = proofpress(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_names_the_package_of_a_missing_tesseract(proofpress: Run) -> None:
    done = proofpress("doctor", FIRST, PATH="/nowhere")
    assert done.returncode == 4
    assert "apt-get install tesseract-ocr" in done.stdout
    assert proofpress("doctor", FIRST).returncode == 0


def test_a_plan_printed_twice_is_the_same_to_the_byte(proofpress: Run) -> None:
    first = proofpress("plan", "--json", "--day", "2026-11-27", FIRST)
    assert first.returncode == 0
    assert len(json.loads(first.stdout)[0]["variants"]) == 2
    assert proofpress("plan", "--json", "--day", "2026-11-27", FIRST).stdout == first.stdout


def test_the_proof_command_answers_in_the_agreed_shape(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    assert proofpress("run", "--plain", FIRST).returncode == 0
    record = creative(workplace, "us")
    image = next((workplace / "out").rglob(pathlib.Path(record["file"]).name))
    lines = [{"role": role, "text": text} for role, text in record["strings"].items()]
    wrong = [{**line, "text": line["text"].replace("8.50", "8.60")} for line in lines]
    requests = [
        {"image": str(image), "locale": "en_US", "lines": lines, "extra_text": "fail"},
        {"image": str(image), "locale": "en_US", "lines": wrong, "extra_text": "fail"},
    ]
    batch = workplace / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(request) for request in requests), "utf-8")
    done = proofpress("proof", "--batch", str(batch), "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    agreed = {"image", "verdict", "lines", "extra", "ms"}
    assert set(answers[0]) == agreed | {"checks"}
    agreed = {"role", "expected", "read", "verdict", "box"}
    basis = {"reader", "confidence", "confidences", "shape", "reason"}
    assert set(answers[0]["lines"][0]) == agreed | basis
    assert [line["verdict"] for line in answers[0]["lines"]] == ["pass"] * len(lines)
    assert answers[1]["verdict"] == "fail"
    assert done.returncode == 1

    batch.write_text(json.dumps(requests[0]) + "\n{not json}\n", "utf-8")
    done = proofpress("proof", "--batch", str(batch))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["verdict"] for one in answers] == ["pass", "unsure"]
    assert answers[1]["error"].startswith(f"{batch}:2: ")
    assert done.returncode == 2


def test_an_interrupted_run_ends_with_130_and_keeps_what_was_finished(
    workplace: pathlib.Path,
) -> None:
    command = [COMMAND, "run", "--plain", str(PROJECT / "campaigns" / "daily-deals.yaml")]
    with subprocess.Popen(
        command, cwd=workplace, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until = time.monotonic() + 120
        while time.monotonic() < until and not list(workplace.glob(".proofpress/outcomes-*/*")):
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run again to go on" in complaint
    assert "Traceback" not in complaint
    assert list(workplace.glob(".proofpress/outcomes-*/*"))
