"""The local Prefect server: found, else started in the background, and left for its UI.

A server belongs to one work folder. While it lives it holds the lock on `server.lock` there, so
neither a recycled process id nor a second run that starts at the same moment can be mistaken
for it. `server.json` says where it listens. Prefect itself is not imported here.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import httpx

HOST = "127.0.0.1"
USUAL_PORT = 4200  # Prefect's own default, so that bookmarks keep working
LARGEST_LOG = 5_000_000  # bytes; a longer one is begun anew at the next start

# With these batch sizes a task costs the server about 15 ms of CPU instead of 65 ms.
TUNED = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    # Groups begin a minute apart and two at a time, so a few minutes are not yet late.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "600",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}

# Beside a progress bar Prefect says nothing on the terminal, and a server that has gone is given
# up after seconds, not after Prefect's own minutes.
BRIEF = {
    "PREFECT_API_REQUEST_TIMEOUT": "10",
    "PREFECT_CLIENT_MAX_RETRIES": "1",
    "PREFECT_LOGGING_CONFIG_PATH": str(pathlib.Path(__file__).with_name("logging.yml")),
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}

# A server that has gone is given up after seconds, and a run that has died is noticed.
STEADY = {
    "PREFECT_API_REQUEST_TIMEOUT": "10",
    "PREFECT_CLIENT_MAX_RETRIES": "1",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
}

# Nothing is told to anybody else about the use of this program.
PRIVATE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Prefect server.

    Attributes:
        ui: Where a person looks at it, such as `http://127.0.0.1:4200`.
        api: Where its API is, such as `http://127.0.0.1:4200/api`.
        pid: Its process; None if it is not the server of a work folder.
    """

    ui: str
    api: str
    pid: int | None


def find_or_start(
    folder: pathlib.Path,
    environ: Mapping[str, str],
    *,
    deadline_s: float = 60.0,
    port: int = USUAL_PORT,
) -> Server | None:
    """Return a healthy server, started if there is none; None if none can be had in time.

    A server that the person named with PREFECT_API_URL comes first. What keeps a server from
    starting is in `server.log` in the folder.

    Args:
        folder: The server's data directory; made if it is missing.
        environ: The process environment.
        deadline_s: Seconds to wait for it to answer.
        port: The port to listen on; another one is taken when it is in use.
    """
    until = time.monotonic() + deadline_s
    if named := environ.get("PREFECT_API_URL"):
        api = named.rstrip("/")
        ui = environ.get("PREFECT_UI_URL", api.removesuffix("/api"))
        server = Server(ui=ui, api=api, pid=None)
        return server if is_healthy(server) else None
    for _ in range(2):  # another server may take the port between the choice and its use
        try:
            start(folder, environ, port)
        except OSError:
            return None
        if found := _wait_until_healthy(folder, until):
            return found
    return None


def client_environment(
    server: Server, folder: pathlib.Path, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables that make Prefect, not yet imported, use this server.

    Args:
        server: The server to use.
        folder: Its data directory.
        environ: The process environment, for the proxies that must be left out.
    """
    variables = {**PRIVATE, "PREFECT_API_URL": server.api}
    if server.pid is None:
        return variables
    no_proxy = environ.get("NO_PROXY") or environ.get("no_proxy")
    direct = f"{no_proxy},{HOST}" if no_proxy else HOST
    home = str(folder.resolve())
    return {**variables, "PREFECT_HOME": home, "NO_PROXY": direct, "no_proxy": direct}


def is_healthy(server: Server, timeout_s: float = 2.0) -> bool:
    """Tell whether the server answers that it is well."""
    try:
        answer = httpx.get(f"{server.api}/health", timeout=timeout_s, trust_env=server.pid is None)
    except httpx.HTTPError:
        return False
    return not answer.is_server_error


def running(folder: pathlib.Path) -> Server | None:
    """Return the server of this folder, healthy or still starting; None if there is none."""
    if not _is_held(folder):
        return None
    try:
        record = json.loads((folder / "server.json").read_text(encoding="utf-8"))
        return Server(ui=record["ui"], api=record["api"], pid=int(record["pid"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def start(folder: pathlib.Path, environ: Mapping[str, str], port: int = USUAL_PORT) -> None:
    """Start the folder's server in the background, unless it runs already.

    Raises:
        OSError: If the folder cannot be written or the process cannot be started.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder) as held:
        if held is None:
            return
        chosen = _free_port(port)
        process = _launch(folder, environ, chosen, held)
        # Waited for by a thread, so that it never becomes a zombie of a long-lived parent.
        threading.Thread(target=process.wait, daemon=True).start()
        ui = f"http://{HOST}:{chosen}"
        record = {"ui": ui, "api": f"{ui}/api", "pid": process.pid}
        part = folder / "server.json.part"
        part.write_text(json.dumps(record), encoding="utf-8")
        part.replace(folder / "server.json")


