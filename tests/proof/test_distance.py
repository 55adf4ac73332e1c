"""How far strings are apart."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.proof.distance import aligned, distance, similarity

WORDS = st.text(alphabet="ab1", max_size=8)


def by_the_book(left: str, right: str) -> int:
    if not left or not right:
        return len(left) + len(right)
    return min(
        by_the_book(left[1:], right) + 1,
        by_the_book(left, right[1:]) + 1,
        by_the_book(left[1:], right[1:]) + (left[0] != right[0]),
    )


@given(st.text(alphabet="ab1", max_size=5), st.text(alphabet="ab1", max_size=5))
def test_the_distance_is_that_of_the_definition(left: str, right: str) -> None:
    assert distance(left, right) == by_the_book(left, right)


@given(WORDS, WORDS)
def test_an_alignment_spells_both_strings_at_the_price_of_their_distance(
    left: str, right: str
) -> None:
    pairs = list(aligned(left, right))
    assert "".join(a for a, _ in pairs) == left
    assert "".join(b for _, b in pairs) == right
    assert sum(a != b for a, b in pairs) == distance(left, right)


def test_equal_strings_are_alike_and_disjoint_ones_are_not() -> None:
    assert similarity("8,90 €", "8,90 €") == 1.0
    assert similarity("abc", "xyz") == 0.0
    assert similarity("", "") == 1.0


def test_similarity_is_the_share_that_stays() -> None:
    assert similarity("abcd", "abxd") == 0.75
    assert similarity("ab", "abcd") == 0.5
    assert similarity("", "ab") == 0.0


def test_an_alignment_of_equal_prices_replaces_rather_than_shifts() -> None:
    assert list(aligned("ab", "xb")) == [("a", "x"), ("b", "b")]
    assert list(aligned("abc", "ac")) == [("a", "a"), ("b", ""), ("c", "c")]
    assert list(aligned("ac", "abc")) == [("a", "a"), ("", "b"), ("c", "c")]
    assert list(aligned("", "")) == []
