"""`python -m simulator`: start the simulator on 127.0.0.1 and say where it listens."""

import json
import pathlib
from collections.abc import Callable

import click

from simulator.faults import Faults, UnknownFaultError
from simulator.pictures.painter import MODES
from simulator.server import serve
from simulator.world import DEFAULT_KEY, Options, keys_from_environment

_FILE = click.Path(dir_okay=False, path_type=pathlib.Path)


@click.command()
@click.option("--port", default=0, help="TCP port on 127.0.0.1; 0 takes a free one.")
@click.option("--seed", default=1, help="Decides every fault, id and misspelling.")
@click.option("--bill", type=_FILE, help="Append every charge to this JSONL file.")
@click.option("--pictures", type=click.Choice(MODES), default="plain", help="What is drawn.")
@click.option("--misspelling", default=1.0, help="Multiplies the published error rates.")
@click.option("--faults", "mix", type=_FILE, help="JSON file: fault name to rate.")
@click.option("--latency", default=0.0, help="Simulated seconds a job takes.")
@click.option("--listing-lag", default=0.0, help="Seconds until listings show a job.")
@click.option("--stuck-slot", default=60.0, help="Seconds a stuck BFL task counts as active.")
@click.option("--rounding/--no-rounding", default=True, help="Round sizes to 16 px.")
@click.option("--key", "keys", multiple=True, help="API key to accept; also SIMULATOR_KEYS.")
@click.pass_obj
def main(
    announce: Callable[[str], None] | None,
    /,
    port: int,
    mix: pathlib.Path | None,
    keys: tuple[str, ...],
    **chosen: object,
) -> None:
    """Speak the APIs of Runflow, fal and BFL on this machine, with faults and a bill."""
    accepted = frozenset(keys) | keys_from_environment() or frozenset({DEFAULT_KEY})
    chosen["rounds"] = chosen.pop("rounding")
    values = {"keys": accepted, "mix": _mix(mix), **chosen}
    serve(Options(**values), port, announce or click.echo)  # type: ignore[arg-type]


def _mix(file: pathlib.Path | None) -> dict[str, float]:
    if file is None:
        return {}
    try:
        mix = json.loads(file.read_text("utf-8"))
        Faults(0, mix)
    except (OSError, ValueError, AttributeError, UnknownFaultError) as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="--faults") from error
    return dict(mix)


if __name__ == "__main__":
    main()
