"""Programs that hang, crash, leave children behind, or never stop talking."""

import os
import pathlib
import signal
import sys
import time

import pytest

from pipeline.proof.calling import MOST_MEMORY, MOST_SAID, answer_of
from tests.fakes import script

SECONDS = 0.2


def alive(pid: int) -> bool:
    """Return whether a process still runs; one that nobody waited for is dead."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def survivors(file: pathlib.Path) -> list[int]:
    """Return which of the processes that wrote their numbers are there a moment later."""
    pids = [int(line) for line in file.read_text("ascii").split()]
    assert pids
    patience = time.monotonic() + 2
    while any(map(alive, pids)) and time.monotonic() < patience:
        time.sleep(0.01)
    return [pid for pid in pids if alive(pid)]


def test_what_a_program_prints_is_returned(tmp_path: pathlib.Path) -> None:
    given = os.urandom(300_000)
    assert answer_of([script(tmp_path / "echo", "cat")], given, 20) == given
    assert answer_of([script(tmp_path / "mute", "exit 0")], b"", 20) == b""
    assert answer_of([script(tmp_path / "deaf", "echo no")], given, 20) == b"no\n"


@pytest.mark.parametrize(
    "body",
    ["echo right; exit 3", "echo right; kill -SEGV $$", "echo right; kill -KILL $$"],
    ids=["exit code", "segmentation fault", "killed"],
)
def test_a_crash_is_no_answer_whatever_was_said_before(tmp_path: pathlib.Path, body: str) -> None:
    assert answer_of([script(tmp_path / "crash", body)], b"", 20) is None


@pytest.mark.parametrize(
    "body",
    [
        "sleep 60",
        "trap '' TERM INT HUP; sleep 60",
        "exec >&-; sleep 60",
        "echo begun; sleep 60",
        "while :; do echo drip; sleep 0.01; done",
        "sleep 60 & echo $! >> '{pids}'; wait",
        "sleep 60 & echo $! >> '{pids}'; echo done",
    ],
    ids=["sleeps", "ignores signals", "closes", "stops", "drips", "child", "child at its pipe"],
)
def test_what_does_not_end_is_ended_with_all_its_children(
    tmp_path: pathlib.Path, body: str
) -> None:
    pids = tmp_path / "pids"
    hangs = script(tmp_path / "hang", f"echo $$ >> '{pids}'\n" + body.format(pids=pids))
    begun = time.monotonic()
    assert answer_of([hangs], b"x" * 300_000, SECONDS) is None
    assert time.monotonic() - begun < SECONDS + 2
    assert survivors(pids) == []


def test_a_child_that_outlives_its_parent_is_ended(tmp_path: pathlib.Path) -> None:
    pids = tmp_path / "pids"
    leaves = script(tmp_path / "leave", f"sleep 60 > {os.devnull} & echo $! > '{pids}'; echo done")
    assert answer_of([leaves], b"", 20) == b"done\n"
    assert survivors(pids) == []


def test_no_process_is_left_waiting_to_be_buried(tmp_path: pathlib.Path) -> None:
    pids = tmp_path / "pids"
    for body in ("trap '' TERM; sleep 60", "exit 1", "exit 0"):
        answer_of([script(tmp_path / "ends", f"echo $$ > '{pids}'; {body}")], b"", 0.2)
        assert not pathlib.Path("/proc", pids.read_text("ascii").strip()).exists()


def test_endless_talk_is_cut_off(tmp_path: pathlib.Path) -> None:
    pids = tmp_path / "pids"
    begun = time.monotonic()
    talks = script(tmp_path / "talk", f"echo $$ > '{pids}'; exec yes 8,99")
    assert answer_of([talks], b"", 60) is None
    assert time.monotonic() - begun < 20
    assert survivors(pids) == []
    much = script(tmp_path / "much", f"head -c {MOST_SAID} /dev/zero")
    assert len(answer_of([much], b"", 60) or b"") == MOST_SAID


def test_a_program_gets_only_so_much_memory_and_disk(tmp_path: pathlib.Path) -> None:
    # Limits are set a moment after the start.
    greedy = f"sleep 0.2; {sys.executable} -c 'bytearray({MOST_MEMORY}); print(1)'"
    assert answer_of([script(tmp_path / "greedy", greedy)], b"", 20) is None
    modest = f"{sys.executable} -c 'bytearray({MOST_MEMORY // 8}); print(1)'"
    assert answer_of([script(tmp_path / "modest", modest)], b"", 20) == b"1\n"
    fills = f"sleep 0.2; truncate -s 100M '{tmp_path}/large' && echo filled"
    assert answer_of([script(tmp_path / "fills", fills)], b"", 20) is None


def test_an_interrupted_call_leaves_nothing_running(tmp_path: pathlib.Path) -> None:
    pids = tmp_path / "pids"
    hangs = script(tmp_path / "hang", f"echo $$ > '{pids}'; sleep 60")

    def interrupted() -> float:
        if pids.exists() and pids.read_text("ascii"):
            raise KeyboardInterrupt
        time.sleep(0.01)
        return 0.0

    # The clock is asked before every wait, and one answer a second wakes each of them.
    ticks = script(tmp_path / "tick", f"while :; do echo tick; sleep 0.05; done & exec '{hangs}'")
    with pytest.raises(KeyboardInterrupt):
        answer_of([ticks], b"", 60, interrupted)
    assert survivors(pids) == []


def test_what_cannot_be_started_is_an_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text").write_text("no program", "utf-8")
    for path in (tmp_path / "none", tmp_path / "text", tmp_path):
        with pytest.raises(OSError, match=r"."):
            answer_of([str(path)], b"", 1)


def test_signals_are_as_they_were(tmp_path: pathlib.Path) -> None:
    before = signal.getsignal(signal.SIGCHLD), signal.getsignal(signal.SIGINT)
    answer_of([script(tmp_path / "echo", "cat")], b"", 20)
    assert (signal.getsignal(signal.SIGCHLD), signal.getsignal(signal.SIGINT)) == before
