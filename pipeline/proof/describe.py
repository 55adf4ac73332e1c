"""Describe a proof to a person at a terminal."""

from pipeline.proof.distance import aligned
from pipeline.proof.normalise import normalise
from pipeline.proof.verdict import Check, LineProof, Proof, Verdict

_NAMES = {Verdict.PASS: "pass", Verdict.FAIL: "FAIL", Verdict.UNSURE: "unsure"}


def describe(proof: Proof) -> str:
    """Return the proof in words: each line with what differs, what is extra, which checks failed.

    Args:
        proof: The proof of one picture.
    """
    width = max((len(line.role) for line in proof.lines), default=0)
    rows = [row for line in proof.lines for row in _line_rows(line, width)]
    rows += [f"{'extra':<7}{extra.text}  ({extra.reason}, at {extra.box})" for extra in proof.extra]
    rows += [f"{'check':<7}{_said(check)}" for check in _failed(proof)]
    rows.append(f"{_NAMES[proof.verdict]} in {proof.ms} ms")
    return "\n".join(rows)


def _line_rows(line: LineProof, width: int) -> list[str]:
    head = f"{_NAMES[line.verdict]:<7}{line.role:<{width}}  "
    if line.verdict is Verdict.PASS:
        return [f"{head}{line.expected}"]
    indent = " " * len(head)
    expected, read = marked(line.expected, line.read)
    rows = [f"{head}asked for  {expected}"]
    rows.append(f"{indent}read       {read or 'nothing'}")
    rows.append(f"{indent}           {line.reason}")
    return rows


def why(proof: Proof) -> str:
    """Return why a proof does not pass, in one sentence; empty if it does.

    Args:
        proof: The proof of one picture.
    """
    if proof.verdict is Verdict.PASS:
        return ""
    reasons = [f"{line.role}: {line.reason}" for line in proof.lines if line.reason]
    reasons += [f"not asked for: {one.text!r}" if one.text else one.reason for one in proof.extra]
    reasons += [_said(check) for check in _failed(proof)]
    # Many specks may have one reason.
    return "; ".join(dict.fromkeys(reasons)) or str(proof.verdict)


def _failed(proof: Proof) -> list[Check]:
    return [check for check in proof.checks if check.verdict is not Verdict.PASS]


def _said(check: Check) -> str:
    return f"{f'{check.name} {check.subject}'.strip()}: {check.reason}"


def marked(expected: str, read: str) -> tuple[str, str]:
    """Return both strings with the characters in brackets that differ.

    Compared after normalisation, spaces aside: what is bracketed is what counts.
    """
    pairs = list(aligned(normalise(expected), normalise(read)))
    return _bracketed(pairs, 0), _bracketed(pairs, 1)


def _bracketed(pairs: list[tuple[str, str]], side: int) -> str:
    text, is_open = "", False
    for pair in pairs:
        differs = pair[0].strip() != pair[1].strip()
        if differs != is_open and (pair[side] or not differs):
            text += "[" if differs else "]"
            is_open = differs
        text += pair[side]
    return text + ("]" if is_open else "")
