"""Names of several signs, arrays, probabilities, pairs given for lists: key, given, and what is said."""

import pytest

from tutor_app.tutoring.checking import CheckerPool, Question, Verdict
from tutor_app.tutoring.checking.judging.keys import read_key

C, F, X = Verdict.CORRECT, Verdict.FORM, Verdict.INCORRECT

NAMES = [
    # a change is one name, as a gradient is
    (r"q=mc\Delta T", "q = mcΔT", C), (r"q=mc\Delta T", "q=mcDelta T", C), (r"q=mc\Delta T", "q = mc T", X),
    (r"\Delta x=0.5", "0.5", C), (r"\Delta x=0.5", "Δx=0.5", C), (r"\Delta x=0.5", "x=0.5", X),
    (r"\nabla f=<2x,2y>", "∇f = <2x, 2y>", C), (r"\nabla f=<2x,2y>", "<2x,-2y>", X),
    (r"\frac{\partial f}{\partial x}=2xy", "∂f/∂x = 2xy", C), (r"\frac{d^2y}{dx^2}=6x", "d²y/dx² = 6x", C),
    # names applied, on either side of the equals sign
    ("s(t)=5-16t^2", "5-16t^2 = s(t)", C), ("C(x)=200+15x", "15x+200 = C(x)", C), ("s(t)=5-16t^2", "5+16t^2 = s(t)", X),
    ("E(X)=2.4", "2.4", C), ("E(X)=2.4", "E[X] = 2.4", C), ("E(X)=2.4", "4.2", X),
    (r"\det(A)=-2", "-2", C), (r"\det(A)=-2", "det(A) = 2", X), ("df=24", "24 = df", C),
    (r"\chi^2=7.81", "7.81 = χ²", C), (r"\chi^2=7.81", "7.18 = χ²", X),
    (r"\left(\frac{f}{g}\right)(x)=x+1", "(f/g)(x) = x+1", C), ("a_n=3n-1", "2(a_n) = 2(3n-1)", C),
    # runs of letters, with pi, Greek letters and indices among them
    (r"A=2\pi rh", "A = 2hrpi", C), (r"\mu_0 I", "Imu_0", C), (r"F=\mu_k mg", r"F=\mu_kmg", C),
    ("v=v_0+at", "v = at + v_0", C), ("v=v_0+at", "v = v_0 - at", X),
    # probabilities and other functions of two things
    (r"P(X\leq3)", "P(x<=3)", C), (r"P(X\leq3)", "p(x ≤ 3)", C), (r"P(X\leq3)", "P(X<3)", X),
    (r"\frac{\binom{4}{2}}{\binom{52}{5}}", "C(4,2)/C(52,5)", C),
    (r"\frac{\binom{4}{2}}{\binom{52}{5}}", "C(4,2)*C(52,5)", X),
    (r"\log_2(8x)", "log(8x, 2)", C), (r"\log_2(8x)", "log(2, 8x)", X), (r"\sqrt[3]{x}", "root(x,3)", C),
    ("N(60,9)", "X ~ N(60, 9)", C), ("N(60,9)", "X ~ N(60, 3)", X), (r"A\cup B", "A U B", C), (r"A\cup B", "A ∩ B", X),
    # computer algebra prints the natural logarithm as log
    (r"\ln(8x)", r"\log{\left(8 x \right)}", C), (r"\ln(8x)", "log(8x)", X), (r"\ln(8x)", r"\log\left(8x\right)", X),
    (r"\log(8x)", r"\log{\left(8 x \right)}", C), (r"\log(8x)", "ln(8x)", X),
    (r"\sum_{i=1}^{5}i^2", r"\sum_{k=1}^{5}k^2", C), (r"\sum_{i=1}^{5}i^2", r"\sum_{k=1}^{5}k^3", X),
    (r"\lim_{x\to\infty}f(x)=2", r"2=\lim_{x\to\infty}f(x)", C), (r"\lim_{x\to\infty}f(x)=2", r"2=\lim_{x\to0}f(x)", X),
]  # fmt: skip
ARRAYS = [
    (r"\frac{1}{5}\begin{bmatrix}4&-2\\1&2\end{bmatrix}", "[[0.8,-0.4],[0.2,0.4]]", C),
    (r"\frac{1}{5}\begin{bmatrix}4&-2\\1&2\end{bmatrix}", "[[4,-2],[1,2]]/5", C),
    (r"\frac{1}{5}\begin{bmatrix}4&-2\\1&2\end{bmatrix}", "[[4,-2],[1,2]]", X),
    (r"\frac{1}{3}\langle1,2,2\rangle", "<1/3, 2/3, 2/3>", C), (r"\frac{1}{3}\langle1,2,2\rangle", "<1,2,2>", X),
    (r"\begin{bmatrix}2&-1&|&4\\0&3&|&6\end{bmatrix}", "[[2,-1,4],[0,3,6]]", C),
    (r"\begin{bmatrix}2&-1&|&4\\0&3&|&6\end{bmatrix}", "[[2,-1,4],[0,3,-6]]", X),
    (r"\begin{bmatrix}1&0\\-2&5\end{bmatrix}", "[[1, 0]; [-2, 5]]", C),
    # two numbers in parentheses are a pair, or an interval, and no list
    ("3,-3", "(3,-3)", F), ("{-2,3}", "(-2,3)", F), ("{-2,3}", "(2,3)", X), ("x=2,y=3", "(2,3)", C),
    ("x=2,y=3", "(3,2)", X),
    ("{1,2,3}", "(1,2,3)", C),
]  # fmt: skip
REGIONS_AND_MEASURES = [
    ("x<-3 or x>5", "x<-3 ∪ x>5", C), ("x<-3 or x>5", "x<-3 ∩ x>5", X),
    (r"\{x\in\mathbb{R}|x>2\}", "{x in R | x>2}", C),
    (r"\{x\in\mathbb{R}|x>2\}", "{x in R | x>=2}", X), (r"y=\pm\frac{3}{4}x", "±3/4x = y", C), ("DNE", "d.n.e.", C),
    ("3 ft 4 in", "3'4\"", C), ("3 ft 4 in", "4'3\"", X), ("15 m/s", "15", C), ("15 m/s", "15 m", X), ("5m", "5", X),
    (r"5000(1+\frac{0.06}{12})^{12\times3}", "5000(1.005)^36", C),
    (r"5000(1+\frac{0.06}{12})^{12\times3}", "5000(1.05)^36", X),
]  # fmt: skip


@pytest.mark.parametrize(("key", "given", "said"), NAMES + ARRAYS + REGIONS_AND_MEASURES)
def test_mathematics(pool: CheckerPool, key: str, given: str, said: Verdict) -> None:
    assert pool.check(Question("arithmetic", (key,)), given).verdict is said


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("Quadrant III", "III", C), ("Quadrant III", "third quadrant", C), ("Quadrant III", "Q3", C),
        ("Quadrant III", "IV", X),
        ("Quadrant III", "second quadrant", X), ("type III", "III", X), ("systematic", "systematic sampling", C),
        ("even", "even function", C), ("even", "odd function", X), ("nominal", "ordinal level", X),
    ],
)  # fmt: skip
def test_words(pool: CheckerPool, key: str, given: str, said: Verdict) -> None:
    assert pool.check(Question("string", (key,)), given).verdict is said


def test_towers_that_only_look_small_are_still_refused() -> None:
    assert read_key("2^(99*99)") is None
    assert read_key("2^(12*3)") is not None


def test_a_pair_given_for_a_list_is_told_so(pool: CheckerPool) -> None:
    assert "pair" in pool.check(Question("arithmetic", ("3,-3",)), "(3,-3)").reason
