"""Routing: who draws each line, the image model or the typesetter, and why."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from pipeline.plan.lines import Line, Policy
from pipeline.plan.rates import Asked, Rates

AUTO = "auto"
MODEL = "model"
TYPESET = "typeset"

MOST_WORDS = 4
"""Words a FLUX.2 model draws reliably in one string, by the vendor's own guide."""

MOST_REGIONS = 2
"""Text regions on one picture; public benchmarks lose accuracy with every further one."""

PREMIUM = 0.10
"""By which share the expected price of a slot may exceed the least possible for drawn words."""

FAIR = 0.7
"""Chance of a picture below which `auto` does not let the model draw a line."""

DRAWN_ROLES = ("headline", "cta")
"""Roles that `auto` may give to the model."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who draws what.

    Attributes:
        lettering: Role to `model` or `typeset`.
        why: Role to the reason, in plain words.
        chance: How likely a picture of it passes its proof, 0 to 1.
        insists: Whether the campaign gives one of the drawn lines to the model.
    """

    lettering: dict[str, str]
    why: dict[str, str]
    chance: float
    insists: bool

    @property
    def drawn(self) -> frozenset[str]:
        """Return the roles that the model draws."""
        return frozenset(role for role, who in self.lettering.items() if who == MODEL)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is known when a route is chosen.

    Attributes:
        policy: The campaign's `lettering`: one word for all lines, or role to word; a role that
            is not in it is `auto`.
        draws_words: Whether the provider can letter at all.
        plain: Roles whose line stands on no shape of its own: a button drawn by a model is not
            the brand's.
        asked: Template, locale and model, by which rates are counted.
        rates: What earlier runs measured.
    """

    policy: str | Mapping[str, str]
    draws_words: bool
    plain: frozenset[str]
    asked: Asked
    rates: Rates

    def policy_of(self, role: str) -> str:
        """Return who draws a role's line by the campaign: auto, model or typeset."""
        return self.policy if isinstance(self.policy, str) else self.policy.get(role, AUTO)


def routes(lines: Sequence[Line], demand: Demand) -> tuple[Route, ...]:
    """Return what may be tried, from the most drawn lines to none.

    Lines that the campaign gives to the model are on all routes but the last, which sets
    everything: so every slot ships. `auto` adds short lines with a fair chance, the likeliest
    first, at most two; prices, legal lines and long copy are always set.
    """
    if not demand.draws_words:
        return (_route(lines, (), demand),)
    forced = [line for line in lines if demand.policy_of(line.role) == MODEL]
    open_to_it = [line for line in lines if demand.policy_of(line.role) == AUTO]
    free = sorted(
        (line for line in open_to_it if not _refused(line, demand)),
        key=lambda line: -demand.rates.chance(demand.asked, (line,)),
    )[: max(0, MOST_REGIONS - len(forced))]
    steps = [(*forced, *free[:count]) for count in range(len(free), -1, -1)]
    if forced:
        steps.append(())
    return tuple(_route(lines, step, demand) for step in steps)


def chosen(found: Sequence[Route], have: Sequence[bool], texts: int) -> int:
    """Return the index of the route to take first: the one that delivers for the least money.

    Args:
        found: The routes, from the most drawn lines to none.
        have: For each route, whether its picture is there already and costs nothing.
        texts: How many different pictures with drawn words the campaign would need in the place
            of one plate without.

    Drawn words may cost `PREMIUM` more than set ones: each picture with words serves one
    wording, while a plate without any serves all locales and days. What the campaign gives to
    the model is drawn whatever it costs.
    """
    if any(have):
        return have.index(True)
    if found[0].insists:
        return 0
    least = _price(found[-1:])
    for index in range(len(found) - 1):
        if texts * _price(found[index:]) <= (1 + PREMIUM) * least:
            return index
    return len(found) - 1


def _price(found: Sequence[Route]) -> float:
    """Return the expected pictures to pay on a ladder of routes, one after the other."""
    last = 1 / found[-1].chance
    for route in reversed(found[:-1]):
        last = 1 + (1 - route.chance) * last
    return last


def _route(lines: Sequence[Line], drawn: Sequence[Line], demand: Demand) -> Route:
    roles = {line.role for line in drawn}
    chance = demand.rates.chance(demand.asked, drawn)
    return Route(
        lettering={line.role: MODEL if line.role in roles else TYPESET for line in lines},
        why=dict(_reasons(lines, roles, chance, demand)),
        chance=chance,
        insists=any(demand.policy_of(role) == MODEL for role in roles),
    )


def _reasons(
    lines: Sequence[Line], drawn: set[str], chance: float, demand: Demand
) -> Iterator[tuple[str, str]]:
    for line in lines:
        policy = demand.policy_of(line.role)
        if line.role in drawn:
            likely = f"{chance:.0%} of such pictures come out right"
            yield line.role, "the campaign says so" if policy == MODEL else likely
        elif policy == TYPESET:
            yield line.role, "the campaign says so"
        elif not demand.draws_words:
            yield line.role, "the provider draws no words"
        else:
            yield line.role, _refused(line, demand) or "set words cost less here"


def _refused(line: Line, demand: Demand) -> str:
    """Return why the model never draws a line unless it is told to; empty if it may."""
    if line.policy is Policy.EXACT_NUMBER or any(c.isdigit() for c in line.text):
        return "numbers are always set"
    if line.role not in DRAWN_ROLES:
        return f"a {line.role.replace('_', ' ')} line is always set"
    if line.role not in demand.plain:
        return "it stands on a shape of the layout"
    if len(line.text.split()) > MOST_WORDS:
        return f"it has more than {MOST_WORDS} words"
    likely = demand.rates.chance(demand.asked, (line,))
    return "" if likely >= FAIR else f"only {likely:.0%} of such pictures come out right"