def stop(folder: pathlib.Path, patience_s: float = 10.0) -> bool:
    """End the folder's server; tell whether there was one.

    Args:
        folder: The server's data directory.
        patience_s: Seconds it may take to end by itself before it is killed.
    """
    server = running(folder)
    if server is None or server.pid is None:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        if _wait_for(lambda: not _is_held(folder), time.monotonic() + patience_s):
            break
    (folder / "server.json").unlink(missing_ok=True)
    return True


@contextlib.contextmanager
def _lock(folder: pathlib.Path) -> Iterator[int | None]:
    """Hold the folder's lock and yield its file descriptor; None if a server holds it."""
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor if _wait_for(lambda: _locks(descriptor), time.monotonic() + 0.1) else None
    finally:
        os.close(descriptor)


def _locks(descriptor: int) -> bool:
    """Try to take the lock; tell whether it is held now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_held(folder: pathlib.Path) -> bool:
    """Tell whether a server holds the folder's lock."""
    if not folder.exists():
        return False
    with _lock(folder) as free:
        return free is None


def _launch(
    folder: pathlib.Path, environ: Mapping[str, str], port: int, lock: int
) -> subprocess.Popen[bytes]:
    """Start the server process, detached from the terminal, holding the lock."""
    log = folder / "server.log"
    fresh = not log.exists() or log.stat().st_size > LARGEST_LOG
    address = f"http://{HOST}:{port}"
    command = [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    with log.open("wb" if fresh else "ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, our own constants
            [*command, "--host", HOST, "--port", str(port), "--log-level", "warning"],
            env={
                **TUNED,
                **environ,
                **PRIVATE,
                "PREFECT_HOME": str(folder.resolve()),
                "PREFECT_API_URL": f"{address}/api",
                "PREFECT_UI_URL": address,
                # Pages of other origins, open in the same browser, get no answer.
                "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": address,
                "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
                "PREFECT__SERVER_FINAL": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(lock,),
            start_new_session=True,
        )


def _wait_until_healthy(folder: pathlib.Path, until: float) -> Server | None:
    """Wait for the folder's server to answer; None if it ends or time runs out."""
    server: Server | None = None

    def answers_or_has_ended() -> bool:
        nonlocal server
        server = running(folder)
        return _is_of(folder, server) if server else not _is_held(folder)

    return server if _wait_for(answers_or_has_ended, until) else None


def _is_of(folder: pathlib.Path, server: Server) -> bool:
    """Tell whether the server answers, and is this folder's and not another on the same port."""
    try:
        answer = httpx.get(f"{server.api}/admin/settings", timeout=2.0, trust_env=False)
        return bool(answer.json()["home"] == str(folder.resolve()))
    except (httpx.HTTPError, ValueError, LookupError, TypeError):
        return False


def _wait_for(condition: Callable[[], bool], until: float) -> bool:
    """Tell whether the condition came true before the monotonic time `until`."""
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _free_port(wanted: int) -> int:
    """Return the wanted port, or any other if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")
