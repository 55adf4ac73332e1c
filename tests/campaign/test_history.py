"""Price history: the lawful former price against a slow model that writes every day out."""

import datetime as dt
import decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.campaign.history import Figures, History, Lowest, Special, Version

ZONE = "Europe/Berlin"
TODAY = dt.date(2026, 11, 27)
DAY = dt.timedelta(days=1)
SPOT = ("bowl", "de")

Told = tuple[str, str | None] | None
"""Price and former price of a day; None for a day on which there was no offer."""


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def version(day: dt.date, told: Told, days: dict[str, str] | None = None) -> Version:
    specials = {
        key: {"bowl": Special(price={"de": decimal.Decimal(price)}, was={})}
        for key, price in (days or {}).items()
    }
    if told is None:
        return Version(since=noon(day), usual={}, days=specials)
    price, was = told
    former = decimal.Decimal(was) if was else None
    figures = Figures(price=decimal.Decimal(price), was=former)
    return Version(since=noon(day), usual={SPOT: figures}, days=specials)


def history(*told: Told) -> History:
    """Return a history of one version a day, of which the last is today's."""
    first = TODAY - (len(told) - 1) * DAY
    return History(versions=tuple(version(first + n * DAY, one) for n, one in enumerate(told)))


def lowest(*told: Told) -> Lowest | None:
    price = (told[-1] or ("0", None))[0]
    return history(*told).at("de", ZONE).lowest("bowl", TODAY, decimal.Decimal(price))


def back(days: int) -> dt.date:
    return TODAY - days * DAY


REGULAR: Told = ("10.90", None)
REDUCED: Told = ("8.90", "10.90")


def test_the_lowest_price_of_the_thirty_days_before_the_reduction_counts() -> None:
    found = lowest(("9.90", None), *[REGULAR] * 29, REDUCED)
    assert found == Lowest(price=decimal.Decimal("9.90"), day=back(30), begin=TODAY)
    found = lowest(("9.90", None), *[REGULAR] * 30, REDUCED)  # 31 days ago is too long ago
    assert found == Lowest(price=decimal.Decimal("10.90"), day=back(1), begin=TODAY)


def test_a_reduction_counts_from_its_first_day() -> None:
    found = lowest(("9.50", None), REGULAR, *[REDUCED] * 40)
    assert found == Lowest(price=decimal.Decimal("9.50"), day=back(41), begin=back(39))


def test_a_price_that_falls_step_by_step_is_one_reduction() -> None:
    found = lowest(REGULAR, ("9.90", "10.90"), ("8.90", "10.90"), ("7.90", "10.90"))
    assert found == Lowest(price=decimal.Decimal("10.90"), day=back(3), begin=back(2))


def test_a_rise_between_two_days_begins_another_reduction() -> None:
    found = lowest(REGULAR, REDUCED, ("8.50", "10.90"), REDUCED, REDUCED)
    assert found == Lowest(price=decimal.Decimal("8.50"), day=back(2), begin=back(1))


def test_a_day_without_a_former_price_begins_another_reduction() -> None:
    found = lowest(REGULAR, REDUCED, REGULAR, REDUCED)
    assert found == Lowest(price=decimal.Decimal("8.90"), day=back(2), begin=TODAY)


def test_days_of_which_nothing_is_known_are_not_counted() -> None:
    assert lowest(REDUCED) is None
    assert lowest(*[REDUCED] * 9) is None
    assert lowest(None, REDUCED, REDUCED) is None
    found = lowest(("9.00", None), None, REDUCED)
    assert found == Lowest(price=decimal.Decimal("9.00"), day=back(2), begin=TODAY)


def test_a_price_of_one_day_counts_on_its_day_alone() -> None:
    first = version(back(9), REGULAR)
    sale = version(back(5), REDUCED, {back(2).isoformat(): "8.50", "fallback": "1.00"})
    story = History(versions=(first, sale)).at("de", ZONE)
    found = story.lowest("bowl", TODAY, decimal.Decimal("8.90"))
    assert found == Lowest(price=decimal.Decimal("8.50"), day=back(2), begin=back(1))
    on = story.on("bowl", back(2))
    assert on == Figures(price=decimal.Decimal("8.50"), was=decimal.Decimal("10.90"))
    found = story.lowest("bowl", back(2), decimal.Decimal("8.50"))  # a further fall, on the day
    assert found == Lowest(price=decimal.Decimal("10.90"), day=back(6), begin=back(5))


