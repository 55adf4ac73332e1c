"""`proofpress serve`: each market group as a deployment that looks every hour what is due.

An hour in which nothing became due ends in seconds, because what is delivered already stands.
"""

import dataclasses
import pathlib
import time
from collections.abc import Callable, Mapping, MutableMapping

from flows import server
from flows.form import Form
from flows.groups import Group
from pipeline.errors import ToolMissingError
from pipeline.observe.lines import SETTING

PAUSE_S = 5.0
"""How long to wait before a server that has gone is looked for again."""

_CONFIG = "PREFECT_LOGGING_CONFIG_PATH"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served.

    Attributes:
        form: What every run is asked for; paths in it must be absolute.
        groups: The market groups.
    """

    form: Form
    groups: tuple[Group, ...]


def serve(
    served: Served,
    folder: pathlib.Path,
    environ: MutableMapping[str, str],
    say: Callable[[str], None],
) -> None:
    """Serve until the process is interrupted, also when the server goes and comes back.

    Args:
        served: What is served.
        folder: Data directory of the local Prefect server.
        environ: The process environment; Prefect's settings are put into it.
        say: Prints one line for the person at the terminal.

    Raises:
        ToolMissingError: If no Prefect server can be had.
    """
    say("looking for the local Prefect server, starting it if there is none")
    found = server.find_or_start(folder, environ)
    if found is None:
        raise ToolMissingError(
            f"no Prefect server could be started; {folder / 'server.log'} says why. "
            "`proofpress run` delivers without it"
        )
    own = server.client_environment(found, folder, environ)
    environ.update({**server.STEADY, **own, **lines_of(environ)})
    say(f"{len(served.groups)} market groups, every hour; Ctrl-C ends it; watch it at {found.ui}")
    try:
        _serve_on(served, found, (folder, environ), say)
    except KeyboardInterrupt:  # Prefect's own loop takes it in, our pauses between two do not
        return


def lines_of(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which Prefect logs for machines, too, where that is asked for."""
    if environ.get(SETTING) != "json" or _CONFIG in environ:
        return {}
    return {_CONFIG: str(pathlib.Path(__file__).with_name("logging-json.yml"))}


def _serve_on(
    served: Served,
    found: server.Server,
    place: tuple[pathlib.Path, MutableMapping[str, str]],
    say: Callable[[str], None],
) -> None:
    """Serve, and begin again whenever the server has gone and is back."""
    from flows import deployments  # noqa: PLC0415 - Prefect reads its settings on import

    at_once = True
    while True:
        try:
            deployments.run_hourly(served.form, served.groups, at_once=at_once)
        except Exception as error:  # noqa: BLE001 - whatever the client raises without a server
            say(f"the Prefect server does not answer ({type(error).__name__}); looking for it")
            _await(found, *place)
            say("the Prefect server is back")
            at_once = False
        else:
            return


def _await(found: server.Server, folder: pathlib.Path, environ: MutableMapping[str, str]) -> None:
    """Wait until the server answers again at its address, starting our own if it has ended."""
    own = {name: value for name, value in environ.items() if name != "PREFECT_API_URL"}
    port = int(found.api.rsplit(":", 1)[1].split("/")[0]) if found.pid else 0
    while not server.is_healthy(found):
        if found.pid:
            server.find_or_start(folder, own, port=port)
        time.sleep(PAUSE_S)
