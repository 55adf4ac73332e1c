"""Templates of layouts and plates: escaped, named when they are wrong, hashed with their parts."""

import pathlib

import pytest

from pipeline.errors import TemplateError
from pipeline.typeset.markup import render_markup, safe, sources_sha256, star_points


def test_strings_are_escaped_and_our_own_markup_is_not(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.html.j2").write_text("{{ text }}{{ markup }}")
    values: dict[str, object] = {"text": "<b> & '", "markup": safe("<i>")}
    assert render_markup(tmp_path, "a.html.j2", values) == "&lt;b&gt; &amp; &#39;<i>"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% if %}", r"templates/.*/a\.html\.j2:1: Expected an expression"),
        ("{{ colour }}", r"templates/.*/a\.html\.j2: 'colour' is undefined; correct the template"),
        ("{% include 'b.html.j2' %}", r"b\.html\.j2"),
    ],
)
def test_a_wrong_template_is_named(tmp_path: pathlib.Path, source: str, message: str) -> None:
    (tmp_path / "a.html.j2").write_text(source)
    with pytest.raises(TemplateError, match=message):
        render_markup(tmp_path, "a.html.j2", {})


def test_a_missing_template_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(TemplateError, match=r"a\.html\.j2"):
        render_markup(tmp_path, "a.html.j2", {})


def test_the_hash_of_a_template_counts_what_it_imports_near_and_far(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / "a").write_text("{% import 'b' as b %}")
    (tmp_path / "b").write_text("{% include 'c' %}{% import 'a' as a %}")
    (tmp_path / "c").write_text("one")
    (tmp_path / "d").write_text("one")
    before = sources_sha256(tmp_path, "a")
    (tmp_path / "d").write_text("two")
    assert sources_sha256(tmp_path, "a") == before
    (tmp_path / "c").write_text("two")
    assert sources_sha256(tmp_path, "a") != before


def test_a_missing_or_broken_template_still_has_a_hash(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text("{% if %}")
    assert sources_sha256(tmp_path, "a") != sources_sha256(tmp_path, "b")


def test_a_star_has_two_corners_a_point_inside_its_box() -> None:
    corners = [tuple(map(float, pair.split(","))) for pair in star_points(20, 0.89).split()]
    assert len(corners) == 40
    assert corners[0] == pytest.approx((50, 0))
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in corners)
