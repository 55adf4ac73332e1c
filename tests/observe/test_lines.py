"""Log lines: JSON with the ids that are known, and never a secret; a real program writes them."""

import concurrent.futures
import contextvars
import io
import json
import logging
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.errors import UsageError
from pipeline.observe.context import about, known
from pipeline.observe.lines import ROOMS, secrets_of, set_up, speaks_json

LOG = logging.getLogger("pipeline.somewhere")
SECRETS = {
    "FAL_KEY": "key-of-fal-1234",
    "OTHER_TOKEN": 'quoted"ünd\\odd',
    "AWS_SECRET_ACCESS_KEY": "secret/of+aws",
    "PROOFPRESS_LEDGER": "postgresql://press:pass-of-db@db/ledger",
    "HOME": "/home/somebody",
}


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Return where JSON lines go while the test lasts."""
    names = ("", *ROOMS)
    loggers = {name: logging.getLogger(name) for name in names}
    before = {name: (one.handlers[:], one.level, one.propagate) for name, one in loggers.items()}
    out = io.StringIO()
    assert set_up({"PROOFPRESS_LOG": "json", **SECRETS}, out)
    yield out
    for name, (handlers, level, propagate) in before.items():
        loggers[name].handlers[:], loggers[name].propagate = handlers, propagate
        loggers[name].setLevel(level)
    logging.captureWarnings(capture=False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_how_grave_what_and_where(stream: io.StringIO) -> None:
    LOG.info("it is %s", "made", extra={"event": "creative", "status": "held"})
    (line,) = lines(stream)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "creative",
        "logger": "pipeline.somewhere",
        "message": "it is made",
        "status": "held",
    }


def test_a_line_has_the_ids_that_are_known_and_its_own_before_them(stream: io.StringIO) -> None:
    with about(run="r-1", campaign="lunch"):
        with about(variant="lunch--bowl", campaign=""):
            LOG.info("inside")
        LOG.info("outside", extra={"campaign": "dinner"})
    LOG.info("after")
    inside, outside, after = lines(stream)
    assert (inside["run"], inside["campaign"], inside["variant"]) == ("r-1", "lunch", "lunch--bowl")
    assert (outside["run"], outside["campaign"]) == ("r-1", "dinner")
    assert "variant" not in outside
    assert "run" not in after


def test_what_is_known_goes_with_work_that_another_thread_does() -> None:
    with about(run="r-1"), concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert pool.submit(contextvars.copy_context().run, known).result() == {"run": "r-1"}
        assert pool.submit(known).result() == {}


def test_no_secret_of_the_environment_is_in_a_line(stream: io.StringIO) -> None:
    for value in SECRETS.values():
        LOG.warning("refused with %s", value, extra={"detail": value})
    LOG.error("it failed", exc_info=RuntimeError(SECRETS["FAL_KEY"]))
    text = stream.getvalue()
    for secret in ("key-of-fal-1234", "secret/of+aws", "pass-of-db", "quoted"):
        assert secret not in text
    assert "/home/somebody" in text
    assert "postgresql://press:***@db/ledger" in text
    assert "RuntimeError: ***" in lines(stream)[-1]["exc_info"]


def test_a_line_stays_one_line_whatever_is_in_it(stream: io.StringIO) -> None:
    LOG.info("one\ntwo \u2028 \x00 “8,90 €”")
    assert len(stream.getvalue().splitlines()) >= 1
    assert stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue())["message"] == "one\ntwo \u2028 \x00 “8,90 €”"


def test_short_values_are_no_secrets() -> None:
    assert secrets_of({"X_KEY": "1", "Y_TOKEN": ""}) == set()


def test_nothing_is_changed_unless_it_is_asked_for() -> None:
    assert not set_up({})
    assert not speaks_json()


def test_another_word_is_refused() -> None:
    with pytest.raises(UsageError, match="PROOFPRESS_LOG is 'xml'; set it to json"):
        set_up({"PROOFPRESS_LOG": "xml"})


def test_what_the_command_line_refuses_is_a_line_too(tmp_path: pathlib.Path) -> None:
    for words, part in ((["check", "none.yaml"], "none.yaml"), (["check", "--no-such"], "no-such")):
        ended = subprocess.run(
            [sys.executable, "-c", "from pipeline.cli import main; main()", *words],
            cwd=tmp_path,
            env={"PROOFPRESS_LOG": "json", "PYTHONPATH": str(pathlib.Path.cwd())},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode == 2
        (line,) = ended.stderr.splitlines()
        said = json.loads(line)
        assert (said["event"], said["level"]) == ("refused", "error")
        assert part in said["message"]
