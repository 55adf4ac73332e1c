"""Delivery: what is in `out` is in the bucket, also when two machines make one day together."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import pytest
from obstore.store import S3Store

from pipeline.files import write_whole
from pipeline.publish.deliver import GALLERY, Delivery
from pipeline.publish.manifest import NAME, manifest_of, read_manifest, write_manifest
from pipeline.storage.bucket import REST, Bucket, open_bucket
from tests.storage.conftest import Hours
from tests.storage.servers import Line

if TYPE_CHECKING:
    from obstore.store import S3Config

DAY = "2026-12-01"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A machine with a folder of its own that delivers lunch for some markets."""

    out: pathlib.Path
    delivery: Delivery

    @property
    def folder(self) -> pathlib.Path:
        return self.out / DAY / "lunch"

    def write(self, words: Mapping[str, str], run: str = "run") -> None:
        """Export creatives by market; other markets stay, as they do in the real export."""
        path = self.folder / NAME
        before = read_manifest(path) if path.exists() else {"creatives": [], "retired": []}
        kept = [one for one in before["creatives"] if one["market"] not in words]
        made = [self._made(market, word) for market, word in words.items()]
        creatives = sorted([*kept, *made], key=lambda one: one["variant"])
        named = {one["file"] for one in creatives}
        gone = {one["file"] for one in before["creatives"]} - named
        head = {"run": run, "created": DAY, "decisions": before.get("decisions", [])}
        write_manifest(self.folder, manifest_of(head, creatives, sorted(gone)))
        for file in gone:
            (self.folder / file).unlink(missing_ok=True)
        page = " ".join(sorted(one["file"] for one in creatives))
        write_whole(self.out / GALLERY, page.encode())

    def _made(self, market: str, word: str) -> dict[str, Any]:
        content = f"{market} {word}".encode()
        sha256 = hashlib.sha256(content).hexdigest()
        file = f"{market}/bowl-{sha256[:12]}.jpg"
        write_whole(self.folder / file, content)
        write_whole(self.folder / "evidence" / f"{sha256}.jpg", content)
        return {
            "variant": f"lunch--{market}",
            "market": market,
            "status": "accepted",
            "cost": "0",
            "file": file,
            "ground": sha256,
        }

    def deliver(self, words: Mapping[str, str]) -> str:
        return self.delivery.publish([DAY], lambda: self.write(words))[1]

    def pictures(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes()
            for path in sorted(self.folder.glob("*/*.jpg"))
        }


@pytest.fixture
def office(
    tmp_path: pathlib.Path, address: str, cloud: Mapping[str, str], hours: Hours
) -> Callable[[str], Office]:
    """Return what opens an office; all of them deliver to the same bucket."""

    def open_one(name: str) -> Office:
        out = tmp_path / name / "out"
        bucket = open_bucket(address, cloud, hours)
        return Office(out=out, delivery=Delivery(bucket, out, tmp_path / name / "notes"))

    return open_one


def delivered(bucket: Bucket) -> dict[str, bytes]:
    """Return every picture in the bucket, but no evidence."""
    names = [name for name in bucket.names(DAY) if name.endswith(".jpg")]
    return {name: found.content for name in names if (found := bucket.get(name))}


def manifest(bucket: Bucket) -> dict[str, Any]:
    found = bucket.get(f"{DAY}/lunch/{NAME}")
    assert found is not None
    return dict(json.loads(found.content))


def markets(tree: Mapping[str, Any]) -> list[str]:
    return [one["market"] for one in tree["creatives"]]


def test_all_that_is_in_out_is_in_the_bucket(
    office: Callable[[str], Office], bucket: Bucket
) -> None:
    berlin = office("berlin")
    assert berlin.deliver({"de": "8,90", "at": "9,90"}) == ""
    assert delivered(bucket) == berlin.pictures()
    assert manifest(bucket) == read_manifest(berlin.folder / NAME)
    page = bucket.get(GALLERY)
    assert page is not None
    assert page.content == (berlin.out / GALLERY).read_bytes()


def test_a_browser_is_told_what_it_gets(
    office: Callable[[str], Office], address: str, cloud: Mapping[str, str]
) -> None:
    office("berlin").deliver({"de": "8,90"})
    name, _, prefix = address.removeprefix("s3://").partition("/")
    config = cast("S3Config", {key.lower(): value for key, value in cloud.items()})
    store = S3Store(name, prefix=prefix, config=config, client_options={"allow_http": True})
    assert store.get(GALLERY).attributes["Content-Type"] == "text/html; charset=utf-8"


def test_what_is_superseded_leaves_the_bucket_after_the_new_manifest(
    office: Callable[[str], Office], bucket: Bucket
) -> None:
    berlin = office("berlin")
    berlin.deliver({"de": "8,90"})
    (old,) = (name for name in delivered(bucket) if "/de/" in name)
    berlin.deliver({"de": "7,90"})
    assert old not in delivered(bucket)
    assert manifest(bucket)["retired"] == [old.removeprefix(f"{DAY}/lunch/")]


