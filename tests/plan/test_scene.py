"""Scenes: copy goes through byte for byte, or the template is refused by name and line."""

import json
import pathlib
import types
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import TemplateError
from pipeline.plan.lines import Line
from pipeline.plan.scene import Scene, render_scene, template_sha256

SCENE = """\
{
  "scene": "a lunch counter",
  "subjects": [{"description": {{ offer.subject }}}],
  "style": "photograph",
  "color_palette": ["#1B1210"],
  "lighting": "soft",
  "mood": "fresh",
  "background": {"description": "a wall", "kind": "sunburst", "colours": ["#FFF8EC"], "calm": "it"},
  "composition": "centred",
  "camera": {"angle": "from above", "lens": "85 mm lens"},
  "lettering": [
    {"name": "head", "place": {"x": 6, "y": 9, "width": 88, "height": 25}, "lines": [
      {"role": "headline", "text": {{ copy.headline }}, "colour": "#1B1210", "size": [5, 11]},
      {% if copy.legal is defined %}
      {"role": "legal", "text": {{ copy.legal }}, "colour": "#1B1210", "size": [2, 3]},
      {% endif %}
    ]},
  ]
}
"""

Render = Callable[..., Scene]


@pytest.fixture
def render(tmp_path: pathlib.Path) -> Render:
    """Return what renders a scene template with some copy."""

    def render_text(source: str = SCENE, **copy: str) -> Scene:
        (tmp_path / "odd.json.j2").write_text(source, "utf-8")
        lines = [Line.of(role, text) for role, text in (copy or {"headline": "Bowls"}).items()]
        values: dict[str, object] = {"offer": types.SimpleNamespace(subject="a bowl")}
        return render_scene(tmp_path, "odd", lines, values)

    return render_text


def refusal(render: Render, source: str, **copy: str) -> str:
    with pytest.raises(TemplateError) as caught:
        render(source, **copy)
    message = str(caught.value)
    assert message.startswith("templates/scenes/odd.json.j2")
    return message


@pytest.mark.parametrize(
    "copy",
    [
        'say "fresh"',
        "it's {fresh}, {{ copy.price }} {% raw %}",
        "back\\slash \\u0041 \\n \\",
        "</script><script>alert(1)</script>",
        "a, ] and a, }",
        '", "role": "price',
        "\u200f1,249.50\u00a0د.إ.\u200f",
        "ค\u200bข",
        "10\u202f000\u00a0€ – ½ ﬁ Å A\u030a",
        "&amp; &#39; <b>",
    ],
)
def test_copy_survives_byte_for_byte(render: Render, copy: str) -> None:
    assert render(headline=copy).texts() == {"headline": copy}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(copy=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_copy_survives_byte_for_byte(render: Render, copy: str) -> None:
    assert render(headline=copy).texts()["headline"].encode() == copy.encode()


@pytest.mark.parametrize(
    "altered",
    [
        "{{ copy.headline | upper }}",
        "{{ copy.headline | trim }}",
        "{{ copy.headline ~ '!' }}",
        '"Bowls"',
        '"{{ copy.headline }}"',
        "{{ copy.headline[:3] }}",
    ],
)
def test_a_template_that_alters_copy_is_refused(render: Render, altered: str) -> None:
    source = SCENE.replace("{{ copy.headline }}", altered)
    assert refusal(render, source, headline=" bowls ")


def test_the_refusal_shows_both_strings_and_the_way_out(render: Render) -> None:
    source = SCENE.replace("{{ copy.headline }}", "{{ copy.headline | upper }}")
    assert refusal(render, source, headline="Bowls").endswith(
        "the line headline is 'BOWLS', but the copy says 'Bowls'; write it as {{ copy.headline }}"
    )


def test_a_line_that_nobody_wrote_is_refused(render: Render) -> None:
    source = SCENE.replace('"role": "headline"', '"role": "slogan"')
    assert "the line slogan is 'Bowls', but the copy says None" in refusal(render, source)


def test_a_template_may_not_leave_out_a_price_or_a_legal_line(render: Render) -> None:
    assert "leaves out the line price; give it a place" in refusal(
        render, SCENE, headline="Bowls", price="8,90 €"
    )
    dropped = SCENE.replace("copy.legal is defined", "false")
    assert "leaves out the line legal; give it a place" in refusal(
        render, dropped, headline="Bowls", legal="Nur heute."
    )


def test_a_role_may_not_stand_twice(render: Render) -> None:
    source = SCENE.replace(
        '"role": "legal", "text": {{ copy.legal }}',
        '"role": "headline", "text": {{ copy.headline }}',
    )
    assert "a role stands twice" in refusal(render, source, headline="Bowls", legal="x")


def test_a_missing_variable_is_named_with_those_there_are(render: Render) -> None:
    source = SCENE.replace("copy.headline", "copy.headlin")
    assert refusal(render, source, headline="Bowls", legal="Nur heute.") == (
        "templates/scenes/odd.json.j2: 'types.SimpleNamespace object' has no attribute 'headlin'; "
        "the variables there are: copy.headline, copy.legal, offer.subject"
    )


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ copy.__class__ }}",
        "{{ copy.__dict__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{{ copy.headline.format.__self__ }}",
        "{{ '{0.__class__}'.format(copy) }}",
        "{{ (copy | attr('__class__')) }}",
        "{% set copy.headline = 'x' %}",
        "{{ self.__init__ }}",
        "{{ range(10000000) | list }}",
    ],
)
def test_the_sandbox_lets_nothing_out(render: Render, attack: str) -> None:
    refusal(render, SCENE.replace('"a lunch counter"', attack))


