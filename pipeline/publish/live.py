"""Live: what is out, and whether the campaign files still say what it says.

A creative is out if it shipped and no later one of its coordinate has. It is true as long as the
campaign file, on the market's own day, asks for the same words.
"""

import dataclasses
import datetime as dt
import enum
import hashlib
import pathlib
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.campaign.calendar import campaign_day, first_instant
from pipeline.campaign.load import LoadedCampaign
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.outcome import Status
from pipeline.publish.decisions import is_approved
from pipeline.publish.manifest import manifests_under, merged, stamp

Record = Mapping[str, Any]
"""A creative, as the manifest has it."""


class State(enum.StrEnum):
    """Whether what is out is still true."""

    TRUE = "true"
    ENDING = "ending"
    EXPIRED = "expired"
    CHANGED = "changed"
    DAMAGED = "damaged"


UNTRUE = frozenset({State.EXPIRED, State.CHANGED, State.DAMAGED})
"""What must not be out."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Whether a creative is true.

    Attributes:
        state: Whether it is.
        reason: Why it is not, or will not be, in plain words; empty if it is.
        since: When it stopped being true, or will stop, in UTC; empty if that is not known.
    """

    state: State
    reason: str = ""
    since: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """A creative that is out.

    Attributes:
        file: Its file, relative to the folder of all campaign days.
        sha256: Hash of the file.
        variant: Its id.
        campaign: The campaign's name.
        offer: The offer's id.
        market: The market's id.
        locale: CLDR locale identifier.
        format: The format's name.
        day: The campaign day that it was made for.
        accepted_by: `proof`, or the person who approved it.
        truth: Whether it is still true.
    """

    file: str
    sha256: str
    variant: str
    campaign: str
    offer: str
    market: str
    locale: str
    format: str
    day: str
    accepted_by: str
    truth: Truth


class Files:
    """The campaign files at an instant, asked whether they say what a creative says.

    Args:
        loaded: The campaigns.
        drawn_with: The folder of all templates, and the typesetting engine's version.
        instant: Now.
        within: How far to look ahead for what ends.
    """

    def __init__(
        self,
        loaded: Sequence[LoadedCampaign],
        drawn_with: tuple[pathlib.Path, str],
        instant: dt.datetime,
        within: dt.timedelta,
    ) -> None:
        self._loaded = {one.campaign.campaign: one for one in loaded}
        self._drawn_with = drawn_with
        self._instant = instant
        self._within = within
        self._known: dict[tuple[str, str, dt.date], dict[str, Variant]] = {}

    def knows(self, campaign: str) -> bool:
        """Return whether there is a file of a campaign."""
        return campaign in self._loaded

    def today(self, record: Record) -> dt.date:
        """Return the day in a creative's market; in UTC if the campaign lacks the market."""
        return campaign_day(self._zone(record) or "UTC", self._instant)

    def truth(self, record: Record) -> Truth:
        """Return whether the files say what a creative says, now and in what follows.

        A creative of a day that has not begun in its market is held against that day.

        Raises:
            TemplateError: If a scene template cannot be rendered.
        """
        if not self.knows(record["campaign"]):
            return Truth(state=State.EXPIRED, reason="there is no campaign file of it any more")
        zone = self._zone(record)
        if zone is None:
            reason = f"the campaign has no market {record['market']} any more"
            return Truth(state=State.EXPIRED, reason=reason, since=self._edited(record))
        made, today = dt.date.fromisoformat(record["day"]), self.today(record)
        now = max(made, today)
        wrong = self._wrong(record, now)
        if wrong:
            return dataclasses.replace(wrong, since=self._since(record, made, now, zone))
        ending = self._ending(record, zone)
        if ending:
            return ending
        for day in self._ahead(now, zone):
            coming = self._wrong(record, day)
            if coming:
                begins = stamp(_begins(day, zone))
                return Truth(state=State.ENDING, reason=coming.reason, since=begins)
        return Truth(state=State.TRUE)

    def _ending(self, record: Record, zone: str) -> Truth | None:
        """Return that an offer ends within the time to look ahead; None if it does not."""
        end = self._loaded[record["campaign"]].campaign.offers[record["offer"]].valid_to
        if end is None or end.time is None:
            return None  # a day that ends is seen as the next one begins
        over = end.end.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)
        if over > self._instant + self._within:
            return None
        reason = f"the offer {record['offer']} ends on {end}"
        return Truth(state=State.ENDING, reason=reason, since=stamp(over))

    def _zone(self, record: Record) -> str | None:
        loaded = self._loaded.get(record["campaign"])
        market = loaded.campaign.markets.get(record["market"]) if loaded else None
        return market.time_zone if market else None

    def _ahead(self, now: dt.date, zone: str) -> Iterator[dt.date]:
        """Yield the days that begin in a market within the time to look ahead."""
        day = now + dt.timedelta(days=1)
        while _begins(day, zone) <= self._instant + self._within:
            yield day
            day += dt.timedelta(days=1)

    def _since(self, record: Record, made: dt.date, now: dt.date, zone: str) -> str:
        """Return when a creative stopped being true: a day began, or its file was edited."""
        day = now
        while day > made and self._wrong(record, day - dt.timedelta(days=1)):
            day -= dt.timedelta(days=1)
        if day == made:
            return self._edited(record)
        return stamp(_begins(day, zone))

    def _edited(self, record: Record) -> str:
        file = pathlib.Path(self._loaded[record["campaign"]].document.file)
        try:
            changed = file.stat().st_mtime
        except OSError:
            return ""
        return stamp(dt.datetime.fromtimestamp(changed, dt.UTC))

    def _wrong(self, record: Record, day: dt.date) -> Truth | None:
        """Return what of a creative is not what the files say for a day; None if nothing."""
        live = self._variants(record, day).get(record["key"])
        if live is None:
            return Truth(state=State.EXPIRED, reason=self._gone(record, day))
        says = {line.role: line.text for line in live.lines}
        shows: Mapping[str, str] = record["strings"]
        for role in (*shows, *says):
            if shows.get(role) != says.get(role):
                reason = _difference(role, shows.get(role), says.get(role), day)
                return Truth(state=State.CHANGED, reason=reason)
        return None

    def _variants(self, record: Record, day: dt.date) -> dict[str, Variant]:
        key = (record["campaign"], record["market"], day)
        if key not in self._known:
            days = {record["market"]: day}
            today = self._instant if day == self.today(record) else None
            made = variants_of(
                self._loaded[record["campaign"]], days, self._drawn_with, instant=today
            )
            self._known[key] = {variant.key: variant for variant in made}
        return self._known[key]

    def _gone(self, record: Record, day: dt.date) -> str:
        campaign = self._loaded[record["campaign"]].campaign
        offer = campaign.offers.get(record["offer"])
        first, last, end = campaign.valid_from, campaign.valid_to, offer and offer.valid_to
        locales = campaign.markets[record["market"]].locales
        gone = (
            (last and day > last, f"the campaign ended on {last}"),
            (first and day < first, f"the campaign does not begin before {first}"),
            (offer is None, f"the campaign has no offer {record['offer']} any more"),
            (end and end.day <= day, f"the offer {record['offer']} ended on {end}"),
            (
                record["format"] not in campaign.formats,
                f"the campaign has no format {record['format']} any more",
            ),
            (
                record["locale"] not in locales,
                f"the market has no locale {record['locale']} any more",
            ),
            (True, f"{record['offer']} does not run on {day}"),
        )
        return next(said for applies, said in gone if applies)


