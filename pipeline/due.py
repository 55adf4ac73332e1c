"""What is due: the market days that have begun and are not done, and those that were missed.

What is done is read from what was published, never from who ran when. So it makes no difference
how often this is asked, whether an hour was left out, or whether two ask at the same time: what
two would make, one of them claims in the ledger.
"""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.dayplan import DayPlan, RunRequest, prepare
from pipeline.plan.plan import UNCHANGED, Plan, Planned
from pipeline.plan.variants import Variant
from pipeline.produce.outcome import Status
from pipeline.proof.verdict import Verdict
from pipeline.publish.decisions import Action, copy_sha256, decision_of
from pipeline.publish.manifest import NAME, read_manifest
from pipeline.publish.verify import stands
from pipeline.settings import Settings

MOST_DAYS_BACK = 7
"""The furthest that anybody may look back for days that were missed."""

_DAY = dt.timedelta(days=1)

Record = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A market day that was missed and is not made up.

    Attributes:
        campaign: The campaign's name.
        market: The market's id.
        day: The campaign day.
        why: Why not, in plain words, made of ids.
    """

    campaign: str
    market: str
    day: dt.date
    why: str

    def __str__(self) -> str:
        return f"{self.campaign}, {self.market} on {self.day} was missed: {self.why}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to be made now.

    Attributes:
        plans: The days that were missed and are made up, the oldest first, then the present one.
            None of them is empty.
        done: How many market days of the present stand as they should.
        skipped: What was missed and is not made up.
    """

    plans: tuple[DayPlan, ...]
    done: int
    skipped: tuple[Skipped, ...] = ()


def due(request: RunRequest, settings: Settings, days_back: int) -> Due:
    """Return what is due and not done.

    A market day that was missed is made up only as far as it says, word for word, what the
    market's present day says: an offer that has ended, or a line that names a day that is over,
    goes out no more. What came before a market's first delivery was not missed.

    Args:
        request: What is asked for; a request for one certain day looks at no other.
        settings: Folders and limits.
        days_back: How many days before the present one to look for what was missed.

    Raises:
        CampaignError: With every problem of all files.
        TemplateError: If a scene template cannot be rendered.
        UsageError: If a campaign or market is asked for that is not there, or a manifest
            cannot be read.
    """
    today = prepare(request, settings)
    open_ = [_narrowed(plan, _undone(plan, request)) for plan in today.plans]
    done = sum(len(plan.days) for plan in today.plans) - sum(len(plan.days) for plan in open_)
    made_up, skipped = list[DayPlan](), list[Skipped]()
    if request.day is None:
        for day, missed in _missed(today, min(days_back, MOST_DAYS_BACK)):
            plan, left = _made_up(today, day, missed, settings)
            made_up += [plan] if plan.size else []
            skipped += left
    present = _with_plans(today, open_)
    return Due(
        plans=(*made_up, *([present] if present.plans else [])),
        done=done,
        skipped=tuple(skipped),
    )


def _undone(plan: Plan, request: RunRequest) -> frozenset[str]:
    """Return the markets whose day is not done."""
    folders = {day: _folder(request.out, plan, day) for day in set(plan.days.values())}
    known = {day: _records(folder) for day, folder in folders.items()}
    return frozenset(
        market
        for market, day in plan.days.items()
        if not _is_done(
            _of(plan.planned, market), known[day].get(market, ()), folders[day], request
        )
    )


def _is_done(
    planned: Sequence[Planned],
    published: Iterable[Record],
    folder: pathlib.Path,
    request: RunRequest,
) -> bool:
    """Return whether a market day stands, or waits for a person and for nothing else."""
    records = {record["variant"]: record for record in published}
    if records.keys() != {one.variant.id for one in planned}:
        return False
    return all(_is_settled(one, records[one.variant.id], folder, request) for one in planned)


def _is_settled(
    planned: Planned, record: Record, folder: pathlib.Path, request: RunRequest
) -> bool:
    if record["status"] == Status.ACCEPTED:
        again = request.retry and record.get("fallback")
        return planned.reason == UNCHANGED and not again and stands(folder, record)
    return _waits(planned.variant, record)


def _waits(variant: Variant, record: Record) -> bool:
    """Return whether a held creative waits for a person.

    It does if it was proofread and found wrong, is what is asked for now, and nobody asked for
    another one. What could not be made, or was held for another reason, is tried again.
    """
    decision = decision_of(record)
    if decision is not None and decision.action is not Action.REJECT:
        return False
    asked = copy_sha256({line.role: line.text for line in variant.lines})
    ways = {one.fingerprint for one in (variant, *variant.lower)}
    same = record["fingerprint"] in ways and copy_sha256(record["strings"]) == asked
    verdict = (record.get("proof") or {}).get("verdict", Verdict.PASS)
    return same and verdict != Verdict.PASS


