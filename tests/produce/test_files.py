"""Files are written whole: the old content or the new, and nothing in between."""

import pathlib
import subprocess
import sys
import textwrap

import pytest

from pipeline.files import also_named, write_whole


def test_a_file_is_written_with_its_folder(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "a" / "b" / "file.txt"
    write_whole(file, b"new")
    assert file.read_bytes() == b"new"
    assert [path.name for path in file.parent.iterdir()] == ["file.txt"]
    (tmp_path / "plain").touch(0o644)
    assert file.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_file_is_replaced(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file.txt"
    file.write_bytes(b"old")
    write_whole(file, b"")
    assert file.read_bytes() == b""


FULL_DISK = """
    import pathlib, resource, signal, sys
    from pipeline.files import write_whole

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    write_whole(pathlib.Path(sys.argv[1]), b"small")
    try:
        write_whole(pathlib.Path(sys.argv[1]), b"x" * 5000)
    except OSError as error:
        print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "file.txt"
    said = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(file)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert said.stdout == "OSError\n"
    assert file.read_bytes() == b"small"
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_folder_in_the_way_leaves_no_temporary_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file.txt").mkdir()
    (tmp_path / "file.txt" / "inside").touch()
    with pytest.raises(OSError, match=r"file\.txt"):
        write_whole(tmp_path / "file.txt", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file.txt"]


def test_a_second_name_shows_the_same_file(tmp_path: pathlib.Path) -> None:
    file, path = tmp_path / "file", tmp_path / "a" / "b" / "other"
    file.write_bytes(b"all of it")
    assert also_named(file, path)
    assert also_named(file, path)
    assert path.read_bytes() == b"all of it"
    assert path.samefile(file)


def test_another_file_keeps_its_name(tmp_path: pathlib.Path) -> None:
    file, path = tmp_path / "file", tmp_path / "other"
    file.write_bytes(b"new")
    path.write_bytes(b"old")
    assert not also_named(file, path)
    assert path.read_bytes() == b"old"


def test_what_is_missing_gets_no_second_name(tmp_path: pathlib.Path) -> None:
    assert not also_named(tmp_path / "nothing", tmp_path / "folder" / "other")
    assert not (tmp_path / "folder" / "other").exists()


@pytest.mark.skipif(not pathlib.Path("/proc/self/status").exists(), reason="a second file system")
def test_another_file_system_gives_no_second_name(tmp_path: pathlib.Path) -> None:
    assert not also_named("/proc/self/status", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_file_under_two_names_is_replaced_under_one(tmp_path: pathlib.Path) -> None:
    file, path = tmp_path / "file", tmp_path / "other"
    file.write_bytes(b"old")
    assert also_named(file, path)
    write_whole(path, b"new")
    assert (file.read_bytes(), path.read_bytes()) == (b"old", b"new")
