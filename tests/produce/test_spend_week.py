"""The week of `benchmarks/spend.py` in small: every slot ships, and plates are paid once."""

import pytest

from benchmarks.spend import MOST, auto, drawn_all, floor
from benchmarks.spend_week import week_of

pytestmark = pytest.mark.xdist_group("faults")


def test_every_slot_ships_for_little_more_than_the_floor_and_plates_are_paid_once() -> None:
    week = week_of(90, 2)
    cost, broken = auto(week, 1.0)
    assert broken == []
    assert cost.delivered == week.variants * week.days
    least = floor(week, 1.0)
    # Twenty pictures are few to compare with an expectation; one more of them is 5 %.
    assert cost.dollars <= (MOST + 0.1) * least.dollars
    naive = drawn_all(week_of(90, 1), 1.0, 5, stops=False)
    assert naive.pictures == 5 * week.variants
    assert naive.delivered < week.variants / 2
