"""The page of the channels says what the data says."""

from scripts.channels_page import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "python scripts/channels_page.py"
