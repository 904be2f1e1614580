"""Keys of many kinds, rewritten and perturbed by rule: the small sample that needs no shared content."""

import pytest

from tests.tutoring.checking.rewritings import rewritings
from tests.tutoring.checking.slips import slips
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

KEYS = [
    "7", "-12", "0.35", "16.49", r"\frac{-3}{8}", "2 1/3", r"4x+12", r"-8y^3-6y^2+10y", r"12\left(x-5\right)",
    r"(2k-3)(2k-5)",
    r"\left(3x+2\right)^2", r"\frac{5x+2}{2x+3}", r"\frac{2x-10}{3x+16}", r"\frac{\sqrt{2}}{2}", r"2\sqrt{6}-3",
    r"5y^2\sqrt{3y}",
    r"x\sqrt[3]{x}", r"a^{\frac{3}{4}}", r"\frac{1}{16x^8}", r"32w^5x^5", r"2-\log_{5}\left(y\right)",
    r"3\left|x-1\right|", "3x=15",
    "x=11", r"y=\frac{5}{3}x-2", "A=3.14r^2", "2x+3y=6", "(-2,7)", "[-3,5)", r"\{2,-5\}", "x=-2, x=3",
    r"\frac{1\pm\sqrt{13}}{3}",
    r"5.2\times{10}^{-3}", "x>-4", "-2<x\\le5", "no solution", r"1000\left(0.95\right)^t", "3sin(2x)-2", "3+2i",
    "x<3 or x>5", r"(-\infty,2)\cup(5,\infty)",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", r"\langle 1,2,3\rangle",
    r"\frac{dy}{dx}=2x", r"\frac{x^3}{3}+C", r"a_n=2a_{n-1}+3", r"\mu=5", r"X\sim N(100,15)", r"P(X<3)=0.25",
    r"f^{-1}(x)=\frac{x-1}{2}", r"\sin\left(2x\right)", r"\frac{\pi}{4}", "45°", "9.8 m/s^2", "$12.50", "3:4", "25%",
    r"(x-1)^2+(y+2)^2=9", r"\{x \mid x>3\}", r"5!", r"0.\overline{3}", "(1,2),(3,4)", "x=2, y=3", r"e^{-2x}",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_every_rewriting_of_a_key_is_right_and_no_slip_is(pool: CheckerPool, key: str) -> None:
    question = Question("arithmetic", (key,))
    judged = {name: pool.check(question, text) for name, text in rewritings(key)}
    assert judged
    assert {name: check for name, check in judged.items() if check.verdict is not Verdict.CORRECT} == {}
    wrong = {text: pool.check(question, text).verdict for _, text in slips(key)}
    assert {text: verdict for text, verdict in wrong.items() if verdict in {Verdict.CORRECT, Verdict.FORM}} == {}
