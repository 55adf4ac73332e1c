"""The page: everything on the desk as HTML; copy is data, and the network is never asked."""

import base64
import hashlib
import pathlib
from collections.abc import Sequence

import markupsafe

from pipeline.publish.gallery import environment_of
from pipeline.review.desk import Item, waiting


def render(items: Sequence[Item], by: str, token: str, pages: pathlib.Path) -> tuple[str, str]:
    """Return the page and its content security policy.

    Args:
        items: What is on the desk.
        by: Who decides.
        token: What a decision has to show, so that only this page can make one.
        pages: Folder of the templates, styles and scripts.
    """
    style = "".join(_text(pages / name) for name in ("gallery.css", "review.css"))
    script = _text(pages / "review.js")
    html = (
        environment_of(pages)
        .get_template("review.html.j2")
        .render(
            items=items,
            waiting=waiting(items),
            by=by,
            token=token,
            # These are files of ours and hold no copy; escaping would break their hashes.
            style=markupsafe.Markup(style),  # noqa: S704
            script=markupsafe.Markup(script),  # noqa: S704
        )
    )
    return html, _policy(style, script)


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self'",
            "connect-src 'self'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _text(file: pathlib.Path) -> str:
    return file.read_text(encoding="utf-8")
