"""Prices from a list and prices in git, as a person at the terminal meets them."""

import datetime as dt
import json
import os
import pathlib
import subprocess

import pytest

from tests.e2e.conftest import Run

CAMPAIGN = """\
campaign: soup
template: deal
brand:
  name: Juniper Street
  palette: {ink: "#17211B", paper: "#F7F5EC", accent: "#F4C95D", action: "#2F6B4F"}
formats: [meta-square]
markets:
  de: {locales: [de_DE], currency: EUR, time_zone: Europe/Berlin}
offers:
  lunch:
    subject: a bowl of green salad with chickpeas
    copy:
      headline: {de: Heute im Topf}
      legal: {de: "Nur am {day:long}."}
feed:
  from: prices.csv
  separator: semicolon
  decimal: comma
  columns: {offer: Artikel, market: Land, price: Preis, was: Vorher}
  offers: {"4711": lunch}
  markets: {D: de}
"""
HEAD = "Artikel;Land;Preis;Vorher\n"
FILE = "campaigns/soup.yaml"

pytestmark = pytest.mark.e2e


def price_list(workplace: pathlib.Path, price: str, was: str = "") -> None:
    (workplace / "campaigns" / "prices.csv").write_text(f"{HEAD}4711;D;{price};{was}\n", "utf-8")


def manifest(workplace: pathlib.Path) -> dict[str, object]:
    newest = max((workplace / "out").rglob("manifest.json"))
    found: dict[str, object] = json.loads(newest.read_text("utf-8"))
    return found


def commit(workplace: pathlib.Path, days_ago: int) -> None:
    day = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for arguments in (["init", "-q"], ["add", "campaigns"], ["commit", "-q", "-m", "prices"]):
        subprocess.run(
            ["git", *who, *arguments],  # noqa: S607 - git is where PATH has it
            cwd=workplace,
            check=True,
            env={**os.environ, "GIT_COMMITTER_DATE": day.isoformat(timespec="seconds")},
        )


def test_a_changed_list_is_shown_made_and_frozen(proofpress: Run, workplace: pathlib.Path) -> None:
    (workplace / FILE).write_text(CAMPAIGN, "utf-8")
    price_list(workplace, "7,90")
    done = proofpress("run", "--plain", FILE)
    assert done.returncode == 0, done.stdout + done.stderr

    price_list(workplace, "7,50")
    planned = proofpress("plan", FILE)
    assert "  prices: 1 from prices.csv (1 rows)\n" in planned.stdout
    assert "  prices: lunch de 7.90 -> 7.50\n" in planned.stdout
    assert planned.stderr == ""

    done = proofpress("run", "--plain", FILE)
    assert done.returncode == 0, done.stdout + done.stderr
    found = manifest(workplace)
    assert "'price': '7,50\\xa0€'" in str(found["creatives"])
    feed = found["feed"]
    assert isinstance(feed, dict)
    assert feed["from"] == "prices.csv"
    kept = next((workplace / ".proofpress" / "pictures").glob(f"*/{feed['sha256']}"))
    assert kept.read_bytes() == (workplace / "campaigns" / "prices.csv").read_bytes()
    assert "->" not in proofpress("plan", FILE).stdout

    price_list(workplace, "7.50")
    broken = proofpress("plan", FILE)
    assert broken.returncode == 2
    assert broken.stderr.startswith(
        "campaigns/prices.csv:2: offers.lunch.price.de: row 1: '7.50' is no amount; "
    )


def test_an_unlawful_former_price_is_held_with_the_figure_to_print(
    proofpress: Run, workplace: pathlib.Path
) -> None:
    (workplace / FILE).write_text(CAMPAIGN, "utf-8")
    price_list(workplace, "8,50")
    commit(workplace, days_ago=20)
    price_list(workplace, "7,90", was="9,90")
    checked = proofpress("check", FILE)
    assert checked.returncode == 2
    assert checked.stderr.startswith(
        "campaigns/prices.csv:2: offers.lunch.was.de: the former price 9.90 is above 8.50 of "
    )
    assert "print 8.50 as the former price" in checked.stderr
    price_list(workplace, "7,90", was="8,50")
    assert proofpress("check", FILE).returncode == 0
