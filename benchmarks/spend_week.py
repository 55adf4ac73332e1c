"""The week that `benchmarks/spend.py` pays for: campaigns, days, and a reader that knows.

Two campaigns share the slots. One has twenty locales, so that a plate without words serves all
of them; the other has one locale and new offers each day, so that drawn words pay. All prices
change every day. The reader is a stub: it works out from prompt and seed what the simulator's
model spelt there, by the simulator's own rules, and passes what is spelt right.
"""

import dataclasses
import datetime as dt
import decimal
import functools
import itertools
import pathlib
from collections.abc import Iterator, Sequence

from pipeline.campaign.load import LoadedCampaign, load_campaign
from pipeline.campaign.model import Budget, Campaign, DayEntry, Offer
from pipeline.plan.job import PlateRequest
from pipeline.plan.lines import Line
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import held
from pipeline.produce.outcome import Deliverable, Outcome, Status
from pipeline.produce.plates import Obtained
from pipeline.produce.store import Store
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.typeset.layout import Rect
from simulator.chance import draw
from simulator.pictures.misspelling import MISSING_RATE, accuracy, written
from simulator.pictures.reading import locale_of, read_prompt

PROJECT = pathlib.Path(__file__).resolve().parent.parent
FIRST = dt.date(2026, 12, 7)
"""A Monday."""

LOCALES, FORMATS = 20, ("meta-square", "google-landscape", "google-portrait", "display-300x250")
SINGLE_FORMATS = (*FORMATS, "meta-feed-4x5", "meta-story-9x16", "google-square", "menu-16x9")
SINGLE_SHARE = 25
"""One slot in so many belongs to the campaign with a single locale."""

EXTRA = 0.03
"""Share of pictures without asked-for words on which the simulated model letters something all
the same; an assumption: no figure is published."""

_WORDS = (
    ("Fresh", "Warm", "Crisp", "Bright", "Golden", "Tender", "Simple"),
    ("bowls", "burgers", "pizza", "salads", "soups", "wraps", "bakes", "grills"),
)
_RICH = decimal.Decimal(1_000_000)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What is to be delivered.

    Attributes:
        shared: The campaign with twenty locales.
        single: The campaign with one.
        variants: Creatives a day.
        days: How many days.
    """

    shared: LoadedCampaign
    single: LoadedCampaign
    variants: int
    days: int

    def campaigns(self, number: int) -> Iterator[LoadedCampaign]:
        """Yield the campaigns of a day, from 0, with that day's prices."""
        for loaded in (self.shared, self.single):
            yield dataclasses.replace(loaded, campaign=_priced(loaded.campaign, number))

    def day(self, number: int) -> dt.date:
        """Return a day of the week, from 0."""
        return FIRST + dt.timedelta(days=number)