def _missed(today: DayPlan, days_back: int) -> Iterator[tuple[dt.date, set[tuple[str, str]]]]:
    """Yield each day that was missed with its campaigns and markets, the oldest day first."""
    by_day: dict[dt.date, set[tuple[str, str]]] = {}
    for plan in today.plans:
        name = plan.campaign.campaign.campaign
        for market, last in _last_days(today.request.out, plan):
            present = plan.days[market]
            days = (present - back * _DAY for back in range(1, days_back + 1))
            for day in (day for day in days if day > last):
                by_day.setdefault(day, set()).add((name, market))
    yield from sorted(by_day.items())


def _last_days(out: pathlib.Path, plan: Plan) -> Iterator[tuple[str, dt.date]]:
    """Yield the markets that have a delivery, each with the last day of one."""
    left = dict(plan.days)
    for day in _days_of(out, plan, max(left.values(), default=dt.date.min)):
        known = _records(_folder(out, plan, day))
        for market in [name for name in left if name in known and day <= left[name]]:
            yield market, day
            del left[market]
        if not left:
            return


def _days_of(out: pathlib.Path, plan: Plan, until: dt.date) -> list[dt.date]:
    """Return the days of which a campaign has a manifest, the latest first."""
    found = out.glob(f"????-??-??/{plan.campaign.campaign.campaign}/{NAME}")
    days = (dt.date.fromisoformat(path.parent.parent.name) for path in found)
    return sorted((day for day in days if day <= until), reverse=True)


def _made_up(
    today: DayPlan, day: dt.date, missed: set[tuple[str, str]], settings: Settings
) -> tuple[DayPlan, list[Skipped]]:
    """Return the plan of what is made up for a day, and what is skipped."""
    markets = tuple(sorted({market for _, market in missed}))
    then = prepare(dataclasses.replace(today.request, day=day, markets=markets), settings)
    says = {variant.key: _words(variant) for variant in today.variants}
    plans, skipped = list[Plan](), list[Skipped]()
    for plan in then.plans:
        name = plan.campaign.campaign.campaign
        mine = _narrowed(plan, {market for market in plan.days if (name, market) in missed})
        kept = [one for one in mine.planned if says.get(one.variant.key) == _words(one.variant)]
        for market in mine.days:
            if why := _why(_of(mine.planned, market), _of(kept, market), today):
                skipped.append(Skipped(campaign=name, market=market, day=day, why=why))
        left = {one.variant.market for one in kept}
        plans.append(dataclasses.replace(_narrowed(mine, left), planned=tuple(kept)))
    return _with_plans(then, plans), skipped


def _why(planned: Sequence[Planned], kept: Sequence[Planned], today: DayPlan) -> str:
    """Return why something of a missed market day is not made up; empty if all of it is."""
    ids = {one.variant.id for one in kept}
    gone = [one.variant for one in planned if one.variant.id not in ids]
    if not gone:
        return ""
    run = {(variant.campaign, variant.market, variant.offer) for variant in today.variants}
    ended = dict.fromkeys(v.offer for v in gone if (v.campaign, v.market, v.offer) not in run)
    changed = dict.fromkeys(v.offer for v in gone if v.offer not in ended)
    said = [f"{', '.join(ended)} ended with it"] if ended else []
    said += [f"{', '.join(changed)} said what is no longer so"] if changed else []
    return "; ".join(said)


def _words(variant: Variant) -> dict[str, str]:
    return {line.role: line.text for line in variant.lines}


def _of(planned: Iterable[Planned], market: str) -> list[Planned]:
    return [one for one in planned if one.variant.market == market]


def _folder(out: pathlib.Path, plan: Plan, day: dt.date) -> pathlib.Path:
    return out / day.isoformat() / plan.campaign.campaign.campaign


def _records(folder: pathlib.Path) -> dict[str, list[Record]]:
    """Return what a campaign day's manifest says, by market; nothing if there is none."""
    found: dict[str, list[Record]] = {}
    if (folder / NAME).exists():
        for record in read_manifest(folder / NAME)["creatives"]:
            found.setdefault(record["market"], []).append(record)
    return found


def _narrowed(plan: Plan, markets: Iterable[str]) -> Plan:
    """Return a plan of some of its markets."""
    wanted = set(markets)
    return dataclasses.replace(
        plan,
        days={market: day for market, day in plan.days.items() if market in wanted},
        planned=tuple(one for one in plan.planned if one.variant.market in wanted),
    )


def _with_plans(day_plan: DayPlan, plans: Iterable[Plan]) -> DayPlan:
    """Return a day's plan of other plans, without those that have no market."""
    return dataclasses.replace(day_plan, plans=tuple(plan for plan in plans if plan.days))