@pytest.mark.parametrize(
    "statement",
    [
        "{% include 'other.json.j2' %}",
        "{% include '../../pyproject.toml' %}",
        "{% include '/etc/passwd' %}",
        "{% import 'other.json.j2' as other %}",
        "{% from 'other.json.j2' import place %}",
        "{% extends 'other.json.j2' %}",
        "{% include name %}",
    ],
)
def test_a_scene_takes_nothing_from_other_files(
    render: Render, tmp_path: pathlib.Path, statement: str
) -> None:
    (tmp_path / "other.json.j2").write_text("{% macro place() %}{% endmacro %}")
    assert "a scene stands alone" in refusal(render, statement + SCENE)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{", "what it renders is not JSON"),
        ("", "what it renders is not JSON"),
        ("[]", "valid dictionary"),
        (SCENE.replace('"mood": "fresh",', ""), "mood: Field required"),
        (SCENE.replace('"mood"', '"moods": "x", "mood"'), "moods: Extra inputs"),
        (SCENE.replace("#FFF8EC", "#FFF8E"), "background.colours.0: String should match"),
        (SCENE.replace("#FFF8EC", "white"), "background.colours.0: String should match"),
        (SCENE.replace('"x": 6', '"x": 106'), "lettering.0.place.x: "),
        (SCENE.replace('"x": 6', '"x": {{ 1 / 0 }}'), "division by zero"),
        (SCENE.replace('"x": 6', '"x": {{ 1e999 }}'), "inf"),
        (SCENE.replace('"x": 6', '"x": {{ [1][5] }}'), "has no element 5"),
        ("{% if %}" + SCENE, ":1: Expected an expression"),
        (SCENE.replace("{{ offer.subject }}", "{{ offer.subject | shout }}"), "shout"),
        ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", "recursion"),
        (SCENE + " " * 200_000, "renders more than 200,000 characters"),
    ],
)
def test_what_is_not_a_scene_is_refused_in_words(render: Render, source: str, what: str) -> None:
    assert what in refusal(render, source)


def test_a_template_that_is_not_there_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(TemplateError, match=r"templates/scenes/none\.json\.j2 does not exist"):
        render_scene(tmp_path, "none", [], {})


def test_a_comma_may_follow_the_last_entry(render: Render) -> None:
    scene = render(headline="Bowls, ] }", legal="Nur, heute,}")
    assert scene.texts() == {"headline": "Bowls, ] }", "legal": "Nur, heute,}"}


def test_a_scene_is_the_json_that_a_model_can_read(render: Render) -> None:
    tree = json.loads(render().model_dump_json())
    assert list(tree)[:3] == ["scene", "subjects", "style"]
    assert tree["lettering"][0]["lines"][0]["text"] == "Bowls"


def test_the_hash_of_a_template_is_that_of_its_source(tmp_path: pathlib.Path) -> None:
    (tmp_path / "odd.json.j2").write_text("a")
    before = template_sha256(tmp_path, "odd")
    (tmp_path / "odd.json.j2").write_text("b")
    assert template_sha256(tmp_path, "odd") != before
