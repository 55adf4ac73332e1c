"""What a run is asked for: the form that Prefect's UI shows, the same for every deployment."""

import datetime as dt
import decimal
import enum
import pathlib
from typing import Annotated

import pydantic

from pipeline.dayplan import RunRequest
from pipeline.due import MOST_DAYS_BACK

Dollars = Annotated[
    decimal.Decimal,
    pydantic.Field(ge=0, max_digits=9, decimal_places=2),
    pydantic.WithJsonSchema({"type": "number", "minimum": 0}),
]
"""US dollars; a number field in the form, never a float in the program."""


class Provider(enum.StrEnum):
    """Who makes the pictures."""

    CAMPAIGNS = "as the campaign says"
    STUDIO = "studio"
    RUNFLOW = "runflow"
    FAL = "fal"
    BFL = "bfl"


class Form(pydantic.BaseModel):
    """What to make; left as it is, everything that is due and not done."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    campaigns: list[str] = pydantic.Field(
        default=[],
        title="Campaigns",
        description="Names as in the files, such as daily-deals. Empty: all of them.",
    )
    markets: list[str] = pydantic.Field(
        default=[],
        title="Markets",
        description="Ids as in the campaign, such as de. Empty: all of them.",
    )
    day: dt.date | None = pydantic.Field(
        default=None,
        title="Campaign day",
        description="Empty: the present day of each market. A day that is named is made again "
        "only where something has changed.",
    )
    provider: Provider = pydantic.Field(
        default=Provider.CAMPAIGNS,
        title="Provider",
        description="Who makes the pictures in this run; the studio costs nothing.",
    )
    cap: Dollars | None = pydantic.Field(
        default=None,
        title="Cap, in US dollars",
        description="Lowers the day's budget of each campaign for this run. What was spent on "
        "the day before counts. Empty: the campaign's own budget.",
    )
    dry_run: bool = pydantic.Field(
        default=False,
        title="Dry run",
        description="Only plan: say what would be made, why and what it would cost. Nothing is "
        "made, nothing is paid.",
    )
    ask: bool = pydantic.Field(
        default=False,
        title="Ask about what is held",
        description="Start approval/held for each campaign with something held; it waits in "
        "Prefect for a person.",
    )
    days_back: int = pydantic.Field(
        default=2,
        ge=0,
        le=MOST_DAYS_BACK,
        title="Days to look back",
        description="After an outage, days that were missed are made up as far as they still "
        "say what is true. 0: never.",
    )
    time_zones: list[str] = pydantic.Field(
        default=[],
        title="Time zones",
        description="Only markets of these, such as Europe/Berlin. Empty: all of them.",
    )
    files: list[str] = pydantic.Field(
        default=[],
        title="Campaign files",
        description="Where the campaigns are. Empty: campaigns/*.yaml.",
    )
    out: str = pydantic.Field(
        default="out",
        min_length=1,
        title="Folder",
        description="Where files, manifests and the gallery are put.",
    )

    def named_files(self) -> tuple[pathlib.Path, ...]:
        """Return the campaign files, found in `campaigns/` if none is named."""
        named = tuple(map(pathlib.Path, self.files))
        return named or tuple(sorted(pathlib.Path("campaigns").glob("*.yaml")))

    def request(self, instant: dt.datetime) -> RunRequest:
        """Return the request that it stands for.

        Args:
            instant: Now; each market's day follows from it.
        """
        own = self.provider is Provider.CAMPAIGNS
        return RunRequest(
            files=self.named_files(),
            out=pathlib.Path(self.out),
            instant=instant,
            day=self.day,
            markets=tuple(self.markets),
            campaigns=tuple(self.campaigns),
            time_zones=tuple(self.time_zones),
            provider="" if own else self.provider.value,
            cap=self.cap,
        )


EVERYTHING = Form()
"""The form as it is when nobody has filled in anything."""


def form_of(request: RunRequest) -> Form:
    """Return the form that a request from the terminal would have been filled in as."""
    return Form(
        files=[str(file) for file in request.files],
        out=str(request.out),
        day=request.day,
        markets=list(request.markets),
        campaigns=list(request.campaigns),
        time_zones=list(request.time_zones),
        provider=Provider(request.provider) if request.provider else Provider.CAMPAIGNS,
        cap=request.cap,
    )
