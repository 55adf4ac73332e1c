"""Reasons: in which class it belongs that a creative is held, without a word of its copy."""

from pipeline.produce.outcome import Outcome, Status
from pipeline.proof.verdict import Verdict

_UNEXPECTED = "unexpected "


def reason_of(outcome: Outcome) -> str:
    """Return why a creative is held, in one word; empty if it is not.

    Returns:
        `text` if a line could not be read as it was asked for, `extra-text` for words nobody
        asked for, the name of a check such as `contrast`, `withdrawn` if the proof passed and
        something else speaks against it (the campaign changed, the self-test failed, a person),
        `fit` if the words or the file did not fit, `picture` if there was none, `error` for a
        fault of the program.
    """
    if outcome.status is Status.ACCEPTED:
        return ""
    if outcome.reason.startswith(_UNEXPECTED):
        return "error"
    proof = outcome.proof
    if proof is None:
        return "fit" if outcome.plate else "picture"
    if any(line.verdict is not Verdict.PASS for line in proof.lines):
        return "text"
    if proof.extra:
        return "extra-text"
    failed = (check.name for check in proof.checks if check.verdict is not Verdict.PASS)
    return next(failed, "withdrawn")