def test_a_day_to_come_has_what_the_file_at_hand_says_of_it() -> None:
    file = version(TODAY, REDUCED, {(TODAY + 5 * DAY).isoformat(): "7.90"})
    story = History(versions=(version(back(9), REGULAR), file)).at("de", ZONE)
    found = story.lowest("bowl", TODAY + 9 * DAY, decimal.Decimal("8.90"))
    assert found is not None
    assert (str(found.price), found.begin) == ("7.90", TODAY + 6 * DAY)


@pytest.mark.parametrize(
    ("zone", "begins"), [("Asia/Tokyo", dt.date(2026, 11, 28)), ("UTC", dt.date(2026, 11, 27))]
)
def test_a_version_stands_from_the_markets_own_day(zone: str, begins: dt.date) -> None:
    late = Version(since=dt.datetime(2026, 11, 27, 20, tzinfo=dt.UTC), usual={}, days={})
    assert History(versions=(late,)).begins(zone) == begins


def test_the_last_version_of_a_day_is_what_stood_on_it() -> None:
    morning, evening = version(back(1), ("7.90", None)), version(back(1), REGULAR)
    story = History(versions=(morning, evening, version(TODAY, REDUCED))).at("de", ZONE)
    assert story.on("bowl", back(1)) == Figures(price=decimal.Decimal("10.90"))


def test_the_price_to_hold_todays_against_is_that_of_the_day_before_yesterday() -> None:
    def last(*told: Told) -> str:
        return str(history(*told).at("de", ZONE).last_price("bowl", TODAY))

    assert last(("5", None), ("6", None), ("7", None), ("8", None)) == "6"
    assert last(("7", None), ("8", None)) == "7"  # the earliest there is
    assert last(None, None, None, ("8", None)) == "None"
    coming = history(("5", None), ("6", None), ("7", None)).at("de", ZONE)
    assert coming.last_price("bowl", TODAY + 30 * DAY) == decimal.Decimal(5)


def slow(told: list[Told]) -> tuple[str, dt.date] | None:
    """Return the lowest price and the begin, from every day written out; the last is today."""
    by_day = {TODAY - n * DAY: one for n, one in enumerate(reversed(told))}
    begin = TODAY
    while True:
        here, before = by_day[begin], by_day.get(begin - DAY)
        if here is None or before is None or before[1] is None:
            break
        if decimal.Decimal(before[0]) < decimal.Decimal(here[0]):
            break
        begin -= DAY
    window = [by_day.get(begin - n * DAY) for n in range(1, 31)]
    known = [decimal.Decimal(one[0]) for one in window if one is not None]
    return (str(min(known)), begin) if known else None


PRICES = st.sampled_from(["6.90", "7.90", "8.90", "9.90"])
ONE_DAY = st.one_of(st.none(), st.tuples(PRICES, st.sampled_from([None, "10.90", "12.90"])))


@given(st.lists(ONE_DAY, max_size=70), st.tuples(PRICES, st.just("10.90")))
@settings(max_examples=200, deadline=None)
def test_the_lowest_price_is_that_of_a_slow_model(past: list[Told], today: Told) -> None:
    found = lowest(*past, today)
    expected = slow([*past, today])
    assert (found and (str(found.price), found.begin)) == expected
    if found:
        shown = [*past, today][-1 - (TODAY - found.day).days]
        assert shown is not None
        assert shown[0] == str(found.price)
        assert found.day < found.begin


@given(st.lists(ONE_DAY, min_size=1, max_size=40), st.integers(0, 39))
@settings(max_examples=50, deadline=None)
def test_a_version_for_each_day_says_what_one_for_each_change_says(
    told: list[Told], days: int
) -> None:
    whole = history(*told)
    changes = [
        one
        for n, one in enumerate(whole.versions)
        if n == 0 or one.usual != whole.versions[n - 1].usual
    ]
    few = History(versions=tuple(changes))
    day = back(days)
    assert few.at("de", ZONE).on("bowl", day) == whole.at("de", ZONE).on("bowl", day)
