"""Kinds of answers that other courses ask for and learners give: key, given, what the step asks, and what is said."""

import pytest

from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

C, F, X, U = Verdict.CORRECT, Verdict.FORM, Verdict.INCORRECT, Verdict.NOT_UNDERSTOOD

CALCULUS = [
    # a constant of integration is added, if only in part
    (r"\frac{x^3}{3}+C", "(x^3+C)/3", "", C), (r"\frac{x^3}{3}+C", "x^3/3-C", "", X),
    (r"\frac{x^3}{3}+C", "x^3/3+C^2", "", X), (r"\frac{x^3}{3}+C", "x^3/3+kx", "", X),
    # an absolute value that is left out takes half of the domain away
    (r"\ln|x|+C", "ln(x)+C", "", X), (r"\ln|x|+C", "ln|x|+K", "", C), (r"2\ln|x|", "ln(x^2)", "", C),
    # arbitrary constants have no fixed names, other letters have
    (r"y=Ce^{3x}", "y=Ae^(3x)", "Find the general solution.", C), (r"y=Ce^{3x}", "y=Ae^(3x)", "", X),
    (r"y=C_1e^x+C_2e^{-2x}", "y = Ae^(-2x)+Be^x", "Find the general solution.", C),
    (r"y=C_1e^x+C_2e^{-2x}", "y = Ae^(-2x)+Ae^x", "Find the general solution.", X),
    (r"y=C_1e^x+C_2e^{-2x}", "y=c1e^x+c2e^(-2x)", "Find the general solution.", C),
    # the index of a sum
    (r"\sum_{n=1}^{9}\frac{1}{n^2}", r"\sum_{k=1}^{9}\frac{1}{k^2}", "", C),
    (r"\sum_{n=1}^{9}\frac{1}{n^2}", r"\sum_{k=1}^{9}\frac{1}{n^2}", "", X),
    (r"\sum_{n=1}^{5}nx", r"\sum_{x=1}^{5}x^2", "", X),
    # names of derivatives and functions
    (r"\frac{d^2y}{dx^2}=6x", "d^2y/dx^2 = 6x", "", C), (r"\frac{\partial f}{\partial x}=2xy", "f_x=2xy", "", C),
    (r"\frac{\partial f}{\partial x}=2xy", "f_y=2xy", "", X), ("f^{-1}(x)=x+5", "y=x+5", "", C),
    ("f^{-1}(x)=x+5", "f(x)=x+5", "", X), (r"(f\circ g)(x)=4x^2", "f(g(x))=4x^2", "", C), ("A(t)=5t", "A=5t", "", C),
    # exponents with decimals and variables are no towers
    (r"P=\frac{120}{1+5e^{-0.2t}}", "P=120/(1+5e^(-0.2t))", "", C), (r"e^{0.035t}", "exp(0.035t)", "", C),
    (r"\left(1+\frac{0.05}{365}\right)^{365t}", "(1+0.05/365)^(365t)", "", C), (r"e^{-0.2t}", "e^(0.2t)", "", X),
    # functions without brackets, one after the other
    (r"2\sin x\cos x", "2sinxcosx", "", C), (r"x\ln x-x", "xlnx-x", "", C), (r"\cos x\sin 2x", "cosxsin2x", "", C),
    (r"\lim_{x\to 2^{+}}f(x)", r"\lim_{x\to 2^+}f(x)", "", C),
    (r"\lim_{x\to 2^{+}}f(x)", r"\lim_{x\to 2^-}f(x)", "", X),
    (r"f(x)=\begin{cases} x & x<0 \\ x^2 & x\ge 0 \end{cases}", "x if x<0, x^2 if x>=0", "", C),
    (r"f(x)=\begin{cases} x & x<0 \\ x^2 & x\ge 0 \end{cases}", "x if x<0, x^2 if x>0", "", X),
]  # fmt: skip
TRIGONOMETRY_AND_VECTORS = [
    # families of angles, whatever the whole number is called and wherever it is counted from
    (r"\theta=\frac{\pi}{6}+2\pi n", "pi/6+2kpi", "", C), (r"\frac{\pi}{6}+2\pi n", "13pi/6-2k pi", "", C),
    (r"\frac{\pi}{6}+2\pi n", "pi/6+k pi", "", X), (r"\frac{\pi}{6}+2\pi n", "7pi/6+2pi k", "", X),
    (r"30^\circ+360^\circ n", "30°+360°k", "", C), (r"30^\circ+360^\circ n", "30°+180°k", "", X),
    (r"2(\cos 30^\circ+i\sin 30^\circ)", "2 cis 30°", "", C), (r"2(\cos 30^\circ+i\sin 30^\circ)", "2 cis 60°", "", X),
    (r"\langle 2,-3\rangle", "2i-3j", "", C), (r"\langle 2,-3\rangle", "2i+3j", "", X),
    (r"\langle 2,-3\rangle", r"2\mathbf{i}-3\mathbf{j}", "", C),
    (r"-6\mathbf{i}+2\mathbf{j}-5\mathbf{k}", "(-6,2,-5)", "", C),
    (r"\langle 2,-3,\frac{1}{2}\rangle", "2i-3j+k/2", "", C), ("2+3i", "(2,3)", "", X),
    (r"\vec{v}=<2,3>", "v = <2,3>", "", C), (r"\vec{v}=<2,3>", "<2,3>", "", C), ("x<=3", "x=<3", "", C),
    (r"\|v\|=5", "||v|| = 5", "", C), ("12^\\circ 30'", "12 degrees 30 minutes", "", C),
    # an exact key and a rounded answer
    (r"8\pi", "25.13", "Give the exact area.", F), (r"8\pi", "25.13", "", X),
    (r"8\pi", "25.12", "Give the exact area.", X),
    (r"8\pi", "16pi cm^2", "", X), (r"16\pi", "16pi cm^2", "", C), (r"2\sqrt{3} cm", "2√3 m", "", X),
]  # fmt: skip
ALGEBRA = [
    (r"x=\pm3", "+-3", "", C), (r"x=\pm3", "-3", "", X), (r"\frac{-3\pm\sqrt{17}}{4}", "(-3+-√17)/4", "", C),
    ("5", "3+-2", "", X), ("x=3,x=-2", "x1=3, x2=-2", "", C), ("x=3,x=-2", "x_1=3, x_2=2", "", X),
    ("a_n=3n+2", "an=3n+2", "", C), ("a_n=3n+2", "a(n)=3n+2", "", C), ("a_n=a_{n-1}+4", "a_n=a_(n-1)+4", "", C),
    (r"\begin{bmatrix}1&-2\\3&4\end{bmatrix}", "[1 -2; 3 4]", "", C),
    (r"\begin{bmatrix}1&-2\\3&4\end{bmatrix}", "[1, -2; 3, 4]", "", C),
    (r"\begin{bmatrix}1&-2\\3&4\end{bmatrix}", "[1 - 2; 3 4]", "", U),
    (r"\begin{bmatrix}1&-2\\3&4\end{bmatrix}", "1/2[[2,-4],[6,8]]", "", C), ("[1,2]", "[1;2]", "", C),
    ("2 by 3", "2x3", "What is the size of the matrix?", C),
    (r"2\times 3", "3x2", "What is the size of the matrix?", X),
    (r"2\times 3", "6", "What is the size of the matrix?", X), ("16 ft by 9 ft", "9 ft x 16 ft", "", C),
    (r"(\pm 4,0)", "(4,0), (-4,0)", "", C), (r"(\pm 4,0)", "(0,4), (0,-4)", "", X), (r"x\ne 2, x\ne -2", "x≠±2", "", C),
    ("x^2+3x-1+\\frac{5}{x-2}", "x^2+3x-1 R 5", "", F), ("x^2+3x-1+\\frac{5}{x-2}", "x^2+3x-1 R 4", "", X),
    ("(0,-5)", "y=-5", "Find the y-intercept.", F), ("(0,-5)", "x=-5", "Find the y-intercept.", X),
    (r"\log_3(x)+\log_3(y)", "log_3(xy)", "Expand.", F), (r"\frac{7}{2}-\frac{1}{2}i", "(7-i)/2", "Write as a+bi.", F),
    ("2x+3", "2n+3", "Translate: three more than twice a number.", C),
    ("2x+3", "2n+3", "Translate: three more than twice a number x.", X),
    ("{x | x>3}", "{x: x > 3}", "", C), ("(-inf,inf)", "R", "Find the domain.", C),
    ("x=5", "5", "Solve the equation.", C),
    ("x>-2", "(-2,inf)", "Solve the inequality.", C), ("3<x<5", "between 3 and 5", "", F),
    ("(1,3)", "1<t<3", "On which interval does it fall?", C), ("(1,3)", "1<t<3", "Use interval notation.", F),
    (r"x=\frac{-3\pm\sqrt{17}}{4}", "(-3±sqrt(17))/4", "Use the quadratic formula.", C),
    (r"x<-5\text{ or }x>1", "|x+2|>3", "", F), (r"x<-5\text{ or }x>1", "|x+2|>=3", "", X),
    (r"p\wedge q", "p or q", "", X), ("p", "~p", "", X), (r"\sim p", "¬p", "", C),
]  # fmt: skip
NUMBERS = [
    ("5 R 2", "5 remainder 2", "", C), ("5R2", "5 with a remainder of 2", "", C), ("5 R 2", "5 R 3", "", X),
    ("5 R 2", "5", "", X), ("2 1/3", "2 and 1/3", "", C), ("3/8", "3 out of 8", "", C), ("3/8", "3 in 8", "", C),
    ("3/8", "three eighths", "", C), ("1/4", "one-fourth", "", C), ("n=385", "385 people", "", C),
    ("12", "12 quarters", "", C), ("1/2", "one half", "", C),
    ("3.07", "3 and 7 hundredths", "", C), ("345", "three hundred forty-five", "", C),
    ("345", "three hundred fifty-four", "", X), ("12345", "twelve thousand three hundred forty-five", "", C),
    ("120", "5 factorial", "", C), ("1000000", "1e6", "", C), ("6", "6th", "", C), ("6", '"6"', "", C),
    ("1,3,5,7,9", "1 3 5 7 9", "", C), ("2:3:5", "2 to 3 to 5", "", C), ("2:3:5", "4:6:10", "simplest form", F),
    ("0.35", "35%", "Write 35% as a decimal.", F), ("2*3*7", "6*7", "Write as a product of primes.", F),
    ("9/4", "(3/2)^2", "Simplify.", F), (r"\frac{2}{3}<\frac{3}{4}", "3/4 > 2/3", "", C),
    (r"\frac{2}{3}<\frac{3}{4}", "2/3 > 3/4", "", X), ("1011_2", "1011", "Write in binary.", C),
    ("1011_2", "1101", "Write in binary.", X), ("-3/4", "slope = -3/4", "", C),
    ("-3/4", "the slope is not -3/4", "", U),
    ("DNE", "the limit does not exist", "", C), ("12", "12 ft", "How many inches?", X),
    ("12", "12 in", "How many inches?", C), ("12", "12 miles per hour", "How many miles per hour?", C),
    ("18", "18 cm^2", "Find the perimeter.", X), ("6", "6 cm", "Find the side of a square with area 36.", C),
]  # fmt: skip
STATISTICS_AND_SCIENCE = [
    (r"H_0: \mu=50", "H_a: mu=50", "", X), (r"H_0: \mu=50", "mu=50", "", C), (r"H_0: \mu=50", "Ho: mu=50", "", C),
    (r"H_0: p=0.5, H_a: p\ne 0.5", "H_1: p != 0.5; H_0: p = 0.5", "", C),
    (r"H_0: p=0.5, H_a: p\ne 0.5", "H_0: p != 0.5, H_a: p = 0.5", "", X),
    ("(0.42,0.58)", "0.5 ± 0.08", "Find the confidence interval.", C), ("(0.42,0.58)", "0.5 ± 0.08", "", X),
    ("(0.42,0.58)", "0.42 to 0.58", "Find the confidence interval.", C),
    ("(0.42,0.58)", "(0.58,0.42)", "Find the confidence interval.", X), ("3/8", "3:8", "Find the probability.", X),
    (r"\pm 3\%", "3%", "Find the margin of error.", C), ("df=24", "24", "", C), ("4.74", "pH = 4.74", "", C),
    (r"\hat{y}=2x+1", "y-hat = 2x+1", "", C), ("0.02", "p-value = 0.02", "", C),
    ("1.5 M", "1.5 m", "Find the molarity.", X),
    ("+2", "2+", "What is the oxidation state?", C), ("+2", "2-", "What is the oxidation state?", X),
    ("4.184 J/(g*°C)", "4.184 J/g°C", "", C), ("4.184 J/(g*°C)", "4.184 J/g", "", X),
    ("4.184 J/(g*°C)", "4.184 kJ/(kg K)", "", C), (r"-5\text{ °C}", "-5 degrees Celsius", "", C),
    ("3:30 PM", "15:30", "", C), ("3:30 PM", "3:30", "", F), ("3:30 PM", "3:30 am", "", X), ("12:00 PM", "noon", "", C),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "given", "asked", "said"), CALCULUS + TRIGONOMETRY_AND_VECTORS + ALGEBRA + NUMBERS + STATISTICS_AND_SCIENCE
)
def test_mathematics(pool: CheckerPool, key: str, given: str, asked: str, said: Verdict) -> None:
    assert pool.check(Question("arithmetic", (key,), asked=asked), given).verdict is said


