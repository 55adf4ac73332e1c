"""Typeset creatives in great variety: right ones that are refused, planted errors that pass.

Every creative is proved as it is (its lines that do not pass are false rejects) and with errors
planted in its lines. Each error is judged twice: by shape alone (the line drawn again and
compared with the pixels; an extra number is no line and has no shape) and by the whole proof.
Results are written as they come, one JSON object a creative, so that a run that is stopped goes
on where it was.
"""

import collections
import concurrent.futures
import functools
import itertools
import json
import multiprocessing
import pathlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from benchmarks.page import cpu_seconds, percent, publish, table
from benchmarks.studio import Made, made, others
from pipeline.produce.planner import Planner, Task
from pipeline.produce.planting import EXTRA_ROLE, Painter
from pipeline.produce.selftest import proofread, tried
from pipeline.produce.tally import upper_bound
from pipeline.proof.corruption import NUMBERS
from pipeline.proof.prove import Proofreader
from pipeline.proof.setlines import set_lines
from pipeline.proof.verdict import Verdict
from pipeline.typeset.draw import draw_line
from pipeline.typeset.renderer import TakumiRenderer

RESULTS = "typeset.jsonl"
PROCESSES = 2
AHEAD = 6
"""Creatives that wait for a process, so that none waits for a creative."""
ROUNDS = 4
"""Pictures with errors for each creative; none has an error twice."""
MOST = 99
VARIETY = (
    "Formats, fonts, palettes, backdrops and textures vary as `benchmarks/studio.py` draws them."
)
REFUSED = (
    "False rejects, of right lines and of right pictures (any line, or text that nobody asked "
    "for); wanted are at most 1 % of the lines in every locale:"
)
ACCEPTED = (
    "errors planted in creatives that were otherwise right. Accepted of the wrong numbers "
    "(digits, separators, currencies, extra numbers; wanted: none) and of other errors (wanted: "
    "at most 0.1 %); the last column bounds the share with 95 % confidence, by the rule of three "
    "or Clopper and Pearson:"
)


def measure(errors: int, work: pathlib.Path, *, show: bool) -> None:
    """Plant errors until there are so many, and publish the figures of all there are.

    Args:
        errors: How many errors.
        work: Folder of the results; what is there already is taken over.
        show: Print right lines that were refused, and errors that passed.
    """
    work.mkdir(parents=True, exist_ok=True)
    file = work / RESULTS
    results = list(_kept(file))
    known = {result["number"] for result in results}

    def enough() -> bool:
        return sum(len(result["errors"]) for result in results) >= errors

    with file.open("a", encoding="utf-8") as out:
        for result in _fresh(known, enough):
            results.append(result)
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
            out.flush()
    if show:
        print("\n".join(_remarkable(results)))
    report(results)


def _kept(file: pathlib.Path) -> Iterator[dict[str, Any]]:
    """Yield the results of earlier runs; cut off a last line that was not written whole."""
    text = file.read_text("utf-8") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, "utf-8")
    yield from (json.loads(line) for line in whole.splitlines())


