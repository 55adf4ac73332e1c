"""What providers declare: prices by the megapixel, and where a key may go."""

import dataclasses
import decimal
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.plan.addresses import Origin, addressed, origin_of
from pipeline.plan.catalogue import capabilities, megapixels, providers

USD = decimal.Decimal


def parts_of(value: object) -> Mapping[str, object]:
    assert dataclasses.is_dataclass(value)
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


@pytest.mark.parametrize("name", providers())
def test_every_provider_says_when_its_prices_were_read_and_prices_every_model(name: str) -> None:
    able = capabilities(name)
    assert able.name == name
    assert able.read.startswith("20")
    for model in able.models.values():
        assert all(isinstance(price, decimal.Decimal) for price in parts_of(model.price).values())
        assert model.size.least <= model.size.most


@pytest.mark.parametrize(
    ("provider", "models"),
    [
        ("runflow", ["flux-2-flex", "flux-2-pro", "flux-2-max", "flux-2-turbo"]),
        ("fal", ["flux-2-flex", "flux-2-pro", "flux-2-max", "flux-2-turbo"]),
        (
            "bfl",
            ["flux-2-flex", "flux-2-pro", "flux-2-max", "flux-2-klein-4b", "flux-2-klein-9b"],
        ),
    ],
)
def test_the_models_of_each_provider(provider: str, models: list[str]) -> None:
    assert list(capabilities(provider).models) == models


@pytest.mark.parametrize(
    ("provider", "model", "size", "references", "price"),
    [
        ("runflow", "flux-2-flex", (1024, 1024), [], "0.05"),
        ("runflow", "flux-2-flex", (1088, 1088), [], "0.10"),
        ("runflow", "flux-2-flex", (1024, 1024), [1, 4], "0.30"),
        ("runflow", "flux-2-pro", (2048, 2048), [], "0.075"),  # the vendor's own examples
        ("runflow", "flux-2-pro", (4096, 4096), [], "0.255"),
        ("fal", "flux-2-turbo", (1024, 1025), [], "0.016"),
        ("bfl", "flux-2-max", (1088, 1360), [1], "0.13"),
        ("bfl", "flux-2-klein-9b", (16, 16), [], "0.015"),
    ],
)
def test_prices_count_whole_megapixels_made_and_given(
    provider: str, model: str, size: tuple[int, int], references: list[int], price: str
) -> None:
    assert capabilities(provider).model(model).price.of(*size, references) == USD(price)


def test_a_model_that_a_provider_lacks_is_named_with_those_it_has() -> None:
    with pytest.raises(UsageError, match="bfl has no model 'flux-2-turbo'; use one of: flux-2-fle"):
        capabilities("bfl").model("flux-2-turbo")
    assert capabilities("studio").model("flux-2-turbo").slug == "studio-1"


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_megapixel_is_2_to_the_20_pixels_rounded_up(width: int, height: int) -> None:
    pixels = width * height
    assert (megapixels(width, height) - 1) * 2**20 < pixels <= megapixels(width, height) * 2**20


@pytest.mark.parametrize("name", ["runflow", "fal", "bfl"])
def test_every_address_of_a_provider_is_https_and_one_that_its_key_may_go_to(name: str) -> None:
    able = capabilities(name)
    allowed = [origin_of(host) for host in able.key_hosts]
    for purpose, url in able.urls.items():
        found = origin_of(url)
        assert found is not None
        assert found.scheme == "https"
        if purpose != "jwks":  # read without the key
            assert any(one and one.covers(found) for one in allowed)


def test_a_replaced_address_is_the_only_one_that_the_key_may_go_to() -> None:
    base = "http://127.0.0.1:4010"
    fal = addressed(capabilities("fal"), {"PROOFPRESS_FAL_URL": f"{base}/"})
    assert fal.key_hosts == (base,)
    assert dict(fal.urls) == {
        "queue": f"{base}/fal-queue",
        "sync": f"{base}/fal-run",
        "platform": f"{base}/fal-api",
        "jwks": f"{base}/fal-api/.well-known/jwks.json",
    }
    bfl = addressed(capabilities("bfl"), {"PROOFPRESS_BFL_URL": f"{base}/bfl"})
    assert (bfl.key_hosts, dict(bfl.urls)) == ((base,), {"api": f"{base}/bfl"})
    other = {"PROOFPRESS_FAL_URL": base}
    assert addressed(capabilities("runflow"), other) is capabilities("runflow")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.test/v1",
        "ftp://127.0.0.1/",
        "https://user@api.example.test/",
        "https://api.example.test\\@evil.test/",
        "not an address",
        "https://api.example.test:port/",
    ],
)
def test_an_address_that_would_leak_the_key_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="PROOFPRESS_RUNFLOW_URL is not an https address"):
        addressed(capabilities("runflow"), {"PROOFPRESS_RUNFLOW_URL": url})


@pytest.mark.parametrize(
    ("url", "covered"),
    [
        ("https://api.bfl.ai/v1/get_result?id=1", True),
        ("https://API.EU2.BFL.AI/v1", True),
        ("https://api.bfl.ai:443/", True),
        ("https://bfl.ai/", False),
        ("https://evilbfl.ai/", False),
        ("https://api.bfl.ai.evil.test/", False),
        ("https://api.bfl.ai:8443/", False),
        ("http://api.bfl.ai/", False),
    ],
)
def test_a_wildcard_covers_the_names_before_the_rest_and_nothing_else(
    url: str, *, covered: bool
) -> None:
    found = origin_of(url)
    assert found is not None
    assert Origin("https", "*.bfl.ai", 443).covers(found) is covered


def test_an_unknown_provider_has_no_capabilities() -> None:
    with pytest.raises(UsageError, match="no provider 'midas'"):
        capabilities("midas")
