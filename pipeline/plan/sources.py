"""Sources: the hashes of the templates that a plan is made with, each read once for the plan."""

import pathlib
from collections.abc import Callable

from pipeline.plan.scene import template_sha256
from pipeline.typeset.markup import sources_sha256


class Templates:
    """The folder of all templates.

    Args:
        folder: The folder; in it are those of scenes, layouts and plates.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.scenes = folder / "scenes"
        self._layouts, self._plates = folder / "layouts", folder / "plates"
        self._known: dict[tuple[pathlib.Path, str], str] = {}

    def scene_sha256(self, name: str) -> str:
        """Return the hash of a scene template."""
        return self._once(template_sha256, self.scenes, name)

    def layout_sha256(self, name: str) -> str:
        """Return the hash of a layout and of all that it takes from other files."""
        return self._once(sources_sha256, self._layouts, f"{name}.html.j2")

    def plate_sha256(self, kind: str) -> str:
        """Return the hash of a plate template and of all that it takes from other files."""
        return self._once(sources_sha256, self._plates, f"{kind}.html.j2")

    def _once(
        self, hash_of: Callable[[pathlib.Path, str], str], folder: pathlib.Path, name: str
    ) -> str:
        if (folder, name) not in self._known:
            self._known[folder, name] = hash_of(folder, name)
        return self._known[folder, name]