def week_of(variants: int, days: int) -> Week:
    """Return a week with about so many creatives a day; `Week.variants` has their exact number."""
    source = load_campaign(PROJECT / "campaigns" / "daily-deals.yaml", ["deal"])
    single_offers = max(1, variants // SINGLE_SHARE // len(SINGLE_FORMATS))
    ours = single_offers * len(SINGLE_FORMATS)
    shared_offers = max(1, round((variants - ours) / LOCALES / len(FORMATS)))
    paid = {"provider": "runflow", "budget": Budget().model_copy(update={"day": _RICH})}
    return Week(
        shared=_shared(source, shared_offers, paid),
        single=_single(source, single_offers, paid),
        variants=ours + shared_offers * LOCALES * len(FORMATS),
        days=days,
    )


def _shared(source: LoadedCampaign, offers: int, paid: dict[str, object]) -> LoadedCampaign:
    campaign = source.campaign
    markets = dict(itertools.islice(campaign.markets.items(), LOCALES))
    kinds = itertools.cycle(campaign.offers.values())
    update = {
        **paid,
        "campaign": "shared",
        "markets": markets,
        "offers": {f"offer-{number}": _bare(next(kinds), number) for number in range(offers)},
        "formats": FORMATS,
        "days": {},
    }
    return dataclasses.replace(source, campaign=campaign.model_copy(update=update))


def _single(source: LoadedCampaign, offers: int, paid: dict[str, object]) -> LoadedCampaign:
    campaign = source.campaign
    (market,) = (name for name, one in campaign.markets.items() if one.locales == ("en_US",))
    kinds = itertools.cycle(campaign.offers.values())
    headlines = itertools.cycle(itertools.product(*_WORDS))
    days: dict[str, tuple[DayEntry, ...]] = {}
    table: dict[str, Offer] = {}
    for weekday in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"):
        names = [f"{weekday}-{number}" for number in range(offers)]
        days[weekday] = tuple(DayEntry(offer=name) for name in names)
        for number, name in enumerate(names):
            offer, words = _bare(next(kinds), number), " ".join(next(headlines))
            copy = {**offer.copy_, "headline": {"en_US": words}}
            subject = f"{offer.subject}, on {weekday}"
            table[name] = offer.model_copy(update={"copy_": copy, "subject": subject})
    update = {
        **paid,
        "campaign": "single",
        "markets": {market: campaign.markets[market]},
        "offers": table,
        "formats": SINGLE_FORMATS,
        "days": days,
    }
    return dataclasses.replace(source, campaign=campaign.model_copy(update=update))


def _bare(offer: Offer, number: int) -> Offer:
    """Return an offer with a subject of its own and no picture of the campaign's."""
    return offer.model_copy(
        update={"subject": f"{offer.subject}, plate {number + 1}", "picture": None}
    )


def _priced(campaign: Campaign, number: int) -> Campaign:
    """Return a campaign with all prices raised by one for each day."""
    offers = {
        name: offer.model_copy(
            update={
                "price": {market: price + number for market, price in offer.price.items()},
                "was": {market: price + number for market, price in offer.was.items()},
            }
        )
        for name, offer in campaign.offers.items()
    }
    return campaign.model_copy(update={"offers": offers})


def spelt_right(prompt: str, seed: int, factor: float) -> bool:
    """Return whether the simulated model draws exactly what a prompt asks for.

    Args:
        prompt: The prompt.
        seed: Of the attempt.
        factor: Multiplies the error rates.
    """
    wanted, key = read_prompt(prompt).lines, f"{prompt}/{seed}"
    if not wanted:
        return draw(key, "extra") >= EXTRA * factor
    return written(wanted, key, factor, {}) == wanted


def true_chance(drawn: Sequence[Line], factor: float) -> float:
    """Return how likely the simulated model draws some lines right; none for a bare plate."""
    if not drawn:
        return 1 - min(1.0, EXTRA * factor)
    chances = (_line_chance(line.text, len(drawn), factor) for line in drawn)
    return functools.reduce(lambda one, other: one * other, chances)


def _line_chance(text: str, regions: int, factor: float) -> float:
    locale = locale_of(text)
    wrong = min(1.0, (1 - accuracy(locale, regions)) * factor)
    units = -(-len(text) // 8) if locale[:2] in {"ja", "zh", "ko"} else len(text.split(" "))
    return float((1 - wrong) ** units * (1 - min(1.0, factor * MISSING_RATE)))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """Letters nothing and knows what the simulated model spelt; stands in for the compositor.

    Attributes:
        store: Where files go.
        requests: Hash of a prompt to the request with it.
        factor: Multiplies the error rates.
        engine: What the outcomes name as their engine.
    """

    store: Store
    requests: dict[str, PlateRequest]
    factor: float
    engine: str = "none"

    def read(self, variant: Variant, obtained: Obtained) -> Proof:
        """Return whether the words drawn on a plate are right, and no others are there."""
        prompt = self.requests[obtained.plate.prompt_sha256].prompt
        right = spelt_right(prompt, obtained.plate.seed, self.factor)
        verdict = Verdict.PASS if right else Verdict.FAIL
        height, width = obtained.pixels.shape[:2]
        middle = (width // 4, height // 4, width // 2, height // 8)  # no plane, so never repaired
        lines = tuple(
            LineProof(
                role=line.role,
                expected=line.text,
                read="",
                verdict=verdict,
                box=None if right else middle,
                reader="stub",
                confidence=1.0,
                shape=None,
                reason="" if right else "is misspelt",
            )
            for line in variant.drawn
        )
        return Proof(verdict=verdict, lines=lines, extra=(), readers={}, ms=0)

    def letter(self, variant: Variant, obtained: Obtained, _drawn: Sequence[Rect] = ()) -> Outcome:
        """Return an accepted creative; its file is but its name."""
        sha256 = self.store.put(variant.id.encode())
        made = Deliverable(
            sha256=sha256,
            media_type="image/jpeg",
            width=variant.format.width,
            height=variant.format.height,
            bytes=len(variant.id),
        )
        base = held(variant, self.engine, "", obtained)
        return dataclasses.replace(base, status=Status.ACCEPTED, deliverable=made)
