"""History from a real git repository with dated commits, and from the price lists of runs."""

import datetime as dt
import pathlib
import subprocess
import sys
from collections.abc import Callable

import pytest

from pipeline.campaign.feeds.snapshot import Used
from pipeline.campaign.history import Figures, History
from pipeline.campaign.load import load_campaign
from pipeline.history import timeline
from pipeline.history.git import NoHistoryError, committed
from pipeline.history.revision import prices_of
from tests.lunch import lunch

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("meta-square", de="de_DE")
    + """\
offers:
  bowl:
    price: {de: 8.90}
    was: {de: 10.90}
    copy:
      headline:
        de: Frische Bowls
"""
)
FEED = """\
feed:
  from: prices.csv
  columns: {offer: sku, market: shop, price: price}
"""

Commit = Callable[[str, dt.date], None]


def git(folder: pathlib.Path, *arguments: str, day: dt.date | None = None) -> None:
    at = f"{day or NOW.date()}T09:00:00+00:00"
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    also = {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    subprocess.run(
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        check=True,
        capture_output=True,
        env={**who, **also, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at, "PATH": _path()},
    )


def _path() -> str:
    return "/usr/local/bin:/usr/bin:/bin"


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return where a campaign is to be, in a repository."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "campaigns").mkdir()
    return tmp_path / "campaigns" / "lunch.yaml"


@pytest.fixture
def commit(file: pathlib.Path) -> Commit:
    """Return what commits a text of the campaign on a day."""

    def commit(text: str, day: dt.date) -> None:
        file.write_text(text, "utf-8")
        git(file.parent, "add", ".")
        git(file.parent, "commit", "-q", "-m", "a price", day=day)

    return commit


def on(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def history(file: pathlib.Path, used: tuple[Used, ...] = ()) -> History:
    loaded = load_campaign(file, ["deal"])
    fed = loaded.fed
    object.__setattr__(fed, "used", used)
    found = timeline.history_of(loaded, NOW)
    assert found is not None
    return found


def prices(history: History) -> list[tuple[str, str]]:
    story = history.at("de", "Europe/Berlin")
    days = sorted(dict.fromkeys(story.since))
    told = [(day, story.on("bowl", day)) for day in days]
    return [(f"{day:%d}", str(one.price) if one else "-") for day, one in told]


def test_each_commit_is_a_version_and_the_file_at_hand_the_last(
    file: pathlib.Path, commit: Commit
) -> None:
    commit(CAMPAIGN.replace("8.90", "9.90"), on(3))
    commit(CAMPAIGN.replace("8.90", "9.50"), on(10))
    file.write_text(CAMPAIGN, "utf-8")  # not committed
    assert prices(history(file)) == [("03", "9.90"), ("10", "9.50"), ("27", "8.90")]


def test_a_file_that_was_moved_keeps_its_history(file: pathlib.Path, commit: Commit) -> None:
    commit(CAMPAIGN.replace("8.90", "9.90"), on(3))
    moved = file.with_name("deals ü.yaml")
    git(file.parent, "mv", file.name, moved.name)
    git(file.parent, "commit", "-q", "-m", "move", day=on(5))
    moved.write_text(CAMPAIGN, "utf-8")
    assert prices(history(moved)) == [("03", "9.90"), ("05", "9.90"), ("27", "8.90")]


def test_a_price_counts_from_the_merge_that_brought_it(file: pathlib.Path, commit: Commit) -> None:
    commit(CAMPAIGN.replace("8.90", "9.90"), on(3))
    git(file.parent, "checkout", "-q", "-b", "cheaper")
    commit(CAMPAIGN.replace("8.90", "7.00"), on(5))
    commit(CAMPAIGN.replace("8.90", "8.50"), on(6))
    git(file.parent, "checkout", "-q", "main")
    git(file.parent, "merge", "-q", "--no-ff", "-m", "merge", "cheaper", day=on(9))
    assert prices(history(file)) == [("03", "9.90"), ("09", "8.50"), ("27", "8.50")]


def test_of_large_files_the_latest_versions_are_read(file: pathlib.Path, commit: Commit) -> None:
    for day in range(1, 5):
        commit(f"{day}\n" + "# much\n" * 250_000, on(day))
    assert [one.content[:1] for one in committed(file)] == [b"3", b"4"]


def test_what_an_earlier_version_said_in_other_ways_is_no_hindrance(
    file: pathlib.Path, commit: Commit
) -> None:
    commit("offers: [", on(1))
    commit("campaign: lunch\noffers: none\ndays: 7\n", on(2))
    commit("offers: {bowl: {price: {de: 9.90, at: x, pl: [1]}, was: 5}, soup: 1}\nold: true", on(3))
    commit("days: {monday: [bowl, {offer: bowl, price: {de: 7}}], noday: bowl}\n", on(4))
    commit(CAMPAIGN, on(5))
    found = history(file)
    assert prices(found) == [
        ("01", "-"), ("02", "-"), ("03", "9.90"), ("04", "-"), ("05", "8.90"), ("27", "8.90")
    ]  # fmt: skip
    assert list(found.versions[3].days) == ["monday"]


@pytest.mark.parametrize(
    "text",
    [
        CAMPAIGN,
        CAMPAIGN.replace("    copy:", "    copy: # words"),
        CAMPAIGN.replace("    price: {de: 8.90}\n    was: {de: 10.90}\n", "").rstrip()
        + "\n\n    price:\n      de: 8.90\n    was: {de: 10.90}\n",
        CAMPAIGN.replace("copy:\n      headline:\n        de: ", "copy: {headline: {de: ")[:-1]
        + "}}",
        CAMPAIGN.replace("\n", "\r\n"),
        "\ufeff" + CAMPAIGN,
    ],
    ids=["block", "remark", "after the copy", "flow", "CRLF", "byte-order mark"],
)
def test_prices_are_read_however_the_copy_is_written(text: str) -> None:
    version, has_feed = prices_of(text.encode())
    assert {spot: (str(one.price), str(one.was)) for spot, one in version.usual.items()} == {
        ("bowl", "de"): ("8.90", "10.90")
    }
    assert has_feed is False


def test_what_runs_used_stands_over_the_files_price_while_the_file_names_a_list(
    file: pathlib.Path, commit: Commit
) -> None:
    (file.parent / "prices.csv").write_text("sku,shop,price\nbowl,de,8.00\n", "utf-8")
    (file.parent / ".gitignore").write_text("prices.csv\n", "utf-8")
    commit(CAMPAIGN, on(3))
    commit(CAMPAIGN + FEED, on(6))

    def used(day: int, price: str) -> Used:
        at = dt.datetime(2026, 11, day, 10, tzinfo=dt.UTC)
        return Used(at=at, prices={("bowl", "de"): (price, "")})

    found = history(file, (used(5, "1.00"), used(8, "8.70"), used(20, "8.40")))
    assert prices(found) == [
        ("03", "8.90"), ("05", "8.90"), ("06", "1.00"), ("08", "8.70"), ("20", "8.40"),
        ("27", "8.00"),
    ]  # fmt: skip
    standing = found.at("de", "Europe/Berlin").on("bowl", on(21))
    assert isinstance(standing, Figures)
    assert str(standing.was) == "10.90"  # the list has no column for it


def test_a_list_that_lies_in_git_has_its_own_history(file: pathlib.Path, commit: Commit) -> None:
    rows = file.parent / "prices.csv"
    rows.write_text("sku,shop,price\nbowl,de,9.40\n", "utf-8")
    commit(CAMPAIGN + FEED, on(3))
    rows.write_text("sku,shop,price\nbowl,de,8.40\n", "utf-8")
    git(file.parent, "commit", "-qam", "prices", day=on(12))
    assert prices(history(file)) == [("03", "9.40"), ("12", "8.40"), ("27", "8.40")]


def test_without_a_repository_a_commit_or_git_the_reason_is_said(
    tmp_path: pathlib.Path, file: pathlib.Path
) -> None:
    file.write_text(CAMPAIGN, "utf-8")
    assert history(file).why == "git does not know the file yet"
    with pytest.raises(NoHistoryError, match="git is not installed"):
        committed(file, program=str(tmp_path / "no-git"))
    with pytest.raises(NoHistoryError, match="git says: "):
        committed(file, program=sys.executable)
    assert len(history(file).versions) == 1


def test_git_is_asked_about_the_files_own_repository_also_in_a_hook_of_another(
    tmp_path_factory: pytest.TempPathFactory, file: pathlib.Path, commit: Commit
) -> None:
    commit(CAMPAIGN, on(3))
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    asked = f"""\
import pathlib
from pipeline.history.git import answer_of
folder = pathlib.Path({str(file.parent)!r})
print(answer_of(["git", "log", "--format=%s"], folder, seconds=30).stdout.decode())
"""
    hook = {"GIT_DIR": str(other / ".git"), "GIT_INDEX_FILE": "index", "PATH": _path()}
    done = subprocess.run([sys.executable, "-c", asked], env=hook, capture_output=True, check=True)
    assert done.stdout.split() == [b"a", b"price"]


def test_a_file_in_no_repository_has_no_history(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = tmp_path_factory.mktemp("bare") / "lunch.yaml"
    file.write_text(CAMPAIGN, "utf-8")
    assert history(file).why == "the file is in no git repository"


def test_no_rule_no_history(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "lunch.yaml"
    file.write_text(CAMPAIGN + "preflight: {former_price: off, price_jump: off}\n", "utf-8")
    assert timeline.history_of(load_campaign(file, ["deal"]), NOW) is None
