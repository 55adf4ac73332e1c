"""Opening a paid provider: its address, its key, and the two clients it speaks through."""

from collections.abc import Callable, Mapping

from pipeline.errors import BudgetError, UsageError
from pipeline.plan.addresses import addressed, origin_of
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.produce.providers.bfl import Bfl
from pipeline.produce.providers.calls import Callback, Calls
from pipeline.produce.providers.fal import Fal
from pipeline.produce.providers.protocol import Provider
from pipeline.produce.providers.runflow import Runflow
from pipeline.produce.providers.sentinel import SENTINEL, Sentinel
from pipeline.produce.providers.transport import Keyed, KeyHeader, Open
from pipeline.produce.providers.wire import Wire

CALLBACK_URL = "PROOFPRESS_CALLBACK_URL"
CALLBACK_SECRET = "PROOFPRESS_CALLBACK_SECRET"  # noqa: S105 - a variable's name
"""Variables of the environment: where providers may report, and what BFL signs with."""

_HEADERS = {
    "runflow": ("Authorization", "Bearer "),
    "fal": ("Authorization", "Key "),
    "bfl": ("x-key", ""),
}


def open_provider(
    name: str, environment: Mapping[str, str], clock: Callable[[], float]
) -> Provider:
    """Return a paid provider, ready to be asked.

    Args:
        name: runflow, fal, bfl, or sentinel.
        environment: The provider's key and, optionally, address; see its capabilities.
        clock: Monotonic seconds.

    Raises:
        BudgetError: If the key is missing or cannot be one.
        UsageError: If there is no such provider, or the address is unusable.
    """
    if name == SENTINEL:
        return open_sentinel(environment, clock)
    able = addressed(capabilities(name), environment)
    calls = Calls(able, *clients(able, environment, clock), _callback(environment))
    if name == "runflow":
        return Runflow(calls)
    return Fal(calls) if name == "fal" else Bfl(calls)


def open_sentinel(environment: Mapping[str, str], clock: Callable[[], float]) -> Sentinel:
    """Return Sentinel, ready to be asked; it takes Runflow's key and address.

    Args:
        environment: Runflow's key and, optionally, address.
        clock: Monotonic seconds.

    Raises:
        BudgetError: If the key is missing or cannot be one.
        UsageError: If the address is unusable.
    """
    able = addressed(capabilities("runflow"), environment)
    return Sentinel(Calls(able, *clients(able, environment, clock)))


def clients(
    able: Capabilities, environment: Mapping[str, str], clock: Callable[[], float]
) -> tuple[Keyed, Open]:
    """Return the client with the key and the one without.

    Args:
        able: A paid provider, with its addresses.
        environment: Holds the key.
        clock: Monotonic seconds.

    Raises:
        BudgetError: If the key is missing or cannot be one.
        UsageError: If the provider takes no key.
    """
    if able.name not in _HEADERS:
        raise UsageError(f"{able.name} takes no key; it is not opened this way")
    key = environment.get(able.key_variable, "").strip()
    if not key:
        raise BudgetError(f"{able.name} needs a key; set {able.key_variable} in the environment")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise BudgetError(f"what {able.key_variable} holds is no key; set it again")
    header, before = _HEADERS[able.name]
    wire = Wire(clock)
    here = all((origin := origin_of(host)) and origin.loopback for host in able.key_hosts)
    keyed = Keyed(able, KeyHeader(header, before + key), wire)
    return keyed, Open(wire, loopback=here)


def _callback(environment: Mapping[str, str]) -> Callback | None:
    url = environment.get(CALLBACK_URL, "")
    if not url:
        return None
    origin = origin_of(url)
    if origin is None or (origin.scheme != "https" and not origin.loopback):
        raise UsageError(f"{CALLBACK_URL} is not an https address; correct it or remove it")
    return Callback(url=url, secret=environment.get(CALLBACK_SECRET, ""))
