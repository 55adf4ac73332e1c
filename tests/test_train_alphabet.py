"""Training an alphabet: what is written and drawn, how readings are measured, what is missing."""

import importlib.util
import pathlib
import runpy
import unicodedata
from typing import Any

import numpy as np
import pytest

from pipeline.errors import ToolMissingError
from pipeline.proof.alphabet import alphabets
from pipeline.settings import PROJECT
from pipeline.typeset.fonts import files_of
from training.drawing import HEIGHT, drawn
from training.features import CHANNELS, Backbone, Sample, load, save, tensor
from training.jamo import PARTS, composition, parts
from training.measure import Probabilities, decoded, measure
from training.numbers import number
from training.scripts import scripts
from training.typefaces import Typeface, able, chosen
from training.writing import dictionary, line, word

SCRIPT = PROJECT / "scripts" / "train_alphabet.py"
CYRILLIC = scripts()["cyrillic"]
TORCH = importlib.util.find_spec("torch") is not None


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def faces() -> list[Typeface]:
    paths = [file.path for file in files_of("Noto Sans")]
    return list(able(paths, scripts()["cyrillic"].needed))


@pytest.fixture(scope="module")
def train() -> dict[str, Any]:
    """Return the names of the script, without running it."""
    return runpy.run_path(str(SCRIPT))


def sample(text: str, steps: int = 20) -> Sample:
    return Sample(features=np.full((steps, CHANNELS), len(text), np.float16), text=text)


def one_hot(*classes: int) -> Probabilities:
    return np.eye(4, dtype=np.float32)[list(classes)]


@pytest.mark.parametrize("name", ["cyrillic", "hangul", "arabic", "devanagari"])
def test_random_words_stay_in_the_alphabet_and_reach_all_kinds_of_it(
    name: str, rng: np.random.Generator
) -> None:
    script = scripts()[name]
    words = [word(script, (), rng) for _ in range(400)]
    assert set("".join(words)) <= script.alphabet
    assert {word.isupper() for word in words} == ({True, False} if script.capitals else {False})
    assert min(map(len, words)) == 1
    assert max(map(len, words)) >= 9


def test_hangul_has_the_syllables_of_the_korean_standard() -> None:
    letters = scripts()["hangul"].letters
    assert len(letters) == len(set(letters)) == 2350
    assert (letters[0], letters[-1]) == ("가", "힝")


def test_words_of_a_dictionary_that_the_alphabet_cannot_write_are_left_out(
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / "ko.dic").write_text("5\n가게/12\nKTX\n나비\n다리\n뷁하다\n라면", "utf-8")
    found = dictionary(scripts()["hangul"], tmp_path)
    assert found == ("가게", "라면")  # every third of the four that can be written


def test_a_missing_dictionary_names_its_packages(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ToolMissingError, match="apt install hunspell-ru hunspell-uk"):
        dictionary(scripts()["cyrillic"], tmp_path)


def test_a_line_has_no_letters_but_those_of_its_script_and_some_numbers(
    rng: np.random.Generator,
) -> None:
    for script in scripts().values():
        lines = "".join(line(script, (), rng) for _ in range(400))
        coins = set("".join(script.currencies))
        assert {char for char in lines if char.isalpha()} <= script.alphabet | coins
        assert set("0123456789%.,–+ ") < set(lines)


def test_a_number_has_digits_and_no_letters(rng: np.random.Generator) -> None:
    for _ in range(300):
        text = number(rng)
        assert any(char.isdigit() for char in text)
        assert not any(char.isalpha() for char in text)


def test_every_syllable_has_the_parts_that_unicode_takes_it_apart_into() -> None:
    seen: dict[int, str] = {}
    for code in range(0xAC00, 0xD7A4):
        jamo = unicodedata.normalize("NFD", chr(code))
        initial, vowel, final = parts(chr(code))
        assert 0 <= initial < 19 <= vowel < 40 <= final < PARTS
        spelled = dict(zip((initial, vowel, final), (*jamo, "")[:3], strict=True))
        assert all(seen.setdefault(part, letter) == letter for part, letter in spelled.items())
    assert len(seen) == PARTS


def test_only_syllables_have_parts() -> None:
    assert [parts(char) for char in "ㄱa1я"] == [()] * 4
    table = composition(["1", "각", "가"])
    assert table.shape == (4, PARTS)
    assert table.sum(axis=1).tolist() == [0, 0, 3, 3]
    assert (table[2] * table[3]).sum() == 2  # the initial and the vowel, not the final


