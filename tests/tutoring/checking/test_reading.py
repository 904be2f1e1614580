"""Reading: one grammar for what is typed, for LaTeX and for MathLive; and where it stops."""

import pytest

from tutor_app.tutoring.checking.judging.latex import latex
from tutor_app.tutoring.checking.judging.nodes import Mixed, Num, TooBig
from tutor_app.tutoring.checking.judging.reading import Manner, Unread, read
from tutor_app.tutoring.checking.judging.typography import HiddenCharacters


@pytest.mark.parametrize(
    ("ways", "shown"),
    [
        (
            ["3x^2 - 1/2", r"3x^2-\frac{1}{2}", r"3x^2-\frac12", "3x²−½", "３x^２ - 1/2", "$3x^2 - 1/2$"],
            r"3x^{2}-\frac{1}{2}",
        ),
        (["sqrt(2)/2", r"\frac{\sqrt{2}}{2}", r"\frac{\sqrt2}2", "√2/2", "√(2)/2"], r"\frac{\sqrt{2}}{2}"),
        (["2 1/3", r"2\frac{1}{3}", r"2\frac13", "2⅓", "2 ⅓"], r"2\frac{1}{3}"),
        (["x>=-4", r"x\ge-4", r"x \geq -4", "x ≥ −4", "x => -4"], r"x \ge -4"),
        (["(-inf,8]", r"\left(-\infty,8\right]", "(-∞, 8]", "(-oo,8]", "(−infinity, 8]"], r"\left(-\infty, 8\right]"),
        (["x = 8", "x=8.", "$$x=8$$", r"\(x=8\)", "x\u2009=\u20098", "x\u200b=8"], "x = 8"),
        (["|x-1|", r"\left|x-1\right|", r"\lvert x-1\rvert", "abs(x-1)"], r"\left|x-1\right|"),
        (["12,000", "12 000", "12{,}000", "12000"], "12000"),
        (["x^10", "x**10", "x^{10}", "x¹⁰"], "x^{10}"),
        (["no solution", r"\text{no solution}", "No Solution"], r"\text{no solution}"),
    ],
)
def test_every_way_of_writing_is_read_alike(ways: list[str], shown: str) -> None:
    assert {latex(read(way)) for way in ways} == {shown}


def test_what_was_written_is_kept_and_not_simplified() -> None:
    assert latex(read("x = 2*4")) == r"x = 2 \cdot 4"
    assert latex(read("15/3")) == r"\frac{15}{3}"
    assert latex(read("4(x+3)")) == r"4\left(x+3\right)"


def test_a_product_after_a_slash_is_not_below_it() -> None:
    assert latex(read("1/2x")) == r"\frac{1}{2}x"


def test_a_mixed_number_needs_a_gap() -> None:
    assert read("2 1/3") == Mixed(Num("2"), Num("1"), Num("3"))
    assert latex(read("21/3")) == r"\frac{21}{3}"


@pytest.mark.parametrize(
    ("text", "code", "index"),
    [
        ("3x + ", "unfinished", 5),
        ("3x + # 2", "unread", 5),
        ("x = (2 + 3", "unfinished", 10),
        ("2 3", "unread", 2),
        (r"\frac{1}{\placeholder{}}", "placeholder", 9),
        ("", "empty", 0),
        ("−−", "unfinished", 2),
    ],
)
def test_reading_says_where_it_stopped(text: str, code: str, index: int) -> None:
    with pytest.raises(Unread) as stop:
        read(text)
    assert (stop.value.code, stop.value.index) == (code, index)


def test_a_word_is_not_a_product_of_letters() -> None:
    with pytest.raises(Unread) as stop:
        read("hello", Manner(letters=frozenset("x")))
    assert stop.value.word == "hello"
    assert latex(read("xyx", Manner(letters=frozenset("xy")))) == "xyx"


@pytest.mark.parametrize("text", ["9^{9^{9^9}}", "9" * 100, "x^99999", "500!", "5!!", "2^(2^20)", "((x^20)^20)^20"])
def test_what_would_grow_is_refused(text: str) -> None:
    with pytest.raises(TooBig):
        read(text)


def test_hidden_characters_are_refused() -> None:
    with pytest.raises(HiddenCharacters):
        read("1\u202e2")
