"""`proofpress serve`: the flow as a deployment that runs every hour, and once at the start.

An hour in which nothing became due ends in a second, because what is delivered already stands.
"""

import pathlib
from collections.abc import Callable, MutableMapping

from flows import server
from flows.work import Parameters
from pipeline.errors import ToolMissingError

HOURLY = "0 * * * *"


def serve(
    parameters: Parameters,
    folder: pathlib.Path,
    environ: MutableMapping[str, str],
    say: Callable[[str], None],
) -> None:
    """Serve until the process is interrupted.

    Args:
        parameters: What each run is told; paths must be absolute.
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
    environ.update(server.client_environment(found, folder, environ))
    from flows import hourly  # noqa: PLC0415 - Prefect reads its settings on import

    say(f"every hour from now on, Ctrl-C ends it; watch it at {found.ui}")
    hourly.run_hourly(parameters, HOURLY)
