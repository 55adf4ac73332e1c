"""One store for several machines: the same hashes, no matter who has lost what."""

import hashlib
import pathlib
from collections.abc import Callable

import pytest

from pipeline.errors import StoreError
from pipeline.produce.store import Store
from pipeline.storage.bucket import REST, Bucket
from tests.produce.test_store import OUTCOME, PLATE
from tests.storage.conftest import Hours
from tests.storage.servers import Line

Machine = Callable[[str], Store]


def test_what_one_machine_puts_another_gets(machine: Machine) -> None:
    berlin, tokyo = machine("berlin"), machine("tokyo")
    sha256 = berlin.put(b"plate")
    berlin.keep_plate("job", PLATE)
    berlin.keep_outcome(OUTCOME)
    assert tokyo.get(sha256) == b"plate"
    assert tokyo.plate("job") == PLATE
    assert tokyo.plates() == {"job"}
    assert tokyo.outcome(OUTCOME.fingerprint) == OUTCOME
    assert not tokyo.holds([sha256, "0" * 64])
    assert tokyo.holds([sha256])


def test_what_was_got_once_is_not_asked_for_again(machine: Machine, line: Line) -> None:
    sha256 = machine("berlin").put(b"plate")
    tokyo = machine("tokyo")
    tokyo.get(sha256)
    line.cut()
    assert tokyo.get(sha256) == b"plate"
    assert machine("tokyo").file(sha256).read_bytes() == b"plate"


def test_an_object_that_is_not_what_its_name_says_is_missing_and_is_put_again(
    machine: Machine, bucket: Bucket
) -> None:
    sha256 = hashlib.sha256(b"plate").hexdigest()
    name = f"pictures/{sha256[:2]}/{sha256}"
    bucket.put(name, b"plat\x00")
    berlin = machine("berlin")
    assert berlin.get(sha256) is None
    assert not berlin.file(sha256).exists()
    berlin.put(b"plate")
    assert machine("tokyo").get(sha256) == b"plate"


def test_a_torn_record_in_the_bucket_is_as_good_as_none(machine: Machine, bucket: Bucket) -> None:
    bucket.put("plates/job.json", b"{")
    berlin = machine("berlin")
    assert berlin.plate("job") is None
    berlin.keep_plate("job", PLATE)
    assert machine("tokyo").plate("job") == PLATE


def test_putting_twice_uploads_once(machine: Machine, line: Line) -> None:
    berlin = machine("berlin")
    assert berlin.share() == 0
    berlin.put(b"plate")
    line.cut()
    berlin.put(b"plate")
    assert berlin.share() == 0


def test_without_the_bucket_all_is_kept_here_and_the_next_run_uploads_it(
    machine: Machine, line: Line, hours: Hours
) -> None:
    berlin = machine("berlin")
    line.cut()
    sha256 = berlin.put(b"paid for")
    berlin.keep_plate("job", PLATE)
    berlin.keep_outcome(OUTCOME)
    assert berlin.get(sha256) == b"paid for"
    assert berlin.share() == 3
    line.mend()
    hours.seconds += REST
    again = machine("berlin")  # the next run
    assert again.share() == 0
    tokyo = machine("tokyo")
    assert tokyo.get(sha256) == b"paid for"
    assert tokyo.plate("job") == PLATE
    assert tokyo.outcome(OUTCOME.fingerprint) == OUTCOME


def test_without_the_bucket_nobody_says_that_a_picture_is_missing(
    machine: Machine, line: Line
) -> None:
    line.cut()
    berlin = machine("berlin")
    with pytest.raises(StoreError):
        berlin.get("0" * 64)
    assert berlin.at_hand("0" * 64) is None
    assert berlin.plate("job") is None
    assert berlin.outcome("f") is None
    assert berlin.plates() == frozenset()


def test_a_program_that_ends_between_file_and_upload_owes_the_upload(
    tmp_path: pathlib.Path, machine: Machine
) -> None:
    berlin = machine("berlin")
    sha256 = berlin.put(b"one")
    ended = hashlib.sha256(b"two").hexdigest()
    (notes,) = (tmp_path / "berlin" / "owed").iterdir()
    for name in (sha256, ended):  # of the second there was no time to write the file
        (notes / f"pictures%2F{name[:2]}%2F{name}").touch()
    berlin.share()
    assert list(notes.glob("[!.]*")) == []
    assert machine("tokyo").get(sha256) == b"one"


def test_a_store_that_meets_its_first_bucket_brings_all_it_has(
    tmp_path: pathlib.Path, machine: Machine
) -> None:
    alone = Store(tmp_path / "berlin")
    sha256 = alone.put(b"old")
    alone.keep_plate("job", PLATE)
    assert machine("berlin").share() == 0
    tokyo = machine("tokyo")
    assert tokyo.get(sha256) == b"old"
    assert tokyo.plates() == {"job"}