def test_two_machines_deliver_one_day_and_each_has_all_of_it(
    office: Callable[[str], Office], bucket: Bucket
) -> None:
    berlin, tokyo = office("berlin"), office("tokyo")
    assert berlin.deliver({"de": "8,90"}) == ""
    assert tokyo.deliver({"jp": "1180"}) == ""
    assert markets(manifest(bucket)) == ["de", "jp"]
    assert berlin.deliver({"de": "7,90"}) == ""
    assert markets(manifest(bucket)) == ["de", "jp"]
    assert (
        berlin.pictures().items()
        >= {name: content for name, content in tokyo.pictures().items() if "/jp/" in name}.items()
    )
    assert {name for name in delivered(bucket) if "/evidence/" not in name} == {
        name for name in berlin.pictures() if "/evidence/" not in name
    }


def test_whoever_is_overtaken_between_its_look_and_its_manifest_begins_again(
    office: Callable[[str], Office], bucket: Bucket
) -> None:
    berlin, tokyo = office("berlin"), office("tokyo")
    quick = [lambda: tokyo.deliver({"jp": "1180"})]

    def write() -> None:
        berlin.write({"de": "8,90"})
        if quick:
            assert quick.pop()() == ""

    assert berlin.delivery.publish([DAY], write)[1] == ""
    assert markets(manifest(bucket)) == ["de", "jp"]
    assert markets(read_manifest(berlin.folder / NAME)) == ["de", "jp"]


def test_a_manifest_is_there_only_when_all_of_its_files_are(
    office: Callable[[str], Office], bucket: Bucket, line: Line
) -> None:
    berlin = office("berlin")

    def write() -> None:
        berlin.write({"de": "8,90"})
        line.cut()

    assert "did not answer" in berlin.delivery.publish([DAY], write)[1]
    line.mend()
    assert bucket.get(f"{DAY}/lunch/{NAME}") is None


def test_without_the_bucket_the_day_is_in_out_and_the_next_run_brings_it(
    office: Callable[[str], Office], bucket: Bucket, line: Line, hours: Hours
) -> None:
    berlin = office("berlin")
    line.cut()
    assert "run again" in berlin.deliver({"de": "8,90"})
    assert markets(read_manifest(berlin.folder / NAME)) == ["de"]
    line.mend()
    hours.seconds += REST
    assert berlin.delivery.catch_up() == ""
    assert delivered(bucket) == berlin.pictures()
    before = line.calls
    line.cut()
    assert berlin.delivery.catch_up() == ""  # nothing is owed, so nobody is asked
    assert line.calls == before


def test_what_was_decided_here_and_what_was_made_there_are_both_kept(
    office: Callable[[str], Office], bucket: Bucket
) -> None:
    berlin, tokyo = office("berlin"), office("tokyo")
    berlin.deliver({"de": "8,90", "at": "9,90"})
    tokyo.deliver({"jp": "1180"})
    said = {"variant": "lunch--de", "action": "approve", "at": "2026-12-01T06:00:00Z"}
    tree = read_manifest(berlin.folder / NAME)
    tree["decisions"] = [said]
    tree["creatives"] = [
        one | {"decision": said} if one["market"] == "de" else one for one in tree["creatives"]
    ]
    write_manifest(berlin.folder, tree)
    tokyo.deliver({"at": "9,50"})
    assert berlin.delivery.catch_up() == ""
    final = manifest(bucket)
    assert markets(final) == ["at", "de", "jp"]
    assert final["decisions"] == [said]
    (at, de, _) = final["creatives"]
    assert de["decision"] == said
    assert delivered(bucket)[f"{DAY}/lunch/{at['file']}"] == b"at 9,50"


def test_a_picture_that_is_not_what_its_name_says_is_not_taken_over(
    office: Callable[[str], Office], bucket: Bucket
) -> None:
    berlin, tokyo = office("berlin"), office("tokyo")
    berlin.deliver({"de": "8,90"})
    for name in delivered(bucket):
        bucket.put(name, b"something else")
    tokyo.deliver({"jp": "1180"})
    assert [name for name in tokyo.pictures() if "/de/" in name] == []


def test_a_machine_that_only_looks_has_what_others_delivered(
    office: Callable[[str], Office], line: Line
) -> None:
    berlin, tokyo = office("berlin"), office("tokyo")
    berlin.deliver({"de": "8,90"})
    tokyo.delivery.look([DAY, DAY])
    assert tokyo.pictures() == berlin.pictures()
    line.cut()
    tokyo.delivery.look([DAY])  # nobody answers, and what is here stays
    assert tokyo.pictures() == berlin.pictures()
