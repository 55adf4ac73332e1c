"""Markup: Jinja templates of layouts and plates, and the shapes they draw."""

import functools
import math
import pathlib

import jinja2
from markupsafe import Markup

from pipeline.errors import TemplateError


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