@pytest.mark.parametrize(
    ("key", "given", "asked", "said"),
    [
        # bases: spaces, hyphens and marked ends are typography, letters are not
        ("ATGCCGTT", "5'-ATG CCG TT-3'", "", C), ("ATGCCGTT", "ATGCCGTA", "", X), ("ATGCCGTT", "3'-ATGCCGTT-5'", "", X),
        ("5'-ATGCCGTT-3'", "3'-TTGCCGTA-5'", "", C), ("TAG", "GAT", "", X), ("XIV", "XVI", "", X),
        ("ATP", "ADP", "", X),
        # terms of the subject are no slips of spelling
        ("qualitative", "quantitative", "", X), ("qualitative", "qualatative", "", C), ("nitrate", "nitrite", "", X),
        # arrows of reactions
        ("N_2+3H_2 \\rightleftharpoons 2NH_3", "N2 + 3H2 <-> 2NH3", "", C),
        ("N_2+3H_2 \\rightleftharpoons 2NH_3", "N2 + 3H2 -> 2NH3", "", X),
        ("CH_4+2O_2 \\rightarrow CO_2+2H_2O", "CH4 + 2O2 = CO2 + 2H2O", "", C), ("KCl", "KCL", "", F),
        ("iron(III) oxide", "Iron(III) Oxide", "", C), ("iron(III) oxide", "iron(II) oxide", "", X),
        # the thing that an adjective is said of
        ("covalent", "covalent bond", "", C), ("even", "even function", "Is the function even or odd?", C),
        ("hydrogen", "hydrogen bond", "", X), ("mass", "mass number", "", X), ("nonlinear", "linear function", "", X),
        # moves
        ("left 3 units and up 2", "up 2 units, 3 left", "", C), ("left 3 units and up 2", "left 2, up 3", "", X),
        ("left 3 units", "shifted right 3", "", X),
        # short and long ways to say it
        ("reject", "reject H0", "", C), ("reject", "fail to reject H0", "", X), ("yes", "y", "", C),
        ("yes", "n", "", X),
        ("True", "T", "", C), ("no", "no, it is not", "", C), ("no", "yes, it is", "", X), (">", "greater than", "", C),
        (">", "less than", "", X), ("March 5", "Mar 5th", "", C), ("March 5", "May 5", "", X),
        ("max at x=2", "min at x=2", "", X),
        ("converges", "convergent", "", C), ("perpendicular", "perpendiculer", "", C),
        ("converges", "divergent", "", X),
        ("increasing", "decreases", "", X), ("right skewed", "positively skewed", "", C),
        ("$$x$$-axis", "x axis", "", C),
        ("infinitely many solutions", "one solution", "", X), ("yes", "maybe", "", X),
    ],
)  # fmt: skip
def test_words(pool: CheckerPool, key: str, given: str, asked: str, said: Verdict) -> None:
    assert pool.check(Question("string", (key,), asked=asked), given).verdict is said


def test_a_rounded_value_of_an_exact_key_is_told_apart_from_a_wrong_one(pool: CheckerPool) -> None:
    assert "rounded" in pool.check(Question("arithmetic", (r"\sqrt{2}",)), "1.414").reason
    assert pool.check(Question("arithmetic", (r"\sqrt{2}",)), "1.514").reason == ""
