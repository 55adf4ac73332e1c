"""Train a further alphabet of the recogniser: `python scripts/train_alphabet.py cyrillic`.

Draws lines of text, computes what the recogniser's backbone sees on them, teaches a small head to
read that, writes it as `WORK/NAME.onnx` and says how well it reads lines it has not learned from.
A head that is good enough goes to `pipeline/proof/alphabets/`.

Beyond the locked requirements it needs PyTorch and ONNX, which are too large to install for
something that is done once: `pip install torch onnx`. Words and fonts come from Debian's packages:

    hunspell-ru hunspell-uk hunspell-ko hunspell-ar hunspell-hi myspell-fa
    fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-ui-core
    fonts-noto-extra fonts-nanum fonts-nanum-extra fonts-unfonts-core fonts-baekmuk
    fonts-paratype fonts-open-sans fonts-roboto fonts-lato fonts-comfortaa fonts-play
    fonts-firacode fonts-dejavu fonts-liberation fonts-freefont-ttf fonts-jura
    fonts-cantarell fonts-inter fonts-ebgaramond fonts-crosextra-carlito
    fonts-crosextra-caladea fonts-hosny-amiri fonts-sil-scheherazade fonts-kacst
    fonts-kacst-one fonts-farsiweb fonts-arabeyes fonts-lohit-deva fonts-deva-extra
    fonts-gargi fonts-nakula fonts-sahadeva

The heads that the project comes with read 600 held-out lines, damaged as the others are, so:

    cyrillic    16 384 lines, 7 epochs   character error rate  3.4 %   right lines 78 %
    hangul       9 987 lines, 8 epochs   character error rate 11   %   right lines 66 %
    arabic      14 408 lines, 9 epochs   character error rate 10.6 %   right lines 49 %
    devanagari  10 479 lines, 8 epochs   character error rate 11.9 %   right lines 54 %

The 600 are among the lines counted; half to three quarters of their words are letters in any
order, with nothing to guess from. Most of what is wrong in Cyrillic is a letter whose capital has
the same shape. Of the digits alone, in any set, Arabic gets 2.9 % of 3 015 wrong and Devanagari
2.6 % of 3 393. Their lines come from several seeds, and most of them have no empty ground beside
them, no forms of Urdu and no Latin currencies: drawn anew, a head sees more of these.

On one core of a busy machine, drawing 16 384 lines and computing their features took 19 to 27
minutes, learning 9 to 11. Memory holds all features twice while they are written: 1.3 GB for
Cyrillic.

Exit codes: 0 done, 2 wrong arguments, 4 something is missing.
"""

import argparse
import importlib
import importlib.util
import pathlib
import sys
from collections.abc import Sequence

import numpy as np

from pipeline.errors import ToolMissingError
from pipeline.proof.models import load_session
from training.drawing import drawn
from training.features import Backbone, Sample, load, save
from training.measure import Probabilities, Quality, measure
from training.scripts import Script, scripts
from training.typefaces import typefaces
from training.writing import dictionary, line

LIBRARIES = ("torch", "onnx")
HELD_OUT = 600
SHARE = 5
"""At most one line of five is held out when there are few."""
TOLD = 1024


def main(arguments: Sequence[str]) -> int:
    """Train the alphabet that the command line asks for and return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        need(LIBRARIES)
        train(scripts()[asked.script], asked.samples, asked.epochs, asked.work, asked.seed)
    except ToolMissingError as problem:
        print(problem, file=sys.stderr)
        return int(problem.exit_code)
    return 0


def need(libraries: Sequence[str]) -> None:
    """Make sure that libraries outside the locked requirements are there.

    Raises:
        ToolMissingError: If one is not.
    """
    missing = [name for name in libraries if importlib.util.find_spec(name) is None]
    if missing:
        msg = (
            f"training needs {' and '.join(missing)}, not part of the locked requirements because "
            f"of the size: `pip install {' '.join(missing)}` into the environment of the project"
        )
        raise ToolMissingError(msg)


def train(script: Script, count: int, epochs: int, work: pathlib.Path, seed: int) -> Quality:
    """Train one alphabet and write it as `WORK/NAME.onnx`.

    Args:
        script: What to read.
        count: How many lines to draw.
        epochs: How often each line is learned from.
        work: The folder for the features, which a second run takes up, and for the head.
        seed: Other seeds draw other lines.

    Returns:
        How well the written file reads the held-out lines.

    Raises:
        ToolMissingError: If a dictionary, fonts or the recogniser are missing.
    """
    # PyTorch is imported here because everything else works, and is tested, without it.
    learning = importlib.import_module("training.learning")
    export = importlib.import_module("training.export").export
    work.mkdir(parents=True, exist_ok=True)
    samples = [one for one in prepared(script, count, work, seed) if one.teachable]
    rng = np.random.default_rng(seed)
    order = [samples[int(index)] for index in rng.permutation(len(samples))]
    held = min(HELD_OUT, max(1, len(order) // SHARE))
    characters = sorted({character for sample in samples for character in sample.text})

    def tell(epoch: int, loss: float, head: object) -> None:
        quality = measure(lambda one: learning.reads(head, one), order[:held], characters)
        print(f"epoch {epoch} of {epochs}: loss {loss:.3f}, {quality}", flush=True)

    head = learning.learn(order[held:], characters, epochs, rng, tell)
    file = work / f"{script.name}.onnx"
    export(head, characters, file)
    quality = tried(file, order[:held], characters)
    print(f"{file}: {len(characters)} characters, {quality}")
    return quality


def prepared(script: Script, count: int, work: pathlib.Path, seed: int) -> list[Sample]:
    """Return the features of drawn lines, from the folder if they are there.

    Args:
        script: What is written on the lines.
        count: How many lines.
        work: The folder that keeps them.
        seed: Other seeds draw other lines.

    Raises:
        ToolMissingError: If a dictionary, fonts or the recogniser are missing.
    """
    file = work / f"{script.name}-{count}-{seed}.npz"
    if file.is_file():
        print(f"{file}: drawn before", flush=True)
        return load(file)
    rng = np.random.default_rng(seed)
    words, faces = dictionary(script), typefaces(script.needed, rng)
    if not faces:
        msg = f"no font has {script.needed}: install those that this script's first lines name"
        raise ToolMissingError(msg)
    print(f"{script.name}: {len(words)} words, {len(faces)} fonts", flush=True)
    lines = (drawn(script, faces, lambda: line(script, words, rng), rng) for _ in range(count))
    samples: list[Sample] = []
    for sample in Backbone().samples(lines, rng):
        samples.append(sample)
        if len(samples) % TOLD == 0:
            print(f"{len(samples)} of {count} lines", flush=True)
    save(samples, file)
    return samples


def tried(file: pathlib.Path, lines: Sequence[Sample], characters: Sequence[str]) -> Quality:
    """Return how well an exported head reads lines, run as the proof runs it."""
    session = load_session(file)

    def reads(features: Probabilities) -> Probabilities:
        (answer,) = session.run(None, {"features": features.T[None, :, None, :]})
        return np.asarray(np.asarray(answer)[0], np.float32)

    return measure(reads, lines, characters)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Train a further alphabet of the recogniser.")
    parser.add_argument("script", choices=sorted(scripts()))
    parser.add_argument("--samples", type=_several, default=16384, help="lines to draw")
    parser.add_argument("--epochs", type=_several, default=8, help="times each is learned from")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("build/alphabets"))
    parser.add_argument("--seed", type=int, default=1, help="other seeds draw other lines")
    return parser


def _several(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
