"""Money: a decimal amount in a currency, shown with the decimals it was written with."""

import dataclasses
import decimal

import babel.numbers


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount.

    Attributes:
        amount: The amount; its exponent is the number of decimals to show.
        currency: ISO 4217 code.
    """

    amount: decimal.Decimal
    currency: str

    @property
    def decimals(self) -> int:
        """Return how many decimals the amount was written with."""
        exponent = self.amount.as_tuple().exponent
        return -exponent if isinstance(exponent, int) else 0


def is_known_currency(code: str) -> bool:
    """Return whether CLDR knows the ISO 4217 code."""
    return babel.numbers.is_currency(code)


def precision_problem(amount: decimal.Decimal, currency: str) -> str:
    """Return why a currency cannot express an amount; empty if it can.

    An amount is written with no decimals or with all of the currency's (ISO 4217's minor unit
    as CLDR lists it), so that what is written is what is shown.
    """
    digits = babel.numbers.get_currency_precision(currency)
    written = Money(amount=amount, currency=currency).decimals
    if written in {0, digits}:
        return ""
    if digits == 0:
        return f"{currency} has no decimals, write a whole amount"
    if written > digits:
        return f"{currency} has {digits} decimals, write no more of them"
    return f"{currency} has {digits} decimals, write {amount:.{digits}f}"
