"""Training texts: the templates in `examples/`, filled in and roughed up as learners write.

A file per intent. A line that begins with `#` opens a family: `# what it is | sentiment | key=...`; every other line is
a template: `{a|b}` is a choice, `{num}` a slot filled below, `[[...]]` the answer that the message offers. Nothing here
was taken from anybody's messages.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

FOLDER = Path(__file__).parent / "examples"
CHOICE = re.compile(r"\{([^{}]*)\}")
ANSWER = re.compile(r"\[\[(.*?)\]\](?!\])", re.DOTALL)


@dataclass(frozen=True)
class Template:
    """One line of a file; `family` and the line itself are what a test by template holds out."""

    intent: str
    family: str
    sentiment: str
    line: str
    key: str = ""


@dataclass(frozen=True)
class Example:
    """A message to learn from. `answer` is what it offers, None if nothing; `template` numbers its template."""

    text: str
    intent: str
    sentiment: str
    answer: str | None
    keys: tuple[str, ...]
    template: int
    family: str


def templates(folder: Path = FOLDER) -> list[Template]:
    """All templates, file by file. Raises ValueError for a line outside any family or an unknown sentiment."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        family, sentiment, key = "", "", ""
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            if line.startswith("# "):
                family, sentiment, *more = (part.strip() for part in line[2:].split("|"))
                key = next((part.removeprefix("key=") for part in more if part.startswith("key=")), "")
                if sentiment not in ("neutral", "frustrated", "positive"):
                    raise ValueError(f"{path.name}, line {number}: {sentiment!r} is no sentiment.")
                continue
            if not family:
                raise ValueError(f"{path.name}, line {number}: this line stands in no family.")
            found.append(Template(path.stem, f"{path.stem}: {family}", sentiment, line, key))
    return found


def any_of(words: str) -> list[str]:
    """The words or phrases of a text, separated by bars."""
    return words.split("|")


# Slots --------------------------------------------------------------------------------------------------------------