def _difference(role: str, shown: str | None, said: str | None, day: dt.date) -> str:
    if said is None:
        return f"{role} is left out on {day}; the picture shows “{shown}”"
    if shown is None:
        return f"{role} is “{said}” on {day}; the picture has none"
    return f"{role} is “{said}” on {day}, not “{shown}”"


def _begins(day: dt.date, zone: str) -> dt.datetime:
    """Return the instant at which a day begins in a zone; of a day left out, the next one's."""
    return first_instant(zone, day) or _begins(day + dt.timedelta(days=1), zone)


def whats_out(out: pathlib.Path, files: Files, only: frozenset[str]) -> tuple[Out, ...]:
    """Return what is out, and whether each of it is still true.

    Args:
        out: The folder of all campaign days.
        files: The campaign files.
        only: Names of the campaigns that are looked at; empty for all.

    Raises:
        UsageError: If a manifest cannot be read.
        TemplateError: If a scene template cannot be rendered.
    """
    shipped = [
        record
        for record in merged(out, manifests_under(out))["creatives"]
        if record["status"] == Status.ACCEPTED and (not only or record["campaign"] in only)
    ]
    return tuple(_out(out, record, files) for record in _latest(shipped, files))


def _latest(shipped: Sequence[Record], files: Files) -> list[Record]:
    """Return the last of each coordinate whose day has begun, and those of days to come."""
    now: dict[str, Record] = {}
    coming: list[Record] = []
    for record in sorted(shipped, key=lambda one: (one["day"], one["variant"])):
        if record["day"] > files.today(record).isoformat():
            coming.append(record)
        else:
            now[record["key"]] = record
    return sorted([*now.values(), *coming], key=lambda one: one["variant"])


def _out(out: pathlib.Path, record: Record, files: Files) -> Out:
    said = {
        name: str(record[name])
        for name in ("sha256", "variant", "campaign", "offer", "market", "locale", "format", "day")
    }
    by = str(record["decision"]["by"]) if is_approved(record) else "proof"
    truth = files.truth(record)
    if truth.state not in UNTRUE and not _is_whole(out, record):
        truth = Truth(state=State.DAMAGED, reason="the file is not the one that shipped")
    return Out(file=record["file"], accepted_by=by, truth=truth, **said)


def _is_whole(out: pathlib.Path, record: Record) -> bool:
    try:
        content = (out / record["file"]).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() == str(record["sha256"])