def test_a_drawn_line_has_ink_and_its_text(faces: list[Typeface], rng: np.random.Generator) -> None:
    texts = [f"Скидка {n} %" for n in range(12)]
    lines = [drawn(CYRILLIC, faces, lambda text=text: text, rng) for text in texts]  # type: ignore[misc]
    assert [one.text for one in lines] == texts
    for one in lines:
        height, width, _ = one.pixels.shape
        assert height == HEIGHT
        assert width > 2 * HEIGHT
        # Across the middle, letters come and go; a plain or shaded ground hardly changes.
        middle = one.pixels[HEIGHT // 3 : -HEIGHT // 3].astype(float).mean(axis=2)
        assert np.ptp(middle, axis=1).mean() > 20


def test_the_same_seed_draws_the_same_line(faces: list[Typeface]) -> None:
    first, second, third = (
        drawn(CYRILLIC, faces, lambda: "Борщ", np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.pixels, second.pixels)
    assert not np.array_equal(first.pixels, third.pixels)


def test_a_text_that_no_font_can_draw_is_refused(
    faces: list[Typeface], rng: np.random.Generator
) -> None:
    with pytest.raises(ValueError, match="뷁"):
        drawn(CYRILLIC, faces, lambda: "뷁", rng)


def test_a_font_without_the_letters_is_not_drawn_with_and_a_family_does_not_drown_the_others(
    rng: np.random.Generator,
) -> None:
    paths = [file.path for file in (*files_of("Noto Sans"), *files_of("Amiri"))]
    cyrillic = {file.path for file in files_of("Noto Sans")}
    assert {face.path for face in able(paths, "я")} == cyrillic
    known = frozenset({ord("я")})
    names = [*(f"Many-{n}.ttf" for n in range(9)), "Few-Bold.ttf"]
    made = [Typeface(path=pathlib.Path(name), characters=known) for name in names]
    kept = [face.path.name.partition("-")[0] for face in chosen(made, rng)]
    assert kept == ["Few", "Many", "Many", "Many", "Many"]


def test_a_batch_is_filled_up_with_grey_and_is_blue_first(
    faces: list[Typeface], rng: np.random.Generator
) -> None:
    one = drawn(CYRILLIC, faces, lambda: "Чай", rng)
    values = tensor([one], 320)
    assert values.shape == (1, 3, HEIGHT, max(320, -(-one.pixels.shape[1] // 8) * 8))
    assert values[0, 0, 5, 6] == pytest.approx(one.pixels[5, 6, 2] / 127.5 - 1)
    assert not values[:, :, :, one.pixels.shape[1] :].any()


def test_samples_come_back_from_their_file(tmp_path: pathlib.Path) -> None:
    held = [sample("да", 3), sample("ні, 5 ₴", 9)]
    save(held, tmp_path / "lines.npz")
    back = load(tmp_path / "lines.npz")
    assert [one.text for one in back] == ["да", "ні, 5 ₴"]
    assert all(map(np.array_equal, (a.features for a in back), (b.features for b in held)))
    assert [file.name for file in tmp_path.iterdir()] == ["lines.npz"]


def test_two_alike_need_a_step_between_them() -> None:
    assert sample("ваза", 4).teachable
    assert sample("ванна", 6).teachable
    assert not sample("ванна", 5).teachable


def test_repeats_are_one_character_and_blanks_none() -> None:
    assert decoded(one_hot(0, 1, 1, 0, 1, 2, 0, 3, 3), "абв") == "аабв"


def test_errors_are_counted_by_character_and_by_line_without_spaces() -> None:
    answers = iter([one_hot(1, 2, 3), one_hot(1, 3)])
    quality = measure(lambda _: next(answers), [sample("а бв"), sample("аб")], "абв")
    assert quality.errors == pytest.approx(1 / 5)
    assert quality.right == pytest.approx(1 / 2)
    assert str(quality) == "character error rate 20.00%, right lines 50.0% of 2"


@pytest.mark.ocr
def test_a_committed_head_reads_what_is_drawn_and_seen_here(
    faces: list[Typeface], rng: np.random.Generator
) -> None:
    menu = iter(["Борщ дня", "Щоденні знижки", "Кофе и булочка", "Свежие супы", "Їжа і чай"] * 9)
    lines = [drawn(CYRILLIC, faces, lambda: next(menu), rng) for _ in range(10)]
    samples = list(Backbone().samples(lines, rng))
    head = alphabets()["cyrillic"]
    quality = measure(lambda one: head.steps(one.T[None, :, None]), samples, head.characters[1:])
    assert quality.lines == 10
    assert quality.errors < 0.15


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    train: dict[str, Any],
) -> None:
    with pytest.raises(ToolMissingError, match=r"`pip install no_such_torch no_such_onnx`"):
        train["need"](["no_such_torch", "json", "no_such_onnx"])
    train["need"](["json"])


@pytest.mark.skipif(TORCH, reason="PyTorch is installed here, so it would train")
def test_without_torch_the_command_says_so_and_draws_nothing(
    train: dict[str, Any], tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "work"
    assert train["main"](["cyrillic", "--work", str(work)]) == 4
    assert "pip install torch" in capsys.readouterr().err
    assert not work.exists()