TERMS = any_of(
    "coefficient|variable|slope|numerator|denominator|like terms|polynomial|quadratic|exponent|integer|prime number|"
    "factor|multiple|hypotenuse|radius|diameter|perimeter|median|mean|mode|range|function|domain|asymptote|y-intercept|"
    "x-intercept|reciprocal|absolute value|inequality|equation|expression|constant|term|vertex|parabola|discriminant|"
    "square root|radical|irrational number|rational number|ratio|proportion|percent|decimal|mixed number|"
    "improper fraction|common denominator|GCF|LCM|greatest common factor|least common multiple|PEMDAS|"
    "order of operations|distributive property|commutative property|associative property|parallel line|"
    "perpendicular line|midpoint|probability|outlier|standard deviation|histogram|scatter plot|correlation|logarithm|"
    "base|sine|cosine|tangent|derivative|limit|integral|matrix|vector|system of equations|substitution|elimination|"
    "inverse operation|inverse|identity|quotient|product|sum|difference|dividend|remainder|ordered pair|quadrant|"
    "coordinate|origin|axis|unit rate|scale factor|congruent|similar triangle|transversal|supplementary angle|"
    "complementary angle|binomial|trinomial|monomial|degree of a polynomial|"
    "leading coefficient|root|zero of a function|"
    "interval notation|set|subset|union|intersection|linear equation|factorial|permutation|sample space|z-score|"
    "scientific notation|significant figure|interest|p-value|null hypothesis|confidence interval|distribution"
)
METHODS = any_of(
    "solve a two-step equation|solve equations with x on both sides|factor a quadratic|add fractions|"
    "add fractions with different denominators|divide fractions|multiply decimals|find the slope|"
    "find the slope from two points|find the area of a triangle|find the y-intercept|graph a line|graph an inequality|"
    "complete the square|use the quadratic formula|simplify a radical|simplify fractions|combine like terms|"
    "distribute a negative|find the LCM|find the greatest common factor|convert a fraction to a decimal|"
    "convert percent to decimal|round to two decimals|find the median|calculate a percentage|find the vertex|"
    "solve a proportion|multiply binomials|foil|divide polynomials|do long division|isolate a variable|"
    "check a solution|substitute a value|move a term to the other side|subtract negative numbers|"
    "multiply negative numbers|solve an inequality|flip the inequality sign|turn a word problem into an equation|"
    "find a common denominator|write numbers in scientific notation|find the "
    "inverse of a function|rationalize the denominator|"
    "do substitution|do elimination|take a derivative|find x in a triangle|"
    "use the pythagorean theorem|undo a multiplication|"
    "solve for y|clear the fractions|get rid of parentheses|compute the standard "
    "deviation|find the probability of two events"
)
METHOD_NOUNS = any_of(
    "factoring|distribution|the distributive property|combining like terms|long division|cross multiplication|"
    "completing the square|the quadratic formula|substitution|elimination|solving inequalities|adding fractions|"
    "dividing fractions|multiplying decimals|rounding|simplifying radicals|foil|PEMDAS|the order of operations|"
    "slope-intercept form|graphing lines|converting units|negative exponents|the pythagorean theorem|"
    "finding the slope|solving two-step equations|multiplying negatives|scientific notation|percent change|"
    "isolating the variable|subtracting negatives|interval notation|absolute value equations|the chain rule"
)
SYMBOLS = any_of("the ≤ sign|≥|the ! |the | | sign|Σ|π|the little 2|≠|∞|±|the ^ sign|f(x)|√|%|the dot|\\leq|∪")
WORDS = any_of(
    "parallelogram|linear|quadratic|slope|commutative property|associative property|denominator|variable|isosceles|"
    "acute|obtuse|perpendicular|parallel|mean|median|prime|composite|rational|irrational|function|rhombus|trapezoid|"
    "distributive property|inverse|coefficient|constant|numerator|exponential|increasing|decreasing|symmetric|hexagon|"
    "direct variation|right triangle|independent|dependent|skewed left|normal "
    "distribution|cylinder|equilateral triangle"
)
PHRASES = any_of(
    "no solution|no solutions|infinitely many solutions|infinite solutions|"
    "all real numbers|undefined|DNE|does not exist|"
    "no real solution|the empty set|infinity|no real solutions|impossible"
)
UNITS = any_of("cm|m|dollars|degrees|miles|hours|feet|km|kg|minutes|square feet|cm^2|mph|percent|inches|%|°")
NUMBER_WORDS = any_of(
    "zero|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|twenty-five|one half|one third|"
    "three quarters|negative three|minus four|two thirds|a half|thirty six|a hundred|negative one half|negative two|one"
)
WORKING = any_of(
    "subtracted {num} from both sides|divided by {num}|added {num} to each "
    "side|distributed the {num}|combined like terms|"
    "multiplied both sides by {num}|factored out {num}|moved the {num} over|plugged in {num}|flipped the fraction|"
    "took the square root|cancelled the {num}s|simplified|did {num} times {num}|did {num} minus {num}|cross multiplied|"
    "isolated x|used the formula"
)
REASONS = any_of(
    "{math} = {math}|you add {num} to both sides|you divide by {num}|{num} times {num} is {num}|{num} + {num} = {num}|"
    "the x cancels|both sides are equal|the slope is {num}|i moved the {num}|the angles add up to 180|"
    "the sign flips|it's double|you have to subtract {num}|i divided both sides by {num}|of the distributive property|"
    "negative times negative is positive|that's what's left|the line goes up "
    "by {num}|{num} goes into {num} {num} times|"
    "when you plug in {num} you get {num}|{math} is {math}|half of {num} is {num}|the denominators are the same|"
    "x has no coefficient|thats what i remember|i counted|the hint said so"
)


