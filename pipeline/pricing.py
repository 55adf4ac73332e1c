"""Set a price: one amount of one offer in one market, changed in its campaign file."""

import dataclasses
import datetime as dt
import decimal
import pathlib
import tempfile
from collections.abc import Sequence

from pipeline.campaign.document import Document, Node, Path, parsed, read_document
from pipeline.campaign.editing import with_value
from pipeline.campaign.load import LoadedCampaign, load_campaign
from pipeline.campaign.tree import node_at, text_at
from pipeline.errors import CampaignError, UsageError
from pipeline.feeds.supply import open_supply
from pipeline.files import write_whole
from pipeline.settings import Settings


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which price is to be set.

    Attributes:
        campaign: The campaign's name.
        offer: The offer's id.
        where: A market's id, or a locale: all markets that have it.
        amount: The price, as it is written in the file.
        was: The former price; empty to leave it.
        day: Only on this day; None for every day without one of its own.
    """

    campaign: str
    offer: str
    where: str
    amount: str
    was: str = ""
    day: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A value that was set.

    Attributes:
        file: The campaign file.
        line: Where it stands now.
        path: What it is, such as `offers.bowl.price.de`.
        before: What stood there; empty if nothing did.
        now: What stands there now.
    """

    file: pathlib.Path
    line: int
    path: str
    before: str
    now: str


def set_price(
    files: Sequence[pathlib.Path], asked: Asked, settings: Settings
) -> tuple[Changed, ...]:
    """Set a price and return what was changed; the file is written whole, or not at all.

    Args:
        files: The campaign files there are.
        asked: The price.
        settings: Folders and limits.

    Raises:
        UsageError: If there is no such campaign, offer, market or day.
        CampaignError: If the file has problems, or would have.
    """
    file, document = _file_of(files, asked.campaign)
    markets = _markets(document, asked)
    loaded = _tried(file, document.content, settings)
    fed = [market for market in markets if (asked.offer, market) in loaded.fed.prices]
    if fed and asked.day is None:
        where = f"the price of {asked.offer!r} in {', '.join(fed)} comes from {loaded.fed.name}"
        raise UsageError(f"{where}; change it there, or give a day a price of its own with --day")
    kinds = {"price": asked.amount} | ({"was": asked.was} if asked.was else {})
    changes = [
        ((*_table(document, asked), kind, market), value)
        for market in markets
        for kind, value in kinds.items()
    ]
    changed = document
    for path, value in changes:
        changed = parsed(document.file, with_value(changed, path, value))
    _tried(file, changed.content, settings)
    write_whole(file, changed.content)
    return tuple(
        Changed(
            file=file,
            line=changed.line_of(path),
            path=".".join(map(str, path)),
            before=text_at(document.tree, *path),
            now=value,
        )
        for path, value in changes
    )


def _file_of(files: Sequence[pathlib.Path], campaign: str) -> tuple[pathlib.Path, Document]:
    known = []
    for file in files:
        document = read_document(file)
        name = text_at(document.tree, "campaign")
        if name == campaign:
            if document.problems:
                raise CampaignError(document.problems)
            return file, document
        known.append(name or str(file))
    raise UsageError(f"there is no campaign {campaign!r}; there are: {', '.join(known)}")


def _markets(document: Document, asked: Asked) -> list[str]:
    markets = node_at(document.tree, "markets")
    offers = node_at(document.tree, "offers")
    if not isinstance(offers, dict) or asked.offer not in offers:
        known = ", ".join(offers) if isinstance(offers, dict) else "none"
        raise UsageError(f"{document.file} has no offer {asked.offer!r}; there are: {known}")
    if not isinstance(markets, dict):
        raise UsageError(f"{document.file} has no markets")
    if asked.where in markets:
        return [asked.where]
    found = [
        name
        for name, market in markets.items()
        if isinstance(market, dict) and asked.where in (market.get("locales") or [])
    ]
    if not found:
        known = ", ".join(markets)
        raise UsageError(f"{document.file} has no market {asked.where!r}; there are: {known}")
    return found


def _table(document: Document, asked: Asked) -> Path:
    """Return the path of the table that holds the price: the offer's, or the day's own."""
    if asked.day is None:
        return ("offers", asked.offer)
    here: Path = ("days", asked.day.isoformat())
    node = node_at(document.tree, *here)
    entries: list[Node] = node if isinstance(node, list) else [node]
    for index, entry in enumerate(entries):
        if isinstance(entry, dict) and entry.get("offer") == asked.offer:
            return (*here, index) if isinstance(node, list) else here
    line = f"{asked.day}: {{offer: {asked.offer}, price: {{{asked.where}: {asked.amount}}}}}"
    raise UsageError(
        f"{document.file}:{document.line_of(here)}: {asked.day} has no price of {asked.offer!r}; "
        f"add `{line}` under `days`"
    )


def _tried(file: pathlib.Path, content: bytes, settings: Settings) -> LoadedCampaign:
    """Return a file with other bytes, loaded beside it, so that what belongs to it is found.

    Raises:
        CampaignError: With its problems, at the lines of the file as it would be.
    """
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".trying-", suffix=".yaml") as trial:
        trial.write(content)
        trial.flush()
        try:
            names = settings.template_names()
            return load_campaign(pathlib.Path(trial.name), names, supply=open_supply(settings))
        except CampaignError as error:
            problems = [dataclasses.replace(one, file=str(file)) for one in error.problems]
            raise CampaignError(tuple(problems)) from error


def percent(changed: Changed) -> str:
    """Return by how many percent a price changed, with its sign; empty if it is new."""
    if not changed.before or not decimal.Decimal(changed.before):
        return ""
    before, now = decimal.Decimal(changed.before), decimal.Decimal(changed.now)
    return f"{(now / before - 1) * 100:+.1f} %"
