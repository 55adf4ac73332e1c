"""Where log lines are for machines, Prefect's own lines are, too."""

import json
import os
import pathlib
import subprocess
import sys
import textwrap

from flows import serve
from pipeline.settings import PROJECT

CONFIG = PROJECT / "flows" / "logging-json.yml"
SAID = """
    import logging
    from prefect.logging import get_logger
    from prefect.logging.configuration import setup_logging

    setup_logging()
    get_logger("runner").info("asks with the key canary-key", extra={"flow_run_id": "f1"})
    get_logger("client").debug("nobody asked for this")
    logging.getLogger("pipeline.daily").info("published", extra={"event": "published"})
"""


def test_prefect_says_one_object_a_line_without_secrets(tmp_path: pathlib.Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SAID)],
        env={
            **os.environ,
            "PREFECT_HOME": str(tmp_path),
            "PREFECT_LOGGING_CONFIG_PATH": str(CONFIG),
            "PREFECT_LOGGING_LEVEL": "INFO",
            "RUNFLOW_API_KEY": "canary-key",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    line, ours = map(json.loads, ended.stderr.splitlines())
    assert (line["level"], line["logger"], line["flow_run_id"]) == ("info", "prefect.runner", "f1")
    assert line["message"] == "asks with the key ***"
    assert (ours["event"], ours["logger"]) == ("published", "pipeline.daily")


def test_serving_asks_prefect_for_such_lines_where_they_are_wanted() -> None:
    own = {"PREFECT_LOGGING_CONFIG_PATH": "own.yml"}
    assert serve.lines_of({"PROOFPRESS_LOG": "json"}) == {
        "PREFECT_LOGGING_CONFIG_PATH": str(CONFIG)
    }
    assert serve.lines_of({"PROOFPRESS_LOG": "json", **own}) == {}
    assert serve.lines_of({}) == {}
