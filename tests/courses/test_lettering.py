"""Numbers are written as a person writes them."""

from fractions import Fraction

import pytest

from tutor_app.courses.expressions import ExpressionRefused
from tutor_app.courses.lettering import flaws_of_text
from tutor_app.courses.variants import TemplateRefused, fill_text

F = Fraction


@pytest.mark.parametrize(
    ("text", "values", "written"),
    [
        ("$[[a]]$", {"a": F(-3)}, "$-3$"),
        ("$[[a]]$ and [[a]]", {"a": F(-3, 4)}, r"$-\frac{3}{4}$ and -3/4"),
        ("$$[[a]]$$ [[a]]", {"a": F(1, 2)}, r"$$\frac{1}{2}$$ 1/2"),
        (r"\$[[a]] $[[a]]$", {"a": F(1, 2)}, r"\$1/2 $\frac{1}{2}$"),
        ("$x [[a|signed]] = 2$", {"a": F(-3)}, "$x - 3 = 2$"),
        ("$x [[a|signed]]$", {"a": F(3, 2)}, r"$x + \frac{3}{2}$"),
        ("$[[a|coefficient]]x$", {"a": F(1)}, "$x$"),
        ("$[[a|coefficient]](x - 2)$", {"a": F(-1)}, "$-(x - 2)$"),
        ("$5 [[a|signed_coefficient]]x$", {"a": F(-1)}, "$5 - x$"),
        ("$5 [[a|signed_coefficient]]x$", {"a": F(4)}, "$5 + 4x$"),
        (r"$2 \cdot [[a|bracketed]]$", {"a": F(-7)}, r"$2 \cdot (-7)$"),
        ("$[[a|mixed]]$, [[a|mixed]]", {"a": F(-7, 2)}, r"$-3\frac{1}{2}$, -3 1/2"),
        ("$[[a|decimal]]x [[b|signed|decimal]]$", {"a": F(5, 2), "b": F(-1, 20)}, "$2.5x - 0.05$"),
        ("[[a|money]] and [[b|money]]", {"a": F(9, 2), "b": F(4)}, "4.50 and 4"),
        ("$[[linear(a, 'x', b)]]$", {"a": F(1), "b": F(-4)}, "$x - 4$"),
        ("$[[linear(a, 'x', b)]]$", {"a": F(0), "b": F(-4)}, "$-4$"),
        ("$[[linear(a, 'x', b)]]$", {"a": F(-1), "b": F(0)}, "$-x$"),
        ("$[[linear(a, 'x', b)]]$", {"a": F(0), "b": F(0)}, "$0$"),
        ("$[[terms(a, 'x', b, 'y', a, 'x', 7)]]$", {"a": F(2), "b": F(-1)}, "$2x - y + 2x + 7$"),
        (r"$[[terms(a, 'x')]]$", {"a": F(2, 3)}, r"$\frac{2}{3}x$"),
        ("[[a]] [[plural(a, 'apple', 'apples')]]", {"a": F(1)}, "1 apple"),
        ("[[w|capital]] [['add' if a < 0 else 'take']]", {"a": F(-1), "w": "ana"}, "Ana add"),
    ],
)
def test_a_hole_is_lettered_for_its_place(text: str, values: dict[str, Fraction | str], written: str) -> None:
    assert fill_text(text, values) == written
    assert flaws_of_text(written) == []


@pytest.mark.parametrize(
    "text",
    [
        "[[a|nothing]]",
        "[[a|signed|coefficient]]",
        "[[a|decimal|money]]",
        "[[zero|coefficient]]x",
        "[[third|decimal]]",
        "[[third|money]]",
        "[[w|signed]]",
        "[[a > 1]]",
        "[[terms('x', a)]]",
        "[[nothing]]",
        "[[a +]]",
        "[[]] [[ ]]",
    ],
)
def test_a_hole_that_cannot_be_filled_is_refused(text: str) -> None:
    values = {"a": F(2), "zero": F(0), "third": F(1, 3), "w": "pens"}
    with pytest.raises((TemplateRefused, ExpressionRefused)):
        fill_text(text, values)


@pytest.mark.parametrize(
    "text",
    ["$3x + -5$", "$1x$", "$-1(x)$", "$0x$", "$x + 0$", "$x - -2$", "$x = +3$", "$x = $", r"$\frac{3}{1}$", "$x",
     "[[a]]", r"$\frac{3}{4$", "$05$", "$x +$"],
)  # fmt: skip
def test_proof_reading_finds_what_nobody_would_write(text: str) -> None:
    assert flaws_of_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "$11x + 0.5 = 10$",
        r"$1\frac{1}{2}$",
        "$x_1 - (-3)$",
        "plain -- text",
        r"costs \$5",
        "$2.1x$",
        "$$y = 10(x + 1)$$",
    ],
)
def test_proof_reading_leaves_good_texts_alone(text: str) -> None:
    assert flaws_of_text(text) == []
