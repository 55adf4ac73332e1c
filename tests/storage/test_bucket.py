"""The bucket: a real S3 server, a line that is cut, and errors that say what to do."""

import logging
import traceback
from collections.abc import Mapping

import pytest

from pipeline.errors import StoreError, UsageError
from pipeline.storage.bucket import REST, Bucket, open_bucket
from tests.storage.conftest import Hours
from tests.storage.servers import SECRET, Line


def test_what_is_put_is_got_and_what_was_never_put_is_none(bucket: Bucket) -> None:
    bucket.put("a/b", b"one")
    bucket.put("a/b", b"two")
    found = bucket.get("a/b")
    assert found is not None
    assert found.content == b"two"
    assert bucket.get("a/c") is None
    assert list(bucket.names("a")) == ["a/b"]
    assert list(bucket.names("b")) == []


def test_what_is_removed_is_gone_however_often_it_is_removed(bucket: Bucket) -> None:
    bucket.put("x", b"")
    bucket.remove("x")
    bucket.remove("x")
    assert bucket.get("x") is None


def test_of_two_who_replace_the_same_the_second_is_told(bucket: Bucket) -> None:
    assert bucket.replace("m", b"1", None)
    assert not bucket.replace("m", b"2", None)
    before = bucket.get("m")
    assert bucket.replace("m", b"3", before)
    assert not bucket.replace("m", b"4", before)
    found = bucket.get("m")
    assert found is not None
    assert found.content == b"3"


def test_two_prefixes_of_one_bucket_see_nothing_of_each_other(
    address: str, cloud: Mapping[str, str], bucket: Bucket
) -> None:
    other = open_bucket(f"{address.rpartition('/')[0]}/other/", cloud)
    bucket.put("x", b"ours")
    assert other.get("x") is None


def test_a_connection_that_is_cut_twice_is_tried_again(bucket: Bucket, line: Line) -> None:
    line.cut(2)
    bucket.put("x", b"through")
    line.cut(2)
    found = bucket.get("x")
    assert found is not None
    assert found.content == b"through"


def test_a_bucket_that_has_gone_is_an_error_that_says_what_to_do_and_then_left_alone(
    bucket: Bucket, line: Line, hours: Hours, caplog: pytest.LogCaptureFixture
) -> None:
    bucket.put("x", b"1")
    line.cut()
    with pytest.raises(StoreError, match="see that AWS_ENDPOINT_URL is right and the server runs"):
        bucket.put("x", b"2")
    calls = line.calls
    assert 2 <= calls <= 10
    with pytest.raises(StoreError, match="did not answer"):
        bucket.get("x")
    assert line.calls == calls
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    line.mend()
    hours.seconds += REST
    found = bucket.get("x")
    assert found is not None
    assert found.content == b"1"


def test_a_bucket_that_does_not_exist_is_no_bucket_without_objects(
    cloud: Mapping[str, str],
) -> None:
    with pytest.raises(StoreError, match="there is no such bucket"):
        open_bucket("s3://nobody-made-this", cloud).get("x")
    with pytest.raises(StoreError, match="there is no such bucket"):
        open_bucket("s3://nobody-made-this", cloud).put("x", b"")


@pytest.mark.parametrize(
    "address", ["s3://", "s3://A", "http://x/y", "/x/y", "s3://name?x=1", "bucket", "s3://a b"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="s3://<bucket>/<prefix>"):
        open_bucket(address, {})


def test_no_credential_is_in_an_error_or_in_a_log(
    bucket: Bucket, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.cut()
    with pytest.raises(StoreError) as caught:
        bucket.put("x", b"")
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(bucket)
    assert SECRET not in shown
    assert "nobody" not in shown
