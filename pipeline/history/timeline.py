"""The price history of a campaign: its file in git, and the price lists that its runs have used."""

import concurrent.futures
import dataclasses
import datetime as dt
import decimal
import functools
import pathlib
from collections.abc import Iterator, Mapping, Sequence

from pipeline.campaign.feed import Feed
from pipeline.campaign.feeds.prices import Names, read_prices
from pipeline.campaign.feeds.snapshot import Amounts, Snapshot, Spot, Used
from pipeline.campaign.history import Figures, History, Special, Version
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Campaign
from pipeline.history.git import Commit, NoHistoryError, committed
from pipeline.history.revision import prices_of

_THREADS = 4
"""Campaigns whose history is read at a time: git is waited for most of it."""


def histories_of(campaigns: Sequence[LoadedCampaign], instant: dt.datetime) -> list[History | None]:
    """Return the price histories of some campaigns, in their order.

    Args:
        campaigns: The campaigns.
        instant: Now, from which the files at hand stand.
    """
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda loaded: history_of(loaded, instant), campaigns))


def history_of(loaded: LoadedCampaign, instant: dt.datetime) -> History | None:
    """Return the price history of a campaign; None if no rule asks for it.

    Args:
        loaded: The campaign.
        instant: Now, from which the file at hand stands.
    """
    campaign = loaded.campaign
    rules = campaign.preflight
    asked = rules.former_price != "off" or rules.price_jump
    if not asked or not any(offer.price for offer in campaign.offers.values()):
        return None
    commits, why = _committed(loaded.document.file, instant)
    earlier = _versions(
        [one for one in commits if one.at < instant],
        [one for one in (*_listed(loaded, instant), *loaded.fed.used) if one.at < instant],
        campaign.feed,
    )
    return History(versions=(*earlier, _at_hand(campaign, instant)), why=why)


@functools.lru_cache(maxsize=64)
def _committed(file: str, _instant: dt.datetime) -> tuple[tuple[Commit, ...], str]:
    """Return what git knows of a file and why it is no more; once for each instant of asking."""
    try:
        return tuple(committed(pathlib.Path(file))), ""
    except NoHistoryError as error:
        return (), str(error)


def _listed(loaded: LoadedCampaign, instant: dt.datetime) -> Iterator[Used]:
    """Yield the prices of a price list that lies in git beside its campaign."""
    feed, campaign = loaded.campaign.feed, loaded.campaign
    if feed is None or feed.is_remote:
        return
    file = str(loaded.folder / feed.from_)
    for commit in _committed(file, instant)[0]:
        names = Names(
            offers=frozenset(campaign.offers),
            currencies={name: market.currency for name, market in campaign.markets.items()},
            days=dict.fromkeys(campaign.markets, commit.at.date()),
        )
        snapshot = Snapshot(source=file, content=commit.content, fetched=commit.at)
        yield Used(at=commit.at, prices=read_prices(snapshot, feed, names).prices)


def _versions(commits: Sequence[Commit], used: Sequence[Used], feed: Feed | None) -> list[Version]:
    """Return the versions that commits and price lists made, in the order of time."""
    events: list[Commit | Used] = sorted([*commits, *used], key=lambda one: one.at)
    found: list[Version] = []
    file: Commit | None = None
    fed: Used | None = None
    for event in events:
        if isinstance(event, Used):
            fed = event
        else:
            file = event
        if file is not None:
            version, names_feed = prices_of(file.content)
            prices = fed.prices if fed and names_feed else {}
            usual = {**version.usual, **_figures(version.usual, prices, feed)}
            found.append(dataclasses.replace(version, since=event.at, usual=usual))
        elif fed is not None:
            usual = _figures({}, fed.prices, feed)
            found.append(Version(since=event.at, usual=usual, days={}))
    return found


def _figures(
    usual: Mapping[Spot, Figures], prices: Mapping[Spot, Amounts], feed: Feed | None
) -> dict[Spot, Figures]:
    """Return what a price list made of a file's prices.

    A list without a column of former prices leaves those of the file.
    """
    column = feed is not None and feed.columns.was is not None
    made: dict[Spot, Figures] = {}
    for spot, (price, was) in prices.items():
        own = usual[spot].was if spot in usual else None
        former = (decimal.Decimal(was) if was else None) if column else own
        made[spot] = Figures(price=decimal.Decimal(price), was=former)
    return made


def _at_hand(campaign: Campaign, instant: dt.datetime) -> Version:
    """Return the version that the file at hand is, with the prices of its list in it."""
    return Version(
        since=instant,
        usual={
            (name, market): Figures(price=price, was=offer.was.get(market))
            for name, offer in campaign.offers.items()
            for market, price in offer.price.items()
        },
        days={
            key: {
                entry.offer: Special(price=entry.price, was=entry.was)
                for entry in reversed(entries)
            }
            for key, entries in campaign.days.items()
        },
    )
