"""Real pictures with hand-checked labels: what three ways of proofreading make of them.

- naive: Tesseract on the whole picture, in the language of its label
  (`pytesseract.image_to_string`); a line is accepted if its normalised text stands in the
  normalised output, in which a line break counts as a space.
- RapidOCR: its own pipeline with the models of its wheel, as it comes; a line is accepted if its
  text, white space aside, is exactly that of one box or of up to four successive boxes joined.
- ours: readings alone, as on any picture that we did not typeset; a line is accepted if it passes.
"""

import collections
import dataclasses
import json
import pathlib
import statistics
from collections.abc import Callable, Sequence
from typing import Any, cast

import PIL.Image
import pytesseract
import rapidocr

from benchmarks.page import cpu_seconds, percent, publish, table
from pipeline.plan.lines import Line, Policy
from pipeline.proof.images import open_image
from pipeline.proof.normalise import bare, normalise
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Verdict

LOCALES = {
    "chi_sim": "zh_Hans_CN", "chi_tra": "zh_Hant_TW", "deu": "de_DE", "ell": "el_GR",
    "eng": "en_US", "fra": "fr_FR", "ita": "it_IT", "jpn": "ja_JP", "kor": "ko_KR",
    "nld": "nl_NL", "pol": "pl_PL", "por": "pt_BR", "rus": "ru_RU", "spa": "es_ES",
    "tha": "th_TH", "tur": "tr_TR", "ukr": "uk_UA", "vie": "vi_VN", "hin": "hi_IN",
    "ara": "ar_AE", "heb": "he_IL",
}  # fmt: skip
JOINED = 4

Way = Callable[[Pixels, dict[str, Any]], list[str]]
"""Returns, for each line of a label, why it is not accepted; nothing if it is."""


@dataclasses.dataclass(slots=True, kw_only=True)
class Score:
    """What one way made of all pictures.

    Attributes:
        counts: Script, whether the line is right, and whether it was accepted, to lines.
        seconds: CPU seconds of each picture.
        wrong: What was judged wrongly, in words.
    """

    counts: collections.Counter[tuple[str, bool, bool]] = dataclasses.field(
        default_factory=collections.Counter
    )
    seconds: list[float] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)

    def take(self, label: dict[str, Any], objections: Sequence[str], seconds: float) -> None:
        """Count the lines of one picture; those whose label is null are not counted."""
        self.seconds.append(seconds)
        for line, objection in zip(label["lines"], objections, strict=True):
            right = line["rendered_ok"]
            if right is None:
                continue
            self.counts[line["script"], right, not objection] += 1
            if right == bool(objection):
                what = f"is right: {objection}" if right else f"is wrong ({line['note']})"
                self.wrong.append(f"{label['image']} {line['text']!r} {what}")

    def share(self, script: str, *, right: bool, accepted: bool) -> str:
        """Return how many lines of a script, or of all, had this fate."""
        chosen = [key for key in self.counts if script in {key[0], "all"} and key[1] == right]
        part = sum(self.counts[key] for key in chosen if key[2] == accepted)
        return percent(part, sum(self.counts[key] for key in chosen))


def measure(folder: pathlib.Path, *, show: bool) -> None:
    """Measure all three ways in one run and publish the figures.

    Args:
        folder: Holds `labels.jsonl` and `images/`. Each label has `image`, `lang` (a Tesseract
            language) and `lines`, each with `text` (what was meant), `rendered_ok` (true,
            false, or null: not counted), `script` and `note`.
        show: Print what is judged wrongly.
    """
    labels = [json.loads(one) for one in (folder / "labels.jsonl").read_text("utf-8").splitlines()]
    ways: dict[str, Way] = {"naive": naive, "RapidOCR": rapid(), "ours": ours()}
    scores = {name: Score() for name in ways}
    for label in labels:
        image = open_image(folder / "images" / label["image"])
        for name, way in ways.items():
            begun = cpu_seconds()
            objections = way(image, label)
            scores[name].take(label, objections, cpu_seconds() - begun)
    if show:
        for name, score in scores.items():
            print("\n".join([f"{name} judges wrongly:", *score.wrong, ""]))
    report(scores, len(labels))


def naive(image: Pixels, label: dict[str, Any]) -> list[str]:
    """Read the whole picture at once."""
    read = pytesseract.image_to_string(PIL.Image.fromarray(image), lang=label["lang"])
    found = normalise(read)
    return ["" if normalise(line["text"]) in found else "not read" for line in label["lines"]]


def rapid() -> Way:
    """Return RapidOCR's own pipeline as a way."""
    engine = rapidocr.RapidOCR(params={"Global.log_level": "error"})

    def way(image: Pixels, label: dict[str, Any]) -> list[str]:
        read = cast("Any", engine(image[:, :, ::-1]))  # its type is that of all its stages
        boxes = [bare(text) for text in read.txts or ()]
        runs = {
            "".join(boxes[start : start + count])
            for start in range(len(boxes))
            for count in range(1, JOINED + 1)
        }
        return ["" if bare(line["text"]) in runs else "not read" for line in label["lines"]]

    return way


def ours() -> Way:
    """Return the proof as a way; all labelled lines take part, only the certain ones count."""
    proofreader = Proofreader.standard()

    def way(image: Pixels, label: dict[str, Any]) -> list[str]:
        lines = [
            Line(role=f"line_{index}", text=line["text"], policy=Policy.EXACT)
            for index, line in enumerate(label["lines"])
        ]
        locale = LOCALES[label["lang"].split("+")[0]]
        proof = proofreader.prove(image, lines, locale, extra_text="ignore")
        return [
            ""
            if line.verdict is Verdict.PASS
            else f"{line.verdict}: {line.reason}; read {line.read!r} at {line.confidence:.2f}"
            for line in proof.lines
        ]

    return way


def report(scores: dict[str, Score], pictures: int) -> None:
    """Publish false accepts, false rejects and times."""
    scripts = sorted({script for score in scores.values() for script, _, _ in score.counts})
    names = list(scores)
    accepts, rejects = (
        table(
            ["script", *names],
            (
                [script, *(one.share(script, right=right, accepted=not right) for one in every)]
                for script in [*scripts, "all"]
            ),
        )
        for right, every in ((False, scores.values()), (True, scores.values()))
    )
    times = table(
        ["", *names],
        [
            ["median", *(f"{statistics.median(one.seconds):.2f}" for one in scores.values())],
            ["mean", *(f"{statistics.mean(one.seconds):.2f}" for one in scores.values())],
        ],
    )
    publish(
        "labelled",
        "Pictures drawn by image models",
        [
            f"`benchmarks/proof.py --labelled DIR`: {pictures} pictures with hand-checked labels.",
            "False accepts: lines that are wrong on the picture, and were accepted.",
            accepts,
            "False rejects: lines that are right on the picture, and were not accepted.",
            rejects,
            "CPU seconds a picture:",
            times,
        ],
    )
