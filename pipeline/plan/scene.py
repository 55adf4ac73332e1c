"""Scenes: the JSON a Jinja template renders, the one contract of picture and words."""

import functools
import hashlib
import json
import pathlib
import re
import types
from collections.abc import Iterable
from typing import Any, Literal

import jinja2
import jinja2.meta
import pydantic
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import TemplateError
from pipeline.plan.lines import Line
from pipeline.typeset.block import Block, Colour, Part, Place

_LONGEST = 200_000
_LAST_COMMA = re.compile(r'((?:[^",]++|"(?:[^"\\]++|\\.)*+"|,(?!\s*[\]}]))++)|,')
"""A comma before a closing bracket, outside strings: templates may leave one there. What lies
between two of them is one match, and nothing in it is tried twice."""
_FAULTS = (
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    NameError,
    RecursionError,
    MemoryError,
)
"""What an expression of a template may raise, such as a division by zero."""
_NEVER_DROPPED = ("legal", "price")
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


class Subject(Part):
    """What the picture shows.

    Attributes:
        description: In English, for the image model.
        place: Where it stands; None leaves it to the model.
        picture: Whether it is the campaign's own product picture.
    """

    description: str
    place: Place | None = None
    picture: bool = False


class Camera(Part):
    """How the picture is taken."""

    angle: str
    lens: str


class Backdrop(Part):
    """What the studio paints behind the subject, and where a model is to leave room.

    Attributes:
        description: For the image model.
        kind: Name of the plate template.
        colours: From dark to light, or in the order the plate template takes them.
        calm: Where the words will stand, in words for the image model.
    """

    description: str
    kind: str
    colours: tuple[Colour, ...]
    calm: str


class Logo(Part):
    """Where the brand's logo is set, if it has one, in the place of its written name."""

    place: Place
    align: Literal["start", "center"] = "start"


class Scene(Part):
    """A scene; the first keys are those of the FLUX.2 JSON prompt."""

    scene: str
    subjects: tuple[Subject, ...]
    style: str
    color_palette: tuple[Colour, ...]
    lighting: str
    mood: str
    background: Backdrop
    composition: str
    camera: Camera
    logo: Logo | None = None
    lettering: tuple[Block, ...]

    def texts(self) -> dict[str, str]:
        """Return role to text for every line of the scene."""
        return {line.role: line.text for block in self.lettering for line in block.lines}


def render_scene(
    folder: pathlib.Path, name: str, lines: Iterable[Line], values: dict[str, object]
) -> Scene:
    """Render a scene template and check what came out.

    Args:
        folder: The folder of the scene templates.
        name: The template's name, without its ending.
        lines: The finished lines; a template reaches their texts as `copy.<role>`.
        values: What else a template may use: `brand`, `palette`, `format`, `offer`.

    Every expression is written as a JSON value, so copy cannot break out of its string.

    Raises:
        TemplateError: If a variable is missing, the result is not a scene, or a line of it
            differs from the copy by as much as one byte.
    """
    copy = {line.role: line.text for line in lines}
    values = {**values, "copy": types.SimpleNamespace(**copy)}
    scene = _parse(name, _render(folder, name, values))
    _check(name, scene, copy)
    return scene


def template_sha256(folder: pathlib.Path, name: str) -> str:
    """Return the hash of a scene template's source."""
    return hashlib.sha256((folder / f"{name}.json.j2").read_bytes()).hexdigest()


def _render(folder: pathlib.Path, name: str, values: dict[str, object]) -> str:
    file = f"{name}.json.j2"
    try:
        text = _standing_alone(folder, file).render(values)
    except jinja2.UndefinedError as error:
        have = ", ".join(sorted(_variables(values)))
        msg = f"templates/scenes/{file}: {error.message}; the variables there are: {have}"
        raise TemplateError(msg) from error
    except jinja2.TemplateSyntaxError as error:
        msg = f"templates/scenes/{file}:{error.lineno}: {error.message}; correct the template"
        raise TemplateError(msg) from error
    except jinja2.TemplateNotFound as error:
        msg = f"templates/scenes/{file} does not exist; correct `template:` in the campaign"
        raise TemplateError(msg) from error
    except (jinja2.TemplateError, *_FAULTS) as error:
        msg = f"templates/scenes/{file}: {error}; correct the template"
        raise TemplateError(msg) from error
    return text


def _standing_alone(folder: pathlib.Path, file: str) -> jinja2.Template:
    """Return a template that takes nothing from other files, so that its hash says it all."""
    template = _environment(folder).get_template(file)
    if _takes_from_others(template, folder / file):
        raise jinja2.TemplateRuntimeError("a scene stands alone: it includes and imports nothing")
    return template


@functools.lru_cache(maxsize=256)
def _takes_from_others(_: jinja2.Template, file: pathlib.Path) -> bool:
    """Return whether a template names other files; asked once until its file is loaded anew."""
    tree = jinja2.Environment(autoescape=True).parse(file.read_text("utf-8"))
    return any(True for _ in jinja2.meta.find_referenced_templates(tree))


def _variables(values: dict[str, object]) -> Iterable[str]:
    for name, value in values.items():
        inner = vars(value) if isinstance(value, types.SimpleNamespace) else {}
        yield from (f"{name}.{key}" for key in inner)
        if not inner:
            yield name


def _parse(name: str, text: str) -> Scene:
    where = f"templates/scenes/{name}.json.j2"
    if len(text) > _LONGEST:
        raise TemplateError(f"{where}: renders more than {_LONGEST:,} characters; shorten it")
    try:
        tree: Any = json.loads(_LAST_COMMA.sub(lambda match: match[1] or "", text))
    except json.JSONDecodeError as error:
        msg = f"{where}: what it renders is not JSON: {error.msg}, line {error.lineno} of the JSON"
        raise TemplateError(f"{msg}; look for a missing or trailing comma") from error
    try:
        return Scene.model_validate(tree)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise TemplateError(f"{where}: {path}: {first['msg']}; correct the template") from error


def _check(name: str, scene: Scene, copy: dict[str, str]) -> None:
    where = f"templates/scenes/{name}.json.j2"
    roles = [line.role for block in scene.lettering for line in block.lines]
    if len(roles) != len(set(roles)):
        raise TemplateError(f"{where}: a role stands twice in the lettering; remove one")
    for role, text in scene.texts().items():
        if text.encode() != copy.get(role, "").encode():
            msg = f"{where}: the line {role} is {text!r}, but the copy says {copy.get(role)!r}"
            raise TemplateError(f"{msg}; write it as {{{{ copy.{role} }}}}")
    for role in _NEVER_DROPPED:
        if role in copy and role not in roles:
            raise TemplateError(f"{where}: leaves out the line {role}; give it a place")


def _as_json(value: object) -> str:
    if isinstance(value, jinja2.Undefined):
        str(value)  # raises, and names the variable
    return _JSON.encode(value)


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which need not look for the ways out of what has none."""

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Return whether a template may use an attribute; of our namespaces, what we put there."""
        if type(obj) is types.SimpleNamespace:
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


@functools.cache
def _environment(folder: pathlib.Path) -> ImmutableSandboxedEnvironment:
    return _Sandbox(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        finalize=_as_json,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