def _fresh(known: set[int], enough: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """Yield the results of creatives that are not known, until there are enough."""
    numbers = (number for number in itertools.count() if number not in known)
    if enough():
        return
    context = multiprocessing.get_context("spawn")  # engines do not survive a fork
    with concurrent.futures.ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        waiting = {pool.submit(proved, next(numbers)) for _ in range(AHEAD)}
        while waiting:
            done, waiting = concurrent.futures.wait(
                waiting, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for future in done:
                yield future.result()
                if not enough():
                    waiting.add(pool.submit(proved, next(numbers)))


@functools.cache
def _tools() -> tuple[TakumiRenderer, Proofreader]:
    return TakumiRenderer(), Proofreader.standard()


def proved(number: int) -> dict[str, Any]:
    """Return what came of one creative, right and with errors."""
    renderer, proofreader = _tools()
    begun = cpu_seconds()
    right = made(number, renderer)
    result: dict[str, Any] = {"number": number, "lines": [], "errors": [], "extra": []}
    if right is None:
        return result
    variant = right.creative.variant
    proof = proofread(right.creative, right.delivered, proofreader)
    painter = Painter(renderer=renderer)
    planner = Planner(painter, number)
    errors = [
        error
        for _ in range(ROUNDS)
        for error in _errors(right, planner.task(right.creative, others(variant), MOST), painter)
    ]
    return {
        "number": number,
        "variant": variant.id,
        "locale": variant.locale,
        "picture": proof.verdict,
        "lines": [[one.role, one.verdict, one.reason, one.expected] for one in proof.lines],
        "extra": [[one.text, one.reason, one.box] for one in proof.extra],
        "errors": errors,
        "cpu": round(cpu_seconds() - begun, 2),
    }


def _errors(right: Made, task: Task, painter: Painter) -> list[dict[str, Any]]:
    if not task.planted:
        return []
    shapes = _shapes(right, task, painter)
    found = tried(task, painter, _tools()[1])
    return [
        {
            "script": trial.planted.script,
            "kind": trial.planted.kind.value,
            "role": trial.planted.role,
            "size": round(trial.planted.setting.size, 1),
            "asked": trial.planted.requested,
            "shown": trial.planted.planted,
            "shape": shapes.get(trial.planted.role),
            "verdict": trial.verdict,
        }
        for trial in found.trials
    ]


def _shapes(right: Made, task: Task, painter: Painter) -> dict[str, Verdict]:
    """Return what the comparison of shapes alone says of each line."""
    creative = right.creative
    drawer = functools.partial(draw_line, renderer=painter.renderer)
    picture = painter.paint(creative, task.planted)
    lines = creative.variant.lines
    known = set_lines(picture, lines, creative.settings, drawer, right.ground)
    return {lines[index].role: one.shape.verdict for index, one in known.items()}


def report(results: Iterable[dict[str, Any]]) -> None:
    """Publish false rejects by locale and accepted errors by kind and script."""
    there = [result for result in results if result["lines"]]
    errors = [error for result in there for error in result["errors"]]
    head = ["script", "planted", "by shape alone", "by the proof", "at most, of all"]
    numbers = [error for error in errors if error["kind"] in NUMBERS]
    rest = [error for error in errors if error["kind"] not in NUMBERS]
    locales = len({result["locale"] for result in there})
    command = f"`benchmarks/proof.py --typeset {len(errors)} --work DIR`"
    publish(
        "typeset",
        "Typeset creatives",
        [
            f"{command}: {len(there)} creatives of the studio in {locales} locales. {VARIETY}",
            REFUSED,
            _rejects(there),
            f"{len(errors)} {ACCEPTED}",
            table(["", *head[1:]], [_row("numbers", numbers), _row("others", rest)]),
            "By script:",
            table(head, _by("script", errors)),
            "By kind:",
            table(["kind", *head[1:]], _by("kind", errors)),
            "Accepted by the proof, by kind and script (planted in brackets):",
            _cells(errors),
        ],
    )


def _rejects(there: list[dict[str, Any]]) -> str:
    rows = []
    locales = sorted({result["locale"] for result in there})
    for name in [*locales, "all"]:
        chosen = [result for result in there if name in {result["locale"], "all"}]
        lines = [line for result in chosen for line in result["lines"]]
        refused = sum(line[1] != Verdict.PASS for line in lines)
        held = sum(result["picture"] != Verdict.PASS for result in chosen)
        rows.append([name, percent(refused, len(lines)), percent(held, len(chosen))])
    return table(["locale", "lines refused", "pictures refused"], rows)


def _row(name: str, errors: list[dict[str, Any]]) -> list[object]:
    shaped = [error for error in errors if error["role"] != EXTRA_ROLE]
    by_shape = sum(error["shape"] == Verdict.PASS for error in shaped)
    slipped = sum(error["verdict"] == Verdict.PASS for error in errors)
    bound = f"{upper_bound(slipped, len(errors)):.3%}"
    return [name, len(errors), percent(by_shape, len(shaped)), slipped, bound]


def _by(what: str, errors: list[dict[str, Any]]) -> list[list[object]]:
    names = sorted({error[what] for error in errors})
    return [_row(name, [error for error in errors if error[what] == name]) for name in names]


def _cells(errors: list[dict[str, Any]]) -> str:
    planted = collections.Counter((error["kind"], error["script"]) for error in errors)
    slipped = collections.Counter(
        (error["kind"], error["script"]) for error in errors if error["verdict"] == Verdict.PASS
    )
    scripts = sorted({script for _, script in planted})
    rows = [
        [kind, *(_cell(slipped[kind, one], planted[kind, one]) for one in scripts)]
        for kind in sorted({kind for kind, _ in planted})
    ]
    return table(["kind", *scripts], rows)


def _cell(slipped: int, planted: int) -> str:
    return f"{slipped} ({planted})" if planted else ""


def _remarkable(results: Iterable[dict[str, Any]]) -> Iterator[str]:
    for result in results:
        for role, verdict, reason, text in result["lines"]:
            if verdict != Verdict.PASS:
                yield f"refused {result['variant']} {role} {text!r}: {verdict}: {reason}"
        yield from (f"refused {result['variant']}: extra {one}" for one in result["extra"])
        for error in result["errors"]:
            name = "SLIPPED" if error["verdict"] == Verdict.PASS else "by shape alone"
            if Verdict.PASS in {error["verdict"], error["shape"]}:
                yield f"{name} {result['variant']} {_described(error)}"


def _described(error: dict[str, Any]) -> str:
    where = f"{error['role']} at {error['size']} px"
    return f"{where}: {error['shown']!r} for {error['asked']!r} ({error['kind']})"
