"""A server is found or started, told from a dead one, and its absence is survived."""

import json
import os
import pathlib
import socket
import time

from flows import server


def nobody(folder: pathlib.Path) -> dict[str, str]:
    """Return an environment that names a server which does not answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {**os.environ, "PREFECT_API_URL": f"http://127.0.0.1:{port}/api", "HOME": str(folder)}


def test_a_named_server_that_does_not_answer_is_not_waited_for(tmp_path: pathlib.Path) -> None:
    began = time.monotonic()
    assert server.find_or_start(tmp_path / "prefect", nobody(tmp_path)) is None
    assert time.monotonic() - began < 5
    assert not (tmp_path / "prefect").exists()


def test_a_folder_that_cannot_be_made_gives_no_server(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert server.find_or_start(file / "prefect", {}) is None


def test_the_record_of_a_dead_server_is_not_believed(tmp_path: pathlib.Path) -> None:
    record = {"ui": "http://127.0.0.1:4200", "api": "http://127.0.0.1:4200/api", "pid": os.getpid()}
    (tmp_path / "server.json").write_text(json.dumps(record))
    assert server.running(tmp_path) is None
    assert server.stop(tmp_path) is False  # and this process, whose id it holds, lives on


def test_there_is_nothing_to_stop_in_a_folder_that_does_not_exist(tmp_path: pathlib.Path) -> None:
    assert server.stop(tmp_path / "nothing") is False


def test_the_proxies_of_the_machine_are_kept_but_not_for_the_local_server(
    tmp_path: pathlib.Path,
) -> None:
    local = server.Server(ui="http://127.0.0.1:1", api="http://127.0.0.1:1/api", pid=1)
    variables = server.client_environment(local, tmp_path, {"NO_PROXY": "intranet.example"})
    assert variables["NO_PROXY"] == variables["no_proxy"] == "intranet.example,127.0.0.1"
    assert variables["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
    assert variables["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_a_team_server_keeps_the_profile_of_its_user(tmp_path: pathlib.Path) -> None:
    team = server.Server(ui="https://t.example", api="https://t.example/api", pid=None)
    variables = server.client_environment(team, tmp_path, {})
    assert "PREFECT_HOME" not in variables
    assert "NO_PROXY" not in variables
