"""The bill: one line for every charge and refund, kept by the vendor's side alone."""

import dataclasses
import decimal
import json
import pathlib
from collections import defaultdict
from typing import TextIO


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One charge, or one refund with a negative amount.

    Attributes:
        at: Simulated time in seconds since 1970.
        provider: runflow, fal or bfl.
        model: The model's short name, such as `flux-2-flex`.
        job: The id the client was given, or would have been given.
        client_ref: The client's own label, where the API has one.
        idempotency_key: The client's key, where it sent one.
        seed: The seed of the request.
        output_mp: Billed megapixels of output (1 MP = 1,048,576 px, rounded up).
        input_mp: Billed megapixels of input.
        usd: US dollars.
        why: What it is for.
    """

    at: float
    provider: str
    model: str
    job: str
    client_ref: str | None
    idempotency_key: str | None
    seed: int | None
    output_mp: int
    input_mp: int
    usd: decimal.Decimal
    why: str

    def row(self) -> dict[str, object]:
        """Return the line as JSON values; the amount is a decimal string."""
        return {**dataclasses.asdict(self), "at": round(self.at, 3), "usd": plain(self.usd)}


def plain(amount: decimal.Decimal) -> str:
    """Return an amount without exponent and without needless zeros, at least two decimals."""
    cents = decimal.Decimal("0.01")
    text = f"{amount.normalize():f}"
    return text if amount != amount.quantize(cents) else f"{amount.quantize(cents):f}"


class Bill:
    """Lines in memory, and in a file that is written through line by line.

    Args:
        path: The JSONL file to append to, or none.
    """

    def __init__(self, path: pathlib.Path | None) -> None:
        self._lines: list[BillLine] = []
        self._totals: dict[str, decimal.Decimal] = defaultdict(decimal.Decimal)
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    @property
    def lines(self) -> tuple[BillLine, ...]:
        """Return all lines of this process, oldest first."""
        return tuple(self._lines)

    @property
    def total(self) -> decimal.Decimal:
        """Return what is owed in US dollars."""
        return sum(self._totals.values(), decimal.Decimal(0))

    @property
    def totals(self) -> dict[str, decimal.Decimal]:
        """Return what is owed to each provider in US dollars."""
        return dict(self._totals)

    def add(self, line: BillLine) -> None:
        """Book a line; it is in the file when this returns."""
        self._lines.append(line)
        self._totals[line.provider] += line.usd
        if self._file is not None:
            self._file.write(json.dumps(line.row(), ensure_ascii=False) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
