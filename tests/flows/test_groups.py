"""Market groups: markets whose days begin together share a deployment."""

import datetime as dt
import pathlib
from collections.abc import Sequence

import pytest

from flows.groups import EVERYWHERE, Group, groups_of
from pipeline.campaign.load import load_campaigns
from pipeline.settings import PROJECT

SINCE = dt.date(2026, 11, 23)


def grouped(folder: pathlib.Path, zones: Sequence[str]) -> tuple[Group, ...]:
    rows = "".join(
        f"  m{n}: {{locales: [en_US], currency: USD, time_zone: {zone}}}\n"
        for n, zone in enumerate(zones)
    )
    prices = ", ".join(f"m{n}: 1" for n in range(len(zones)))
    (folder / "c.yaml").write_text(
        "campaign: c\ntemplate: deal\nbrand:\n  name: Marlow\n"
        '  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}\n'
        f"formats: [meta-square]\nmarkets:\n{rows}offers:\n  bowl:\n    subject: a bowl\n"
        f"    price: {{{prices}}}\n    copy: {{headline: {{en: Bowls}}}}\n",
        "utf-8",
    )
    return groups_of(load_campaigns([folder / "c.yaml"], ["deal"]), SINCE)


def test_markets_whose_days_begin_together_are_one_group(tmp_path: pathlib.Path) -> None:
    groups = grouped(tmp_path, ["Europe/Berlin", "America/New_York", "Europe/Rome"])
    assert [(one.name, one.time_zones) for one in groups] == [
        ("europe-berlin", ("Europe/Berlin", "Europe/Rome")),
        ("america-new-york", ("America/New_York",)),
        (EVERYWHERE, ()),
    ]
    assert groups[0].description.startswith("Markets m0, m2 (Europe/Berlin, Europe/Rome).")


@pytest.mark.parametrize(
    ("zone", "cron"),
    [
        ("Europe/Berlin", "1 * * * *"),
        ("Asia/Kolkata", "31 * * * *"),
        ("Asia/Kathmandu", "16 * * * *"),
        ("Australia/Lord_Howe", "1,31 * * * *"),
    ],
)
def test_a_group_looks_just_after_the_minute_at_which_its_days_begin(
    tmp_path: pathlib.Path, zone: str, cron: str
) -> None:
    assert grouped(tmp_path, [zone])[0].cron == cron


def test_no_two_groups_look_in_the_same_minute_and_one_looks_everywhere() -> None:
    files = sorted((PROJECT / "campaigns").glob("*.yaml"))
    templates = [path.name.split(".")[0] for path in (PROJECT / "templates/scenes").glob("*.j2")]
    loaded = load_campaigns(files, templates)
    groups = groups_of(loaded, SINCE)
    zones = {m.time_zone for one in loaded for m in one.campaign.markets.values()}
    assert {zone for group in groups for zone in group.time_zones} == zones
    whole = [group.cron for group in groups if "," not in group.cron and ":" not in group.cron]
    assert len(set(whole)) == len(whole)
    assert groups[-1].name == EVERYWHERE
