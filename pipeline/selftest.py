"""Self-test of a day: what is new is tried with planted errors before any of it ships."""

import dataclasses
import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pipeline.daily import Workshop, open_workshop
from pipeline.dayplan import DayPlan, RunRequest, prepare
from pipeline.errors import UsageError
from pipeline.plan.variants import Variant
from pipeline.produce.creative import Creative, known_good
from pipeline.produce.crew import produce_all
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.planner import Planner, Task, read_alone, sample
from pipeline.produce.planting import Painter
from pipeline.produce.selftest import SelfTest, run_tests
from pipeline.produce.tally import rows_of, tables, upper_bound
from pipeline.proof.corruption import script_name
from pipeline.proof.prove import Proofreader
from pipeline.settings import Settings

ERRORS_A_CREATIVE = 3
"""Errors on one picture of a daily run.

With 120 new creatives in 11 scripts, 3 errors in each of 11 pictures took 11 % of the run's CPU;
5 took 13 %, and a single one 7 %. The pictures cost, not the errors: their number does not grow
with the run, so at 300 creatives it is under 5 %.
"""
LEAST_RIGHT = 1
"""Lines of each picture that stay right, to compare."""

BOUND = "may slip, at most: with 95 % confidence, of all such errors; plant more to bound it closer"

Others = dict[tuple[str, str], dict[str, list[str]]]
"""Campaign and offer to role to the line in all locales."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The outcomes of a run after its self-test.

    Attributes:
        outcomes: In the order of the plan; what is new is held if an error slipped through.
        selftest: What came of the test.
    """

    outcomes: tuple[Outcome, ...]
    selftest: SelfTest


def try_day(day_plan: DayPlan, outcomes: Sequence[Outcome], workshop: Workshop) -> Tried:
    """Return the outcomes of a run after errors were planted in some of what is new.

    One creative of each script is tried; what stands as it was delivered was tried when it
    was made. Which errors are planted follows from the creatives alone, so that running again
    cannot turn a slip into a pass.

    Args:
        day_plan: What was to be made.
        outcomes: How all of it ended.
        workshop: What it was made with.

    Raises:
        ToolMissingError: If an engine or font is not installed.
    """
    new = list(_new(day_plan, {outcome.variant: outcome for outcome in outcomes}))
    good = _good(new, workshop)
    painter = Painter(renderer=workshop.renderer)
    scripts = len({creative.script for creative in good})
    chosen = list(sample(good, 0))[:scripts]
    others = _others(variant for plan in day_plan.plans for variant in plan.variants)
    planner = Planner(painter, 0)
    tasks = [_task(planner, creative, others, ERRORS_A_CREATIVE) for creative in chosen]
    tasks += read_alone(tasks)
    result = run_tests(tasks, painter, workshop.press.compositor.prover, workshop.settings.workers)
    if not result.slips:
        return Tried(outcomes=tuple(outcomes), selftest=result)
    held = {variant.id for variant, _ in new}
    reason = f"an error slipped through the self-test, so nothing new ships: {advice(result)}"
    return Tried(
        outcomes=tuple(
            dataclasses.replace(outcome, status=Status.HELD, reason=reason)
            if outcome.variant in held
            else outcome
            for outcome in outcomes
        ),
        selftest=dataclasses.replace(result, held=tuple(sorted(held))),
    )


def advice(result: SelfTest) -> str:
    """Return the first slip of a self-test, and what to do about it."""
    more = len(result.slips) - 1
    rest = f", and {more} more" if more else ""
    return (
        f"{result.slips[0]}{rest}; run `proofpress doctor`, go back to the engines and fonts of "
        "the last good day, or run the other markets with --market"
    )


def examine(
    day_plan: DayPlan, workshop: Workshop, wanted: tuple[int, int], say: Callable[[str], None]
) -> SelfTest:
    """Return what comes of planting errors in the creatives of a plan.

    Args:
        day_plan: Today's plan; its creatives are taken from the store.
        workshop: Makes and proves. Of each script that the store lacks, one is made.
        wanted: How many errors to plant, and a seed: another one plants other errors.
        say: Called with what a person should know meanwhile.

    Raises:
        ToolMissingError: If an engine or font is not installed.
    """
    variants = [variant for plan in day_plan.plans for variant in plan.variants]
    store = workshop.press.store
    stored = [(variant, store.outcome(variant.fingerprint)) for variant in variants]
    good = _good(stored, workshop)
    made = _made(variants, good, workshop)
    if made:
        say(f"made first, since the store had none of their script: {len(made)}")
    for outcome in (one for _, one in made if one.status is Status.HELD):
        say(f"is held, so no errors can be planted in it: {outcome.variant}: {outcome.reason}")
    painter = Painter(renderer=workshop.renderer)
    pool = list(sample([*good, *_good(made, workshop)], wanted[1]))
    tasks = _tasks(pool, _others(variants), painter, wanted)
    return run_tests(tasks, painter, workshop.press.compositor.prover, workshop.settings.workers)


