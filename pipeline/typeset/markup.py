"""Markup: Jinja templates of layouts and plates, and the shapes they draw."""

import functools
import hashlib
import math
import pathlib
import re

import jinja2
import jinja2.meta
from markupsafe import Markup

from pipeline.errors import TemplateError

_TAGS = re.compile(r"<style.*?</style>|<!--.*?-->|<[^>]*>", re.DOTALL)


def render_markup(folder: pathlib.Path, name: str, values: dict[str, object]) -> str:
    """Render an HTML template of the project.

    Args:
        folder: The folder of the templates.
        name: The file's name.
        values: What the template may use; strings are escaped.

    Raises:
        TemplateError: If the template is missing or wrong.
    """
    try:
        return _environment(folder).get_template(name).render(values)
    except jinja2.TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"{folder.name}/{name}" + (f":{line}" if line else "")
        raise TemplateError(f"templates/{where}: {error}; correct the template") from error


def text_in(markup: str) -> str:
    """Return what a person would read in rendered markup, without styles and comments."""
    return " ".join(_TAGS.sub(" ", markup).split())


def sources_sha256(folder: pathlib.Path, name: str) -> str:
    """Return the hash of a template and of all that it includes, imports or extends.

    A template that is missing, or cannot be parsed, still has a hash; rendering it reports it.
    """
    digest = hashlib.sha256()
    todo, seen = [name], set[str]()
    while todo:
        source = _source(folder / (current := todo.pop()))
        digest.update(f"{current}\0{source}\0".encode())
        seen.add(current)
        todo += sorted(_references(source) - seen - set(todo))
    return digest.hexdigest()


def _source(file: pathlib.Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


@functools.lru_cache(maxsize=256)
def _references(source: str) -> frozenset[str]:
    try:
        tree = jinja2.Environment(autoescape=True).parse(source)
    except jinja2.TemplateSyntaxError:
        return frozenset()
    return frozenset(filter(None, jinja2.meta.find_referenced_templates(tree)))


def star_points(points: int, inner: float) -> str:
    """Return the corners of a star in a box of 0 to 100, as SVG wants them.

    Args:
        points: Number of points.
        inner: Radius of the notches, 0 to 1.
    """
    corners = []
    for step in range(2 * points):
        radius = 50 * (inner if step % 2 else 1.0)
        angle = math.pi * step / points - math.pi / 2
        corners.append(f"{50 + radius * math.cos(angle):.2f},{50 + radius * math.sin(angle):.2f}")
    return " ".join(corners)


@functools.cache
def _environment(folder: pathlib.Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["star_points"] = star_points
    return environment


def safe(markup: str) -> Markup:
    """Mark markup that we made ourselves, with its text already escaped, as safe."""
    return Markup(markup)  # noqa: S704 - only called on markup of draw.py
