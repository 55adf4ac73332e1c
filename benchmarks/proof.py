"""How many labelled lines of real pictures the proof accepts: right ones and wrong ones.

    python benchmarks/proof.py --labels FILE [--images FOLDER] [--show]

FILE holds one JSON object a line: `image`, `lang` (a Tesseract code), and `lines`, each with
`text` (what was meant), `rendered_ok` (true, false, or null: not counted) and `script`.
Pictures are looked for in `images/` beside FILE. Judged are readings alone, as on any picture
that we did not typeset.
"""

import argparse
import collections
import functools
import json
import pathlib
import time
from typing import Any

from pipeline.plan.lines import Line, Policy
from pipeline.proof.find import MAX_SIDE, DbFinder
from pipeline.proof.images import open_image
from pipeline.proof.ppocr import PpOcr
from pipeline.proof.prove import Proofreader
from pipeline.proof.tesseract import Look, Tesseract
from pipeline.proof.verdict import LineProof, Verdict
from pipeline.typeset.draw import draw_line
from pipeline.typeset.renderer import TakumiRenderer

LOCALES = {
    "chi_sim": "zh_Hans_CN", "chi_tra": "zh_Hant_TW", "deu": "de_DE", "ell": "el_GR",
    "eng": "en_US", "fra": "fr_FR", "ita": "it_IT", "jpn": "ja_JP", "kor": "ko_KR",
    "nld": "nl_NL", "pol": "pl_PL", "por": "pt_BR", "rus": "ru_RU", "spa": "es_ES",
    "tha": "th_TH", "tur": "tr_TR", "ukr": "uk_UA", "vie": "vi_VN", "hin": "hi_IN",
    "ara": "ar_AE", "heb": "he_IL",
}  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--labels", type=pathlib.Path, required=True)
    parser.add_argument("--images", type=pathlib.Path)
    parser.add_argument("--max-side", type=int, default=MAX_SIDE)
    parser.add_argument("--show", action="store_true", help="print what is judged wrongly")
    options = parser.parse_args()
    folder = options.images or options.labels.parent / "images"
    recogniser = PpOcr()
    proofreader = Proofreader(
        finder=DbFinder(max_side=options.max_side),
        readers=(recogniser, recogniser.wider(), *(Tesseract(look) for look in Look)),
        drawer=functools.partial(draw_line, renderer=TakumiRenderer()),
    )
    counts: collections.Counter[tuple[str, bool, Verdict]] = collections.Counter()
    begun, cpu, pictures = time.perf_counter(), time.process_time(), 0
    for text in options.labels.read_text("utf-8").splitlines():
        label = json.loads(text)
        pictures += 1
        for truth, proof in judged(proofreader, folder, label):
            counts[truth["script"], truth["rendered_ok"], proof.verdict] += 1
            if options.show and (proof.verdict is Verdict.PASS) != truth["rendered_ok"]:
                print(_shown(label["image"], truth, proof))
    report(counts)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    print(f"{pictures} pictures, {took / pictures:.2f} s each, {cpu / pictures:.2f} s CPU of ours")


def judged(
    proofreader: Proofreader,
    folder: pathlib.Path,
    label: dict[str, Any],
) -> list[tuple[dict[str, Any], LineProof]]:
    """Return the labelled lines of one picture, each with its proof.

    Args:
        proofreader: Proves.
        folder: Where the pictures lie.
        label: One line of the labels file.
    """
    truths = [line for line in label["lines"] if line["rendered_ok"] is not None]
    # All labelled lines take part in the matching; only the certain ones are counted.
    lines = [
        Line(role=f"line_{index}", text=line["text"], policy=Policy.EXACT)
        for index, line in enumerate(label["lines"])
    ]
    locale = LOCALES[label["lang"].split("+")[0]]
    image = open_image(folder / label["image"])
    proof = proofreader.prove(image, lines, locale, extra_text="ignore")
    pairs = zip(label["lines"], proof.lines, strict=True)
    return [(truth, result) for truth, result in pairs if truth in truths]


def report(counts: collections.Counter[tuple[str, bool, Verdict]]) -> None:
    """Print accepted of right and accepted of misrendered lines, by script and in all."""
    scripts = sorted({script for script, _, _ in counts})
    print(f"{'script':<12}{'accepted of right':>20}{'accepted of wrong':>20}")
    for name in [*scripts, "all"]:
        chosen = scripts if name == "all" else [name]
        print(
            f"{name:<12}{_share(counts, chosen, ok=True):>20}{_share(counts, chosen, ok=False):>20}"
        )


def _share(
    counts: collections.Counter[tuple[str, bool, Verdict]],
    scripts: list[str],
    *,
    ok: bool,
) -> str:
    total = sum(n for (script, right, _), n in counts.items() if script in scripts and right == ok)
    passed = sum(counts[script, ok, Verdict.PASS] for script in scripts)
    return f"{passed}/{total}"


def _shown(image: str, truth: dict[str, Any], proof: LineProof) -> str:
    kind = "right " if truth["rendered_ok"] else "WRONG "
    return (
        f"{kind}{image} {proof.verdict} {truth['text']!r} read {proof.read!r} "
        f"by {proof.reader} at {proof.confidence:.2f}: {proof.reason} {truth['note']}"
    )


if __name__ == "__main__":
    main()
