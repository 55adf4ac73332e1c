"""Direction: which way a line reads, whatever the sheet does."""

import unicodedata


def direction_of(text: str, usual: str) -> str:
    """Return `ltr` or `rtl`: a line that has letters of one direction only reads theirs.

    A name such as `Marlow & Pine` on a right-to-left sheet would else begin its second row with
    the sign at the wrong end.

    Args:
        text: The line.
        usual: The sheet's own direction, for text without letters, or with both kinds.
    """
    strong = {unicodedata.bidirectional(character) for character in text} & {"L", "R", "AL"}
    if not strong:
        return usual
    return "ltr" if strong == {"L"} else "rtl" if "L" not in strong else usual
