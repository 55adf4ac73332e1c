"""Channels and formats are data: dated, cited, and consistent in themselves."""

import datetime as dt

import pytest

from pipeline.campaign.formats import channel_of, known_channels, known_formats

RULES = {
    "distinct edge",
    "emoji",
    "forbidden words",
    "most characters",
    "needs",
    "no capitals",
    "no hashtags",
    "no words",
    "plain button",
    "states saving",
    "states validity",
}
OURS = "in-store"


@pytest.mark.parametrize("name", sorted(known_channels()))
def test_a_channel_says_when_and_where_its_rules_were_read(name: str) -> None:
    channel = known_channels()[name]
    assert dt.date.fromisoformat(channel.read) <= dt.date(2026, 11, 23)
    assert channel.sources or name == OURS
    for source in (*channel.sources, *(rule.source for rule in channel.rules)):
        assert source.startswith(("https://", "http://"))
    assert channel.ai_food in {"allowed", "label", "forbidden"}
    assert {rule.name for rule in channel.rules} <= RULES


def test_every_channel_of_the_trade_is_there() -> None:
    assert {
        "meta",
        "google-pmax",
        "google-display",
        "tiktok",
        "x",
        "linkedin",
        "amazon",
        "doordash",
        "uber-eats",
    } <= set(known_channels())


def test_a_format_belongs_to_one_channel() -> None:
    names = [name for channel in known_channels().values() for name in channel.formats]
    assert sorted(names) == sorted(known_formats())
    assert channel_of("display-300x250").id == "google-display"
    with pytest.raises(KeyError):
        channel_of("papyrus")


@pytest.mark.parametrize("name", sorted(known_formats()))
def test_a_format_leaves_room_for_words_and_is_shown_in_its_own_ratio(name: str) -> None:
    fmt = known_formats()[name]
    top, right, bottom, left = fmt.safe
    assert top + bottom < 60
    assert left + right < 60
    assert fmt.most_bytes >= 100_000
    if fmt.placed:
        assert fmt.width / fmt.placed[0] == fmt.height / fmt.placed[1] == fmt.density > 1
    else:
        assert fmt.density == 1


def test_a_reel_is_covered_further_up_than_a_story() -> None:
    story, reel = known_formats()["meta-story-9x16"], known_formats()["meta-reel-9x16"]
    assert (story.safe[2], reel.safe[2]) == (20, 35)
    assert (story.width, story.height) == (reel.width, reel.height)


def test_the_rules_of_a_channel_can_be_asked_for() -> None:
    assert known_channels()["doordash"].has("no words")
    assert not known_channels()["meta"].has("no words")
    assert known_channels()["uber-eats"].ai_food == "forbidden"
    (needs,) = [rule for rule in known_channels()["amazon"].rules if rule.name == "needs"]
    assert set(needs.roles) == {"brand", "cta"}