class Filler:
    """Fills slots with made-up mathematics, the same for the same seed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def number(self) -> str:
        return str(self.rng.choice([self.rng.randint(2, 12), self.rng.randint(1, 100), self.rng.randint(-20, -1)]))

    def letter(self) -> str:
        return self.rng.choice("xxxxynmtabkz")

    def expression(self) -> str:
        r, x = self.rng, self.letter()
        a, b, c = r.randint(2, 12), r.randint(1, 20), r.randint(1, 9)
        s = r.choice("+-")
        sp = r.choice(["", " "])
        return r.choice(
            [
                f"{a}{x}", f"{a}{x}{sp}{s}{sp}{b}", f"{a}({x}{sp}{s}{sp}{b})", f"{x}^2{sp}{s}{sp}{b}{x}{sp}+{sp}{c}",
                f"{a}{x}^2", f"({x}{s}{b})({x}+{c})", f"{x}/{a}", f"\\frac{{{x}}}{{{a}}}", f"sqrt({a})", f"{a}√{b}",
                f"-{a}{x}", f"{a}{x}{sp}+{sp}{b}y", f"\\sqrt{{{a}}}", f"{x}²", f"2^{a}", f"{a}π", f"${a}{x}{s}{b}$",
                f"{a}*{x}", f"{b}{s}{a}{x}",
            ]
        )  # fmt: skip

    def equation(self) -> str:
        r, x = self.rng, self.letter()
        sp = r.choice(["", " "])
        return r.choice(
            [
                f"{self.expression()}{sp}={sp}{self.number()}", f"{r.randint(2, 9)}{x}{sp}={sp}{r.randint(2, 60)}",
                f"{x}{sp}+{sp}{r.randint(1, 9)}{sp}={sp}{r.randint(2, 30)}", f"y{sp}={sp}{self.expression()}",
            ]
        )  # fmt: skip

    def math(self) -> str:
        return self.rng.choice([self.expression, self.expression, self.equation, self.number])()

    def answer(self) -> str:
        r, x = self.rng, self.letter()
        a, b, c = r.randint(1, 30), r.randint(2, 12), r.randint(1, 9)
        s, sp = r.choice(["", "-"]), r.choice(["", " "])
        return r.choice(
            [
                *[f"{s}{a}"] * 4, *[f"{x}{sp}={sp}{s}{a}"] * 3, f"{s}{a}/{b}", f"{s}{a}.{b}", f"{a}%", f"${a}.50",
                *[self.expression()] * 4, f"({s}{a},{sp}{s}{c})", f"y{sp}={sp}{s}{b}x{sp}+{sp}{c}", f"{x}>{s}{a}",
                f"{x}{sp}<={sp}{a}", f"[{s}{a},{sp}{a + b})", f"(-inf, {a}]", f"{a} {r.choice(UNITS)}",
                f"{a} {c}/{c + b}",
                *[r.choice(NUMBER_WORDS)] * 2, f"\\frac{{{a}}}{{{b}}}", f"{{{a}, {a + b}}}", f"{a} and {a + b}",
                f"x = {a} or x = -{b}", f"x{sp}={sp}{a}, y{sp}={sp}{s}{c}", f"{a},000", f"{b}√{c}", f"{x} ≥ {s}{a}",
                "½",
                f"negative {a}", f"{a} over {b}", f"{b}{x} plus {c}", f"{x} is greater than {a}", f"{a}*10^{b}",
            ]
        )  # fmt: skip

    def slot(self, name: str) -> str:
        r = self.rng
        makers: dict[str, Callable[[], str]] = {
            "num": self.number, "num2": self.number, "math": self.math, "ans": self.answer,
            "term": lambda: r.choice(TERMS), "term2": lambda: r.choice(TERMS), "TERM": lambda: r.choice(TERMS).upper(),
            "method": lambda: r.choice(METHODS), "method_noun": lambda: r.choice(METHOD_NOUNS),
            "symbol": lambda: r.choice(SYMBOLS), "word": lambda: r.choice(WORDS), "phrase": lambda: r.choice(PHRASES),
            "working": lambda: r.choice(WORKING), "reason": lambda: r.choice(REASONS),
            "working_you": lambda: r.choice(WORKING).replace("ed ", " ", 1),
        }  # fmt: skip
        return makers[name]() if name in makers else ""

    def fill(self, line: str) -> str:
        """A template with every choice and slot filled. A choice of one word that names a slot is that slot."""
        for _ in range(40):
            match = CHOICE.search(line)
            if match is None:
                break
            inner = match.group(1)
            if "|" in inner and inner not in SYMBOLS:
                options = inner.split("|")
                picked = self.rng.choice(options)
            else:
                picked = inner
            if picked in SLOTS:
                # braces of the mathematics must not be read as choices again
                picked = self.fill(self.slot(picked)) if picked in NESTED else self.slot(picked)
                picked = picked.replace("{", "\u0001").replace("}", "\u0002")
            line = line[: match.start()] + picked + line[match.end() :]
        return line.replace("\u0001", "{").replace("\u0002", "}")


NESTED = frozenset(("working", "working_you", "reason"))
SLOTS = frozenset(
    any_of(
        "num num2 math ans term term2 TERM method method_noun symbol word phrase working reason working_you".replace(
            " ", "|"
        )
    )
)

# Roughness ----------------------------------------------------------------------------------------------------------

BEFORE = any_of(
    "um |ok |okay |hey |hey, |so |hi, |well |umm |uh |sir |please |sorry |excuse me, |wait |bro |ok so |hmm |yo |lol |"
    "teacher |hello, |actually |oh |ah |and |but |yeah |right, |dude |hi tutor, |pls "
)
AFTER = any_of(
    "| pls| please| lol|!!|...| 🙏| 😅| sir| bro| thx|?|??| ok|.| tho| haha| btw| man| 🤔| i guess| now| again"
)
SHORT = {
    "you": "u", "are": "r", "please": "pls", "because": "cuz", "what": "wat", "your": "ur", "thanks": "thx", "to": "2",
    "for": "4", "know": "kno", "why": "y", "the": "da", "with": "w", "and": "n", "don't": "dont", "can't": "cant",
    "understand": "undrstand", "is": "iz", "this": "dis", "that": "dat", "okay": "k", "people": "ppl", "though": "tho",
    "problem": "prob", "question": "q", "something": "smth", "though ": "tho", "going": "goin", "really": "rly",
}  # fmt: skip


def _misspelt(word: str, rng: random.Random) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    i = rng.randrange(len(word) - 1)
    return rng.choice(
        [word[:i] + word[i + 1] + word[i] + word[i + 2 :], word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]]
    )


def roughened(text: str, rng: random.Random, *, ends: bool) -> str:
    """The text as somebody in a hurry writes it; marked answers stay as they are."""
    parts = re.split(r"(\[\[.*?\]\](?!\]))", text)
    how = rng.random()
    for i in range(0, len(parts), 2):
        words = parts[i].split(" ")
        if how < 0.35:
            words = [_misspelt(word, rng) if rng.random() < 0.18 else word for word in words]
        elif how < 0.5:
            words = [SHORT.get(word.lower(), word) if rng.random() < 0.5 else word for word in words]
        parts[i] = " ".join(words)
        if rng.random() < 0.5:
            parts[i] = parts[i].lower()
        if rng.random() < 0.4:
            parts[i] = re.sub(r"['.,]|(?<!\W)\?$", "", parts[i])
    text = "".join(parts)
    if ends and rng.random() < 0.4:
        text = rng.choice(BEFORE) + text
    if ends and rng.random() < 0.3:
        text = text.rstrip(".?!") + rng.choice(AFTER)
    return text.upper() if rng.random() < 0.06 and "[[" not in text else text


# Keys ---------------------------------------------------------------------------------------------------------------


def _key_beside(filler: Filler, template: Template, answer: str | None, text: str) -> tuple[str, ...]:
    """A key that the step could have: of the answer's own sort if there is one, any other way anything or nothing."""
    rng = filler.rng
    if rng.random() < 0.3:
        return ()
    if answer is None:
        return (rng.choice([filler.answer(), filler.answer(), rng.choice(WORDS), rng.choice(PHRASES), "B"]),)
    if template.key == "{word}":
        return (answer if rng.random() < 0.6 else rng.choice(WORDS),)
    if template.key:
        return (template.key,)
    return (answer if rng.random() < 0.5 else filler.answer(),)


def examples(seed: int, *, most: int = 9, folder: Path = FOLDER) -> list[Example]:
    """The training texts: up to `most` different fillings of each template, half of them roughened."""
    rng = random.Random(seed)
    filler = Filler(rng)
    found: list[Example] = []
    for number, template in enumerate(templates(folder)):
        found.extend(_fillings(template, number, filler, most))
    return found


def _fillings(template: Template, number: int, filler: Filler, most: int) -> Iterator[Example]:
    rng, seen = filler.rng, set()
    rich = "{" in template.line
    for attempt in range(most * 2 if rich else 4):
        marked = filler.fill(template.line)
        if attempt % 2:
            marked = roughened(marked, rng, ends=template.intent != "answer" or rng.random() < 0.3)
        marked = " ".join(marked.split(" "))
        if marked in seen:
            continue
        seen.add(marked)
        mark = ANSWER.search(marked)
        answer = mark.group(1).strip() if mark else None
        text = ANSWER.sub(r"\1", marked)
        keys = _key_beside(filler, template, answer, text)
        yield Example(text, template.intent, template.sentiment, answer, keys, number, template.family)
        if len(seen) >= most:
            return


def without_keys(example: Example) -> Example:
    """The same message with nothing known about the step."""
    return replace(example, keys=())
