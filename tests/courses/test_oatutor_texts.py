"""OATutor's writing becomes Markdown: mathematics inline, prose inert, and nothing of the old marks left."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor_app.courses.oatutor.latex import display_latex, key_latex
from tutor_app.courses.oatutor.texts import TextRefused, figures_in, first_values, markdown

MATHEMATICS = re.compile(r"(?<!\\)\$((?:\\.|[^$\\])+)\$")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Solve $$3x=6$$ for $$x$$.", "Solve $3x=6$ for $x$."),
        ("It costs $12, not $$\\$15.50$$.", r"It costs \$12, not \$15.50."),
        ("When $$I=\\$2, 160$$ and $$r=6\\%$$", r"When $I=\text{\textdollar}2{,}160$ and $r=6\%$"),
        ("First.\\n$$a=b$$ \\n\\n\\nThen 4*5.", "First.\n\n$a=b$\n\nThen 4\\*5."),
        ("if a\\neq $$0$$", "if a≠ $0$"),
        ("above\\nnext line", "above\n\nnext line"),
        ("0.18____0.1 and *this*", r"0.18\_\_\_\_0.1 and \*this\*"),
        ("a**(-n)=1/a**(n)", "a^(-n)=1/a^(n)"),
        ("$$x**2+y**{n+1}-2*z$$", r"$x^{2}+y^{n+1}-2 \cdot z$"),
        ("See\\n##figure1.gif##", "See\n\n![Figure 1](figure:figure1.gif)"),
        ("See image1\\n##figure1.gif", "See\n\n![Figure 1](figure:figure1.gif)"),
        ("One<br/>two<BR>three <b>four</b>", "One\n\ntwo\n\nthree four"),
        ("2 &lt; 3 &amp; 4", "2 < 3 & 4"),
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("![x](javascript:alert(1))", r"\![x]\(javascript:alert(1))"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("Rules:\\n - one\\n - two", "Rules:\n\n- one\n\n- two"),
        ("- alone", r"\- alone"),
        (">", "$>$"),
        ("$$sixty-five$$ and $$y-intercept$$", "sixty-five and $y$-intercept"),
        ("$$x-y$$", "$x-y$"),
        ("$$area=\\frac{rise}{run}$$", r"$\text{area}=\frac{\text{rise}}{\text{run}}$"),
        ("$$a$$$$b$$ $$ $$", "$a$ $b$"),
        ("$$\\operatorname{0.5}\\left(x\\right)$$", r"$0.5\left(x\right)$"),
        ("$$\\frac{1}{2", r"$\frac{1}{2}$"),
        ("The rule $$\\log_b(n) $$=$$ $$c, $$ in for $$a$$.", r"The rule $\log_b(n)$=$c,$ in for $a$."),
        ("to infinity: $$(-inf, 3)$$", r"to infinity: $(-\infty , 3)$"),
        ("at 100% of $$50%$$", r"at 100% of $50\%$"),
        ("\x08Simplify\u200b:", "Simplify:"),
        ("$$\x0crac{1}{2}\times 3$$", r"$\frac{1}{2}\times 3$"),
        ("", ""),
    ],
)
def test_a_text_becomes_markdown(source: str, expected: str) -> None:
    assert markdown(source, {}) == expected


def test_a_title_stays_in_one_line() -> None:
    assert markdown("Which law?\\n $$a b=b a$$", {}, one_line=True) == "Which law? $a b=b a$"


def test_variables_take_their_first_values_together() -> None:
    values = first_values({"n": ["2", "3"], "m": ["5", "7"], "broken": [], "worse": None})
    assert markdown("$$@{n}^{@{ m }}$$", values) == "$2^{5}$"


@pytest.mark.parametrize("source", ["@{x}", "@{x", "## nothing ##", "##../../etc/passwd.gif##", "x" * 20_001])
def test_what_cannot_be_shown_as_meant_is_refused(source: str) -> None:
    with pytest.raises(TextRefused):
        markdown(source, {})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("y**(3/4-1/4", "y^{3/4-1/4}"),
        ("3sin(2x)-2", r"3\sin (2x)-2"),
        ("sqrt(x+1)/2", r"\sqrt{x+1}/2"),
        ("(-inf, 4]", r"(-\infty , 4]"),
        ("2*pi", r"2 \cdot pi"),
        ("x<=3", r"x\leq 3"),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"),
        (r"\left(x+1\right", "(x+1"),
        (r"50%", r"50\%"),
        (r"\$5", r"\$5"),
    ],
)
def test_a_key_becomes_latex(source: str, expected: str) -> None:
    assert key_latex(source) == expected


# --- properties ---------------------------------------------------------------------------------------------------

LATEX = st.sampled_from(
    [
        "x",
        "3x+5",
        r"\frac{1}{2}",
        r"\left(x+1\right)^2",
        "x**2",
        "rise",
        "a<b",
        r"\$4.50 x",
        "50% of",
        r"x \leq 3",
        "f(x)_1",
    ]
)
PROSE = st.text("abc XYZ.,:;!?*_~`#<>[]()$&%-+=|/'’≤0123456789", max_size=30).filter(
    lambda text: "##" not in text and "$$" not in text and not text.startswith("$") and not text.endswith("$")
)


@given(st.lists(st.one_of(LATEX.map(lambda latex: f"$${latex}$$"), st.just("\\n"), PROSE), max_size=12))
def test_mathematics_is_kept_span_by_span_and_no_mark_is_left(pieces: list[str]) -> None:
    source = " ".join(pieces)
    text = markdown(source, {})
    # A single relation sign in prose is the one text that becomes mathematics.
    expected = 1 if len(source.strip()) <= 2 and source.strip() else source.count("$$") // 2
    spans = MATHEMATICS.findall(text)
    assert len(spans) in {expected, source.count("$$") // 2}
    assert len(re.findall(r"(?<!\\)\$", text)) == 2 * len(spans)
    assert "$$" not in text
    assert "@{" not in text


@given(st.text(max_size=200))
def test_any_text_at_all_is_shown_or_refused(source: str) -> None:
    try:
        text = markdown(source, {})
    except TextRefused:
        return
    assert "\x00" not in text
    assert "$$" not in text
    assert len(re.findall(r"(?<!\\)\$", text.replace(r"\\", ""))) % 2 == 0
    text.encode()
    assert all("/" not in name for name in figures_in(text))


@given(st.text("x2+-*/^_{}()[]\\lefrightsq$%&#| \n", max_size=60))
def test_latex_never_leaves_a_brace_open_nor_a_dollar(source: str) -> None:
    latex = display_latex(source)
    bare = re.sub(r"\\.", "", latex, flags=re.DOTALL)
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert "$" not in latex
