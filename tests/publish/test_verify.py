"""Verify: what was delivered is still what was proved."""

import dataclasses
import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.errors import UsageError
from pipeline.plan.lines import Line, Policy
from pipeline.plan.plan import Plan
from pipeline.proof.verdict import ExtraText, LineProof, Proof, Verdict
from pipeline.publish.manifest import read_manifest, write_manifest
from pipeline.publish.verify import stands, verify
from pipeline.typeset.setting import LineSetting

MakePlan = Callable[..., Plan]
Export = Callable[..., pathlib.Path]


@dataclasses.dataclass
class Prover:
    """Passes everything but pictures of one locale, and remembers what it was asked.

    Attributes:
        fails: The locale whose pictures fail.
    """

    fails: str = ""
    asked: list[tuple[str, tuple[Line, ...], tuple[LineSetting, ...]]] = dataclasses.field(
        default_factory=list
    )

    def prove(  # noqa: PLR0913 - as the real one
        self,
        image: npt.NDArray[np.uint8],
        lines: Sequence[Line],
        locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",
        allowed: frozenset[str] = frozenset(),
        *,
        ground: npt.NDArray[np.uint8] | None = None,
        plate: npt.NDArray[np.uint8] | None = None,  # noqa: ARG002 - one signature
    ) -> Proof:
        assert image.shape == (250, 300, 3)
        assert (extra_text, allowed) == ("fail", frozenset())
        assert ground is not None
        assert ground.shape == image.shape
        self.asked.append((locale, tuple(lines), tuple(settings)))
        failed = locale == self.fails
        said = LineProof(
            role="price",
            expected="8,90 €",
            read="3,90 €",
            verdict=Verdict.FAIL,
            box=None,
            reader="said",
            confidence=1.0,
            shape=None,
            reason="reads 3,90 €",
        )
        extra = ExtraText(text="50 %", box=(0, 0, 1, 1), reason="extra")
        return Proof(
            verdict=Verdict.FAIL if failed else Verdict.PASS,
            lines=(said,) if failed else (),
            extra=(extra,) if failed else (),
            readers={},
            ms=1,
        )


def found(folder: pathlib.Path, prover: Prover) -> dict[str, str]:
    """Return file name to what is wrong with it."""
    return {
        finding.file.relative_to(folder).as_posix(): finding.what
        for finding in verify(folder, prover)
    }


def test_what_was_delivered_as_proved_has_no_fault(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    prover = Prover()
    faults = found(manifest.parent, prover)
    assert len(faults) == 3
    assert set(faults.values()) == {""}
    assert [locale for locale, *_ in prover.asked] == ["de_CH", "fr_CH", "de_DE"]


def test_the_proof_is_asked_of_the_same_lines_and_settings_as_before(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan())
    prover = Prover()
    found(manifest.parent, prover)
    _, lines, settings = prover.asked[-1]
    price = next(line for line in lines if line.role == "price")
    assert (price.text, price.policy) == ("8,90\u00a0€", Policy.EXACT_NUMBER)
    assert settings[0].rows[0].x == 1 / 3
    assert isinstance(settings[0].families, tuple)


def test_one_changed_byte_is_found(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    file = next(manifest.parent.glob("de/*.jpg"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    faults = found(manifest.parent, Prover())
    assert faults[f"de/{file.name}"] == "is not the file that was proved (its hash differs)"
    assert sum(bool(what) for what in faults.values()) == 1


def test_the_picture_is_checked_again_by_the_thresholds_of_its_day(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan(("drawn: off", "drawn: 2")))
    faults = found(manifest.parent, Prover())
    assert len(faults) == 3
    assert all(what.startswith("blank: words aside, only 0.0 %") for what in faults.values())


def test_a_missing_file_is_found(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    file = next(manifest.parent.glob("de/*.jpg"))
    file.unlink()
    assert found(manifest.parent, Prover())[f"de/{file.name}"] == "is missing"


def test_a_file_that_no_manifest_names_is_found(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    (manifest.parent / "de" / "bowl-copy.jpg").write_bytes(b"x")
    assert found(manifest.parent, Prover())["de/bowl-copy.jpg"] == "is not in the manifest"


def test_a_proof_that_fails_now_is_found_with_its_reasons(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    faults = found(manifest.parent, Prover(fails="de_DE"))
    (what,) = filter(None, faults.values())
    assert what == "price: reads 3,90 €; not asked for: '50 %'"


def test_a_changed_string_of_the_manifest_is_asked_of_the_picture(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan())
    text = manifest.read_text("utf-8").replace("8,90", "9,90")
    manifest.write_text(text, "utf-8")
    prover = Prover()
    found(manifest.parent, prover)
    asked = {line.text for _, lines, _ in prover.asked for line in lines}
    assert "9,90\u00a0€" in asked


def test_held_creatives_are_neither_proved_again_nor_called_unnamed(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan(), held=("fr_CH",))
    prover = Prover()
    assert len(found(manifest.parent, prover)) == 2
    assert "fr_CH" not in {locale for locale, *_ in prover.asked}


def test_every_day_below_a_folder_is_verified(
    plan: MakePlan, export: Export, tmp_path: pathlib.Path
) -> None:
    export(plan())
    export(plan(day=plan().variants[0].day.replace(day=2)))
    assert len(found(tmp_path / "out", Prover())) == 6


def test_a_folder_without_a_manifest_has_nothing_to_find(tmp_path: pathlib.Path) -> None:
    assert found(tmp_path, Prover()) == {}


def test_a_manifest_that_cannot_be_read_is_named(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    assert read_manifest(manifest)
    manifest.write_text("{")
    with pytest.raises(UsageError, match=r"manifest\.json: cannot be read"):
        found(manifest.parent, Prover())


def test_a_creative_whose_evidence_is_gone_cannot_be_proved(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    ground = read_manifest(manifest)["creatives"][0]["ground"]
    (manifest.parent / "evidence" / f"{ground}.jpg").unlink()
    faults = found(manifest.parent, Prover())
    assert any(f"evidence/{ground}.jpg is missing or changed" in w for w in faults.values())


@pytest.mark.parametrize("held", [(), ("de_CH",)])
def test_a_picture_of_the_proof_that_is_gone_or_changed_is_found(
    plan: MakePlan, export: Export, held: tuple[str, ...]
) -> None:
    manifest = export(plan(), held=held)
    (record, *_) = read_manifest(manifest)["creatives"]
    assert record["locale"] == "de_CH"
    names = [f"evidence/{sha256}.jpg" for sha256 in (record["overview"], record["crops"][0])]
    (manifest.parent / names[0]).unlink()
    (manifest.parent / names[1]).write_bytes(b"torn")
    faults = found(manifest.parent, Prover())
    assert {name: what for name, what in faults.items() if what} == {
        names[0]: "is missing; run the campaign again",
        names[1]: "is not the picture of the proof; run the campaign again",
    }
    assert not stands(manifest.parent, record)


def test_a_manifest_of_before_there_were_pictures_of_the_proof_is_verified(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan())
    older = read_manifest(manifest)
    for record in older["creatives"]:
        for sha256 in (record.pop("overview"), *record.pop("crops")):
            (manifest.parent / "evidence" / f"{sha256}.jpg").unlink(missing_ok=True)
    write_manifest(manifest.parent, older)
    assert set(found(manifest.parent, Prover()).values()) == {""}
    assert stands(manifest.parent, older["creatives"][0])
