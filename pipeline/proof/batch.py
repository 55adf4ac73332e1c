"""What stands behind `proofpress proof`: one picture, or a file of them.

The shapes of the requests and answers are an interface that others build on.
"""

import dataclasses
import functools
import json
import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pydantic

from pipeline.errors import Problem, UsageError
from pipeline.plan.lines import Line
from pipeline.proof.verdict import Check, LineProof, Proof, Verdict

if TYPE_CHECKING:
    from pipeline.proof.prove import Proofreader

_Text = Annotated[str, pydantic.StringConstraints(min_length=1, max_length=2000)]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class LineRequest(_Strict):
    """One line that must stand on the picture."""

    role: _Text
    text: _Text


class ProofRequest(_Strict):
    """One line of a batch file."""

    image: _Text
    locale: _Text
    lines: tuple[LineRequest, ...] = pydantic.Field(min_length=1)
    extra_text: Literal["fail", "ignore"] = "fail"


def prove_file(
    image: pathlib.Path,
    locale: str,
    lines: Sequence[Line],
    extra_text: str = "fail",
    proofreader: "Proofreader | None" = None,
) -> Proof:
    """Return the proof of a picture of unknown origin: readings only, no shapes.

    Without a campaign, it is checked for being blank, for blur, and for the contrast of each
    line that was found. A check that fails is reported and changes no verdict, which is about
    the text.

    Args:
        image: A PNG, JPEG or WebP file.
        locale: The locale it is written in, such as `de_DE`.
        lines: Everything that must stand on it.
        extra_text: "fail" or "ignore".
        proofreader: The proofreader; the real engines if None, loaded once a process.

    Raises:
        UsageError: If the file is not a usable picture or the locale has no reading data.
        ToolMissingError: If a reader or its language data is not installed.
    """
    # Arrays and engines take half a second to load; a usage error should not wait for them.
    from pipeline.proof.checks import Delivered, Demands, checks_of  # noqa: PLC0415
    from pipeline.proof.images import open_image  # noqa: PLC0415

    pixels = open_image(image)
    proof = (proofreader or _standard()).prove(pixels, lines, locale, extra_text=extra_text)
    checks = checks_of(Delivered(pixels=pixels), proof.lines, (), Demands())
    return dataclasses.replace(proof, checks=checks)


def proof_one(
    image: pathlib.Path,
    locale: str,
    lines: Sequence[Line],
    extra_text: str = "fail",
    proofreader: "Proofreader | None" = None,
) -> dict[str, Any]:
    """Return the answer for one picture, ready for JSON. Arguments and errors: `prove_file`."""
    return answer(str(image), prove_file(image, locale, lines, extra_text, proofreader))


def proof_batch(
    requests: pathlib.Path,
    proofreader: "Proofreader | None" = None,
) -> Iterator[dict[str, Any]]:
    """Yield one answer for each line of a JSON Lines file, in order.

    A line that is not a request, or whose picture cannot be opened, is answered with the
    verdict "unsure" and an additional key "error" (`file:line: what is wrong; what to do`);
    the others are not lost. A picture with a relative path is looked for in the working
    directory, then beside the requests file. Empty lines are skipped.

    Args:
        requests: The file.
        proofreader: The proofreader; the real engines if None.

    Raises:
        UsageError: If the file cannot be read.
        ToolMissingError: If a reader or its language data is not installed.
    """
    for number, text in enumerate(_lines_of(requests), 1):
        if text.strip():
            yield _answered(requests, number, text, proofreader)


def answer(image: str, proof: Proof) -> dict[str, Any]:
    """Return a proof as the answer for a picture.

    Args:
        image: The picture's path, as it was given.
        proof: Its proof.
    """
    return {
        "image": image,
        "verdict": proof.verdict.value,
        "lines": [_line_answer(line) for line in proof.lines],
        "extra": [{"text": extra.text, "box": list(extra.box)} for extra in proof.extra],
        "ms": proof.ms,
        "checks": [_check_answer(check) for check in proof.checks],
    }


def _line_answer(line: LineProof) -> dict[str, Any]:
    return {
        "role": line.role,
        "expected": line.expected,
        "read": line.read,
        "verdict": line.verdict.value,
        "box": list(line.box) if line.box else None,
        "reader": line.reader,
        "confidence": line.confidence,
        "confidences": list(line.confidences),
        "shape": line.shape,
        "reason": line.reason,
    }


def _check_answer(check: Check) -> dict[str, Any]:
    return {**dataclasses.asdict(check), "verdict": check.verdict.value}


def _answered(
    requests: pathlib.Path,
    number: int,
    text: str,
    proofreader: "Proofreader | None",
) -> dict[str, Any]:
    image = ""
    try:
        request = ProofRequest.model_validate(json.loads(text))
        image = request.image
        lines = [Line.of(line.role, line.text) for line in request.lines]
        path = _located(request.image, requests)
        proof = prove_file(path, request.locale, lines, request.extra_text, proofreader)
    except (ValueError, RecursionError, UsageError) as error:
        return _refusal(image, _problem(requests, number, error))
    return answer(image, proof)


def _refusal(image: str, problem: Problem) -> dict[str, Any]:
    empty = Proof(verdict=Verdict.UNSURE, lines=(), extra=(), readers={}, ms=0)
    return {**answer(image, empty), "error": str(problem)}


def _problem(requests: pathlib.Path, number: int, error: Exception) -> Problem:
    path, what = "", str(error)
    remedy = 'write {"image": …, "locale": …, "lines": [{"role": …, "text": …}]} on one line'
    if isinstance(error, pydantic.ValidationError):
        first = error.errors()[0]
        path, what = ".".join(str(step) for step in first["loc"]), first["msg"]
    elif isinstance(error, UsageError):
        what, _, remedy = what.partition("; ")
    elif isinstance(error, json.JSONDecodeError):
        what = f"not JSON: {error.msg} at column {error.colno}"
    elif isinstance(error, RecursionError):
        what = "not a request: too deeply nested"
    return Problem(file=str(requests), line=number, path=path, what=what, remedy=remedy)


def _located(image: str, requests: pathlib.Path) -> pathlib.Path:
    path = pathlib.Path(image)
    beside = requests.parent / path
    # Unlike pathlib's own, this question has an answer for a name that is too long, too.
    return beside if not os.path.exists(path) and os.path.exists(beside) else path  # noqa: PTH110


def _lines_of(requests: pathlib.Path) -> list[str]:
    try:
        return requests.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{requests}: cannot be read ({error}); give a UTF-8 file of JSON lines"
        raise UsageError(msg) from error


@functools.cache
def _standard() -> "Proofreader":
    from pipeline.proof.prove import Proofreader  # noqa: PLC0415

    return Proofreader.standard()
