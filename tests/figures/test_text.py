"""Lines break where readers of the script expect it."""

import matplotlib
import pytest

from sim.figures.text import balanced, fitted, inches, pieces, wrapped
from sim.language import LanguageError, capital
from sim.language.fonts import families


def test_latin_text_breaks_between_words_and_after_hyphens():
    assert wrapped("neodymium-praseodymium oxide", 8, 0.9) == ["neodymium-", "praseodymium", "oxide"]


def test_a_number_keeps_its_unit():
    lines = wrapped("Japan buys 66 % of its imports and 1,054 t more", 9, 0.8)
    assert any("66 %" in line for line in lines)
    assert any("1,054 t" in line for line in lines)


def test_wide_text_breaks_anywhere_but_not_before_a_full_stop_nor_within_a_foreign_word():
    try:
        fonts = families("ja")
    except LanguageError as hint:
        pytest.skip(str(hint))
    with matplotlib.rc_context({"font.family": fonts}):
        lines = wrapped("酸化ジスプロシウムの需要が満たされない。", 9, 1.2)
    assert not any(line.startswith("。") for line in lines)
    assert any("ジスプロシウム" in line for line in lines)


def test_japanese_breaks_between_phrases_and_never_before_a_particle():
    text = "中国の輸出は止められた前の月平均4,800トンから2,100トンへ減り、その後ふたたび増えた"
    assert "".join(pieces(text)) == text
    assert {"輸出は", "月平均4,800トンから", "2,100トンへ"} <= set(pieces(text))
    assert pieces("短缺最久的是英國的鏑")[:3] == ["短", "缺", "最"]  # Chinese breaks anywhere


@pytest.mark.parametrize("text", ["one two three four five six seven eight nine ten", "short"])
def test_balanced_lines_lose_no_word_and_are_no_more(text):
    lines = balanced(text, 10, 2.0)
    assert " ".join(lines) == text
    assert len(lines) <= len(wrapped(text, 10, 2.0))
    assert all(inches(line, 10) <= 2.0 for line in lines)


def test_text_is_set_smaller_until_it_fits_down_to_the_least_size():
    assert fitted(["dysprosium"], 2.0, 9.0) == (["dysprosium"], 9.0)
    assert fitted(["dysprosium"], 0.1, 9.0, least=6.0)[1] == 6.0


def test_a_capital_begins_only_a_script_that_has_capitals():
    assert capital("dysprosium") == "Dysprosium"
    assert capital("酸化") == "酸化"
