"""The store: pictures by the hash of their bytes, and never anything else than those bytes."""

import dataclasses
import decimal
import hashlib
import pathlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.produce.outcome import Deliverable, Outcome, Plate, Status
from pipeline.produce.store import Store
from pipeline.typeset.setting import LineSetting, Row

PLATE = Plate(
    sha256="0" * 64,
    provider="studio",
    model="studio-1",
    prompt_sha256="1" * 64,
    seed=7,
    cost=decimal.Decimal("0.05"),
    reused=False,
)
OUTCOME = Outcome(
    variant="lunch--bowl",
    fingerprint="f" * 64,
    status=Status.ACCEPTED,
    reason="",
    deliverable=Deliverable(
        sha256="2" * 64, media_type="image/jpeg", width=300, height=250, bytes=9
    ),
    plate=PLATE,
    lettering={"price": "typeset"},
    ground=None,
    settings=(
        LineSetting(
            role="price",
            text="\u200f8.90\u00a0د.إ.\u200f",
            rows=(Row(text="8.90", x=0.1, y=1 / 3, width=99.99, height=12.0),),
            size=13.333333333333334,
            families=("Cairo", "Archivo"),
            weight=800,
            spacing=0.0,
            colour="#FFFFFF",
            align="right",
            direction="rtl",
            language="ar-AE",
            rotation=-7.0,
            origin=(1.5, 2.5),
            struck=True,
        ),
    ),
    contrasts={"price": 4.56},
    fonts={"Cairo.ttf": "3" * 64},
    engine="engine 1",
    proof=None,
    attempts=1,
    overview="4" * 64,
    crops=("5" * 64, None),
)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the store's folder."""
    return tmp_path / "work"


def pictures(folder: pathlib.Path) -> list[pathlib.Path]:
    return [path for path in (folder / "pictures").rglob("*") if path.is_file()]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=200))
def test_what_is_put_is_got_by_its_hash(store: Store, content: bytes) -> None:
    sha256 = store.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.get(sha256) == content


def test_putting_twice_writes_once(store: Store, folder: pathlib.Path) -> None:
    store.put(b"plate")
    (file,) = pictures(folder)
    before = file.stat()
    store.put(b"plate")
    assert pictures(folder) == [file]
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


@pytest.mark.parametrize("damage", [b"", b"pla", b"plat\x00", b"plates"])
def test_a_damaged_file_is_not_got_and_is_written_again(
    store: Store, folder: pathlib.Path, damage: bytes
) -> None:
    sha256 = store.put(b"plate")
    (file,) = pictures(folder)
    file.write_bytes(damage)
    assert store.get(sha256) is None
    assert store.put(b"plate") == sha256
    assert store.get(sha256) == b"plate"


def test_what_was_never_put_is_not_got(store: Store) -> None:
    assert store.get("0" * 64) is None
    assert store.plate("f") is None
    assert store.outcome("f") is None
    assert store.plates() == frozenset()


def test_a_plate_and_an_outcome_come_back_as_they_were_kept(store: Store) -> None:
    store.keep_plate("job", PLATE)
    store.keep_outcome(OUTCOME)
    assert store.plate("job") == PLATE
    assert store.outcome(OUTCOME.fingerprint) == OUTCOME
    assert store.plates() == {"job"}


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b"null", b'{"sha256": 1}', b"\xff"])
def test_a_torn_record_is_as_good_as_none(store: Store, folder: pathlib.Path, torn: bytes) -> None:
    store.keep_outcome(OUTCOME)
    store.keep_plate("job", PLATE)
    for file in folder.rglob("*.json"):
        file.write_bytes(torn)
    assert store.outcome(OUTCOME.fingerprint) is None
    assert store.plate("job") is None


def test_two_stores_of_one_folder_share_what_they_have(store: Store, folder: pathlib.Path) -> None:
    store.keep_outcome(OUTCOME)
    later = dataclasses.replace(OUTCOME, variant="lunch--bowl--later")
    Store(folder).keep_outcome(later)
    assert store.outcome(OUTCOME.fingerprint) == later
