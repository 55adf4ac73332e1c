"""How far two strings are apart, and which characters of one stand for which of the other."""

from collections.abc import Iterator


def distance(left: str, right: str) -> int:
    """Return the Levenshtein distance (insert, delete, replace, one each).

    Bit-parallel (Hyyrö 2003): one step a character of `right`, whatever the length of `left`.
    """
    if not left:
        return len(right)
    masks: dict[str, int] = {}
    for index, char in enumerate(left):
        masks[char] = masks.get(char, 0) | 1 << index
    full, last = (1 << len(left)) - 1, 1 << (len(left) - 1)
    plus, minus, score = full, 0, len(left)
    for char in right:
        match = masks.get(char, 0)
        diagonal = (((match & plus) + plus) ^ plus) | match | minus
        up, down = minus | (~(diagonal | plus) & full), diagonal & plus
        score += bool(up & last) - bool(down & last)
        up, down = (up << 1 | 1) & full, down << 1 & full
        plus, minus = down | (~(diagonal | up) & full), up & diagonal
    return score


def similarity(left: str, right: str) -> float:
    """Return 1 for equal strings and 0 for strings with nothing in common."""
    longest = max(len(left), len(right))
    return 1.0 - distance(left, right) / longest if longest else 1.0


def aligned(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of one best alignment; an empty string stands for a gap.

    Args:
        left: The first string.
        right: The second string.
    """
    costs = _costs(left, right)
    pairs: list[tuple[str, str]] = []
    row, column = len(left), len(right)
    while row or column:
        here = costs[row][column]
        if (
            row
            and column
            and here == costs[row - 1][column - 1] + (left[row - 1] != right[column - 1])
        ):
            row, column = row - 1, column - 1
            pairs.append((left[row], right[column]))
        elif row and here == costs[row - 1][column] + 1:
            row -= 1
            pairs.append((left[row], ""))
        else:
            column -= 1
            pairs.append(("", right[column]))
    return reversed(pairs)


def _costs(left: str, right: str) -> list[list[int]]:
    rows = [list(range(len(right) + 1))]
    for index, char in enumerate(left, 1):
        above, row = rows[-1], [index]
        for column, other in enumerate(right, 1):
            replace = above[column - 1] + (char != other)
            row.append(min(replace, above[column] + 1, row[-1] + 1))
        rows.append(row)
    return rows
