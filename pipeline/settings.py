"""Where things are on this machine: folders of the project, and what the environment says."""

import dataclasses
import pathlib
from collections.abc import Mapping

from pipeline.errors import UsageError

PROJECT = pathlib.Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Folders and limits.

    Attributes:
        templates: Scenes, layouts, plates and pages.
        work: The image store, outcomes and the local Prefect server's data.
        workers: How many pictures are worked on at the same time.
        tiers: The file of what accounts may have; it need not be there.
        ledger: Address of the ledger's database; it may hold a password, so it is not shown.
        store: Address of the bucket that several machines keep pictures and outcomes in, such
            as s3://creatives/store; empty if the work folder is all there is.
        deliver: Address of the bucket that finished days are copied to; empty for none.
        metrics: The file that each run writes its metrics to; None for none.
        cloud: AWS_* variables, which say where a bucket is and who asks; not shown.
        credentials: The files of certificate and private key by which pictures are signed; None
            if they are not.
    """

    templates: pathlib.Path
    work: pathlib.Path
    workers: int
    tiers: pathlib.Path = pathlib.Path("tiers.yaml")
    ledger: str = dataclasses.field(default="", repr=False)
    store: str = ""
    deliver: str = ""
    metrics: pathlib.Path | None = None
    cloud: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    credentials: tuple[pathlib.Path, pathlib.Path] | None = None

    @property
    def ledger_url(self) -> str:
        """Return the address of the ledger: SQLite in the work folder if none is set."""
        return self.ledger or f"sqlite:///{self.work.resolve() / 'ledger.sqlite3'}"

    def template_names(self) -> tuple[str, ...]:
        """Return the names of all scene templates, sorted."""
        scenes = self.templates / "scenes"
        return tuple(sorted(path.name.removesuffix(".json.j2") for path in scenes.glob("*.j2")))


def read_settings(environment: Mapping[str, str], cores: int) -> Settings:
    """Return the settings.

    Args:
        environment: PROOFPRESS_TEMPLATES, PROOFPRESS_WORK, PROOFPRESS_WORKERS,
            PROOFPRESS_TIERS, PROOFPRESS_LEDGER, PROOFPRESS_STORE, PROOFPRESS_DELIVER,
            PROOFPRESS_METRICS, PROOFPRESS_C2PA_CERTIFICATE, PROOFPRESS_C2PA_KEY and AWS_* are
            read.
        cores: Number of processor cores, the default for workers.

    Raises:
        UsageError: If PROOFPRESS_WORKERS is not a whole number, or one of certificate and key is
            missing.
    """
    workers = environment.get("PROOFPRESS_WORKERS", str(cores))
    if not workers.isdecimal():
        raise UsageError(f"PROOFPRESS_WORKERS is {workers!r}; set it to a number such as 2")
    return Settings(
        templates=pathlib.Path(environment.get("PROOFPRESS_TEMPLATES", PROJECT / "templates")),
        work=pathlib.Path(environment.get("PROOFPRESS_WORK", ".proofpress")),
        workers=max(1, int(workers)),
        tiers=pathlib.Path(environment.get("PROOFPRESS_TIERS", "tiers.yaml")),
        ledger=environment.get("PROOFPRESS_LEDGER", ""),
        store=environment.get("PROOFPRESS_STORE", ""),
        deliver=environment.get("PROOFPRESS_DELIVER", ""),
        metrics=pathlib.Path(file) if (file := environment.get("PROOFPRESS_METRICS")) else None,
        cloud={name: value for name, value in environment.items() if name.startswith("AWS_")},
        credentials=_credentials(environment),
    )


def _credentials(environment: Mapping[str, str]) -> tuple[pathlib.Path, pathlib.Path] | None:
    names = ("PROOFPRESS_C2PA_CERTIFICATE", "PROOFPRESS_C2PA_KEY")
    certificate, key = (environment.get(name, "") for name in names)
    if bool(certificate) != bool(key):
        raise UsageError(f"set both {names[0]} and {names[1]}, or neither")
    return (pathlib.Path(certificate), pathlib.Path(key)) if certificate else None
