"""Named faults: what they are called, when they strike, and how a request comes by one.

A fault is chosen by a marker in the prompt (`[[sim:rate_limit(2)]]`), by the header
X-Sim-Scenario, by the queue of `/_sim/scenario`, or by a mix of rates. Rates are decided by a
hash of the simulator's seed and the event, so the same seed meets the same requests with the
same faults, in whatever order they arrive.
"""

import dataclasses
import re
from collections import deque
from collections.abc import Mapping, Sequence

from simulator.chance import draw

SUBMIT = (
    "rate_limit",
    "http_500",
    "http_502",
    "http_503",
    "http_504",
    "payment_required",
    "unauthorized",
    "forbidden",
    "invalid_field",
    "submit_html_200",
    "drop_before_accept",
    "http_500_after_accept",
    "drop_after_accept",
)
"""Faults of a submit. An argument is how many tries of one request suffer, all without one."""

JOB = (
    "queued_forever",
    "endless_202",
    "slow",
    "failed",
    "moderated_input",
    "moderated_output",
    "canceled",
    "canceled_vs_cancelled",
    "unknown_status",
    "status_flap",
    "task_not_found_first_poll",
    "foreign_polling_url",
    "redirect_poll",
    "no_polling_url",
    "output_shape",
    "no_callback",
    "duplicate_webhook",
    "bad_signature",
    "black_image_200",
    "wrong_format",
    "wrong_size",
    "text_typo",
    "text_missing",
    "extra_text",
    "rtl_reversed",
    "diacritic_lost",
    "digit_changed",
    "upsampled_prompt",
    "sentinel_fail",
    "sentinel_error",
    "sentinel_stuck",
)
"""Faults of a job from its acceptance on."""

POLL = ("poll_http_500", "poll_rate_limit", "poll_drop", "poll_html_200", "poll_gzip_bomb")
"""Faults of one poll. An argument is the number of polls that suffer, all without one."""

DOWNLOAD = (
    "corrupt",
    "truncated",
    "cut_without_length",
    "html_200",
    "expired_url",
    "redirect_result",
    "download_drop",
    "download_http_500",
    "slow_drip",
    "gzip_bomb",
)
"""Faults of one download. An argument is the number of downloads that suffer."""

OPTIONS = ("ok", "retry_after")
"""Not faults by themselves: nothing wrong, and what a 429 says in Retry-After."""

STAGES = {"submit": SUBMIT, "job": JOB, "poll": POLL, "download": DOWNLOAD}
ALIASES = {
    "stuck": "queued_forever",
    "drop": "drop_after_accept",
    "moderated": "moderated_output",
    "402": "payment_required",
    "401": "unauthorized",
    "403": "forbidden",
    "422-field": "invalid_field",
    "http_502_nginx": "http_502",
    "truncated_body": "truncated",
}
_KNOWN = frozenset(name for stage in STAGES.values() for name in stage) | frozenset(OPTIONS)
_MARKER = re.compile(r"\[\[sim:([^\]]+)\]\]")
_SPELLED = re.compile(r"([a-z0-9_-]+)(?:\(([^)]*)\)|=(.*))?")

Scenario = Mapping[str, str]
"""Fault name to its argument; an empty string if it has none."""


class UnknownFaultError(ValueError):
    """A fault that has no such name, or a rate that is none."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A moment at which a fault may strike.

    Attributes:
        stage: submit, job, poll or download.
        name: What tells this event from all others, the same in every run.
        barred: Faults that this API never shows by itself.
    """

    stage: str
    name: str
    barred: tuple[str, ...] = ()


def parse(text: str) -> dict[str, str]:
    """Return the faults named in a text such as `rate_limit(2), retry_after=date`.

    Raises:
        UnknownFaultError: If one of them does not exist.
    """
    found = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _SPELLED.fullmatch(part)
        name = ALIASES.get(match[1], match[1]) if match else part
        if match is None or name not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            raise UnknownFaultError(f"{part!r} is no fault of the simulator; take one of: {known}")
        found[name] = "".join(group for group in match.groups()[1:] if group)
    return found


def marked(prompt: str) -> dict[str, str]:
    """Return the faults that a prompt asks for; unknown ones are ignored as any other word."""
    found: dict[str, str] = {}
    for marker in _MARKER.findall(prompt):
        try:
            found |= parse(marker)
        except UnknownFaultError:
            continue
    return found


def strikes(scenario: Scenario, name: str, count: int, *, always: bool = False) -> bool:
    """Return whether a fault strikes at an occasion.

    Args:
        scenario: The faults of the request or job.
        name: The fault.
        count: How often the occasion has come before.
        always: What a fault without an argument means: every occasion, or the first only.
    """
    if name not in scenario:
        return False
    argument = scenario[name]
    if not argument.isdigit():
        return always or count == 0
    return count < int(argument)


class Faults:
    """The mix of rates and the queue of chosen scenarios.

    Args:
        seed: Decides every draw.
        mix: Fault name, with an argument or without, to its rate between 0 and 1.

    Raises:
        UnknownFaultError: If the mix names a fault that does not exist, or no rate.
    """

    def __init__(self, seed: int, mix: Mapping[str, object]) -> None:
        self._seed = seed
        self._queue: deque[dict[str, str]] = deque()
        self._mix: dict[str, tuple[tuple[dict[str, str], float], ...]] = {}
        self.mix: dict[str, object] = {}
        self.set_mix(mix)

    def set_mix(self, mix: Mapping[str, object]) -> None:
        """Replace the rates.

        Raises:
            UnknownFaultError: As for the class.
        """
        stages: dict[str, list[tuple[dict[str, str], float]]] = {stage: [] for stage in STAGES}
        for text, rate in mix.items():
            scenario = parse(text)
            if not isinstance(rate, int | float) or not 0 <= rate <= 1:
                raise UnknownFaultError(f"the rate of {text!r} must lie between 0 and 1")
            stages[_stage_of(next(iter(scenario)))].append((scenario, float(rate)))
        for stage, rates in stages.items():
            if sum(rate for _, rate in rates) > 1:
                raise UnknownFaultError(f"the rates of the stage {stage} add up to more than 1")
        self._mix = {stage: tuple(rates) for stage, rates in stages.items()}
        self.mix = dict(mix)

    def enqueue(self, scenario: Mapping[str, str], count: int) -> None:
        """Let the next submits, as many as `count`, meet a scenario."""
        self._queue.extend(dict(scenario) for _ in range(count))

    def clear(self) -> None:
        """Forget the queue."""
        self._queue.clear()

    @property
    def queued(self) -> Sequence[Mapping[str, str]]:
        """Return the scenarios that wait for a submit."""
        return tuple(self._queue)

    def chosen(self, prompt: str, header: str) -> dict[str, str]:
        """Return what a submit asks for: the marker, then the header, else the queue.

        Raises:
            UnknownFaultError: If the header names a fault that does not exist.
        """
        asked = marked(prompt) | parse(header)
        if not asked and self._queue:
            return self._queue.popleft()
        return asked

    def drawn(self, event: Event) -> dict[str, str]:
        """Return the fault that the mix has for an event, at most one."""
        rates = self._mix.get(event.stage, ())
        if not rates:
            return {}
        left = draw(self._seed, event.stage, event.name)
        for scenario, rate in rates:
            left -= rate
            if left < 0:
                return {} if event.barred and set(event.barred) & set(scenario) else dict(scenario)
        return {}


def _stage_of(name: str) -> str:
    for stage, names in STAGES.items():
        if name in names:
            return stage
    raise UnknownFaultError(f"{name!r} cannot have a rate")