def examine_today(
    request: RunRequest, settings: Settings, wanted: tuple[int, int], say: Callable[[str], None]
) -> SelfTest:
    """Return what comes of planting errors in what a run would make now, with the real proof.

    Args:
        request: What the run would be asked for.
        settings: Folders and limits.
        wanted: How many errors, and a seed, as for `examine`.
        say: Called with what a person should know meanwhile.

    Raises:
        CampaignError: With every problem of all files.
        ToolMissingError: If an engine, font or language pack is not installed.
        UsageError: If there is no creative today that passes, so that nothing can be planted.
    """
    day_plan = prepare(request, settings)
    reader = Proofreader.standard()
    result = examine(day_plan, open_workshop(settings, reader, reader.versions()), wanted, say)
    if not result.trials:
        raise UsageError("there is nothing to plant errors in; see `proofpress plan`")
    return result


def report(result: SelfTest) -> str:
    """Return what a person at a terminal reads of a self-test."""
    count = f"{len(result.trials)} errors planted"
    rows = [tables(result.trials), "", BOUND, ""]
    if result.rejected:
        total = f"{len(result.rejected)} of {result.beside}"
        rows += [f"{total} right lines beside them did not pass:"]
        rows += [f"  {one}" for one in result.rejected] + [""]
    if not result.slips:
        rows.append(f"{count}: all refused")
        return "\n".join(rows)
    rows += [f"{count}: {len(result.slips)} slipped through the proof"]
    rows += [f"  {trial}" for trial in result.slips]
    return "\n".join(rows)


def for_machines(result: SelfTest) -> str:
    """Return a self-test for machines: its record, and the tally by script and kind."""
    names = ("script", "kind", "planted", "fail", "unsure", "slipped")
    cells = [
        {**dict(zip(names, row, strict=True)), "at_most": upper_bound(row[5], row[2])}
        for row in rows_of(result.trials)
    ]
    whole = {**result.record(), "rejected": list(result.rejected), "tally": cells[:-1]}
    return json.dumps(whole, ensure_ascii=False)


def summary(result: SelfTest) -> str:
    """Return one line about the self-test of a run; empty if nothing was tested."""
    if not result.trials:
        return ""
    planted, slips = len(result.trials), len(result.slips)
    head = f"{planted} errors planted in {result.creatives} of the new creatives"
    if not slips:
        return f"{head}, all refused"
    return f"{head}, {slips} SLIPPED, so nothing new ships: {result.slips[0]}"


def _new(day_plan: DayPlan, outcomes: Mapping[str, Outcome]) -> Iterator[tuple[Variant, Outcome]]:
    """Yield what was accepted and is not as it was delivered, or was made once more."""
    for plan in day_plan.plans:
        changed = {variant.id for variant in plan.to_make}
        for variant in plan.variants:
            outcome = outcomes[variant.id]
            new = variant.id in changed or outcome.attempts > 0
            if new and outcome.status is Status.ACCEPTED:
                yield variant, outcome


def _good(pairs: Iterable[tuple[Variant, Outcome | None]], workshop: Workshop) -> list[Creative]:
    store = workshop.press.store
    found = (known_good(variant, outcome, store) for variant, outcome in pairs)
    return [creative for creative in found if creative is not None]


def _made(
    variants: Sequence[Variant], good: Sequence[Creative], workshop: Workshop
) -> list[tuple[Variant, Outcome]]:
    """Make one creative of each script that there is none of."""
    there = {creative.script for creative in good}
    wanted: dict[str, Variant] = {}
    for variant in sorted(variants, key=lambda v: v.format.width * v.format.height):
        wanted.setdefault(script_name("", variant.locale), variant)
    missing = [variant for script, variant in wanted.items() if script not in there]
    outcomes = produce_all(missing, workshop.press, workshop.settings.workers, lambda _: None)
    return list(zip(missing, outcomes, strict=True))


def _tasks(
    pool: Sequence[Creative], others: Others, painter: Painter, wanted: tuple[int, int]
) -> list[Task]:
    """Return pictures with so many errors, round after round through the creatives."""
    errors, seed = wanted
    planner = Planner(painter, seed)
    share = max(1, errors // max(1, len({creative.script for creative in pool})))
    tasks = list[Task]()
    planned = before = 0
    for number, creative in enumerate(itertools.cycle(pool)):
        round_ends = number and number % len(pool) == 0
        if planned >= errors or (round_ends and planned == before):
            break
        before = planned if round_ends else before
        tasks.append(_task(planner, creative, others, min(share, errors - planned)))
        planned += len(tasks[-1].planted)
    return tasks


def _task(planner: Planner, creative: Creative, others: Others, most: int) -> Task:
    variant = creative.variant
    right = max(1, len(creative.settings) - LEAST_RIGHT)
    return planner.task(creative, others[variant.campaign, variant.offer], min(most, right))


def _others(variants: Iterable[Variant]) -> Others:
    found: Others = defaultdict(lambda: defaultdict(list))
    for variant in variants:
        for line in variant.lines:
            found[variant.campaign, variant.offer][line.role].append(line.text)
    return found
