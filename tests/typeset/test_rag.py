"""Where rows end: after a pause if there is one, never after a word that belongs to the next."""

import pytest

from pipeline.typeset.breaks import segments
from pipeline.typeset.fit import Fitted, LineSpec, Misfit, fit_lines
from pipeline.typeset.fonts import families
from pipeline.typeset.rag import BAD, strains
from pipeline.typeset.renderer import TakumiRenderer, TextStyle


def rows(
    text: str, locale: str, width: float, renderer: TakumiRenderer, sizes: tuple[float, float]
) -> tuple[tuple[str, ...], float]:
    style = TextStyle(
        families=families("modern", locale),
        weight=700,
        spacing=0.0,
        direction="rtl" if locale.startswith("ar") else "ltr",
        language=locale.replace("_", "-"),
    )
    spec = LineSpec(
        role="headline",
        text=text,
        locale=locale,
        style=style,
        smallest=sizes[0],
        largest=sizes[1],
        rows=3,
        leading=1.1,
    )
    found = fit_lines([spec], (width, 1000), 0, renderer)
    assert not isinstance(found, Misfit), found
    assert isinstance(found, Fitted)
    return found.lines[0].rows, found.lines[0].size


@pytest.mark.parametrize(
    ("text", "locale", "width", "wanted"),
    [
        ("Hear the quiet", "en_US", 540, ("Hear", "the quiet")),
        ("Noise canceling, up to 40 hours of music", "en_US", 1080,
         ("Noise canceling,", "up to 40 hours of music")),
        ("Frische Bowls bis zum Abend", "de_DE", 820, ("Frische Bowls", "bis zum Abend")),
        ("Zupa i sałatka w porze obiadu", "pl_PL", 800, ("Zupa i sałatka", "w porze obiadu")),
        ("سلطات طازجة حتى المساء", "ar_AE", 660, ("سلطات طازجة", "حتى المساء")),
        ("สลัดสดใหม่ ถึงบ่าย 2\u00a0โมง", "th_TH", 640, ("สลัดสดใหม่", "ถึงบ่าย 2\u00a0โมง")),
        ("六支乐队，三个舞台，一夜狂欢", "zh_Hans_CN", 940, ("六支乐队，", "三个舞台，一夜狂欢")),
        ("静けさを、聴く。", "ja_JP", 500, ("静けさを、", "聴く。")),
    ],
)  # fmt: skip
def test_a_row_ends_where_one_would_pause(
    renderer: TakumiRenderer, text: str, locale: str, width: float, wanted: tuple[str, ...]
) -> None:
    assert rows(text, locale, width, renderer, (80, 100))[0] == wanted


def test_a_line_gets_a_little_smaller_for_a_better_break(renderer: TakumiRenderer) -> None:
    split, size = rows("Hear the quiet", "en_US", 360, renderer, (50, 100))
    assert split == ("Hear", "the quiet")
    assert 82 <= size < 92


def test_a_line_does_not_get_much_smaller_for_it(renderer: TakumiRenderer) -> None:
    split, size = rows("Hear the quietness", "en_US", 420, renderer, (50, 100))
    assert split == ("Hear the", "quietness")
    assert size > 75


def test_what_an_end_costs() -> None:
    def cost(text: str, locale: str) -> list[float]:
        return list(strains(segments(text, locale), locale))

    pause, word, dangling, last = cost("Suppe, heiß im Topf", "de_DE")
    assert pause == 0.0 < word < BAD < dangling
    assert last == pause  # the end of the text is one
    assert max(cost("Smart TV UHD", "de_DE")) == word  # no articles
    inside, space, _ = cost("สลัดสด ใหม่", "th_TH")
    assert inside > space
    found = cost("三个舞台，一夜狂欢", "zh_Hans_CN")
    assert set(found) == {inside, pause}
    assert found.index(pause) < len(found) - 1  # after the comma
    assert len(set(cost("ランチボウルは時まで", "ja_JP")[:-1])) == 1  # no spaces, so all alike
    assert max(cost("Đặt món ngay", "vi_VN")) < BAD
