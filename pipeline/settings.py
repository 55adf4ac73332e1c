"""Where things are on this machine: folders of the project, and what the environment says."""

import dataclasses
import pathlib
from collections.abc import Mapping

PROJECT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Folders and limits.

    Attributes:
        templates: Scenes, layouts, plates and pages.
        work: The image store, outcomes and the local Prefect server's data.
        workers: How many pictures are worked on at the same time.
    """

    templates: pathlib.Path
    work: pathlib.Path
    workers: int

    def template_names(self) -> tuple[str, ...]:
        """Return the names of all scene templates, sorted."""
        scenes = self.templates / "scenes"
        return tuple(sorted(path.name.removesuffix(".json.j2") for path in scenes.glob("*.j2")))


def read_settings(environment: Mapping[str, str], cores: int) -> Settings:
    """Return the settings.

    Args:
        environment: PROOFPRESS_TEMPLATES, PROOFPRESS_WORK and PROOFPRESS_WORKERS are read.
        cores: Number of processor cores, the default for workers.
    """
    return Settings(
        templates=pathlib.Path(environment.get("PROOFPRESS_TEMPLATES", PROJECT / "templates")),
        work=pathlib.Path(environment.get("PROOFPRESS_WORK", ".proofpress")),
        workers=max(1, int(environment.get("PROOFPRESS_WORKERS", str(cores)))),
    )
