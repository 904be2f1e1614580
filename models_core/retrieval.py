"""The `answer` student of a course: which of the course's texts answer a question, and whether any does.

    question ─► words, mathematical words, signs ─► match with headings and bodies (BM25) ─┐
       └──────► vector ─► nearness to headings, to pieces of the texts, to what is in play ─┴► score ─► the best few
                  └─────► which topic of a wide list is this? how near is the course to it? ──► P(the best answers)

The score is linear in a handful of features; its weights, and those of the probability, are fitted by
`models_core.fit_retrieval` and kept with the other weights. Below a probability it abstains.

Letters: n texts, q pieces of texts (a heading, then the paragraphs), t topics, E width of a vector, F features.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]

WORDS = Path(__file__).parent / "retrieval_words"
WEIGHTS_PATH = Path(__file__).parent / "weights" / "answer" / "weights.json"
LONGEST_QUESTION = 500  # characters; whoever writes more tells a story
SATURATION, LENGTH_SHARE = 1.2, 0.5  # BM25's k1 and b
SHARPNESS = 0.06  # of the softmax that says which topics a question is about


@dataclass(frozen=True)
class Text:
    """Something that a course says. Of a `group` only the best is returned: hints of one skill say much the same."""

    name: str
    title: str
    about: str  # its skills, in words
    also: tuple[str, ...]  # what else the course says of them; it helps to find the text and is not shown
    body: str
    skills: tuple[str, ...]
    group: str


@dataclass(frozen=True)
class Found:
    """A text that may answer, by its place in the index."""

    position: int
    name: str
    score: float


@dataclass(frozen=True)
class Answer:
    """The best texts, best first.

    `probability`: that the first of them answers the question; `says`: that the course answers it at all. It abstains
    where `says` is too low.
    """

    found: tuple[Found, ...]
    probability: float
    says: float
    abstains: bool


# --- reading ------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[a-z]+")
# Words that say that something is asked, or next to nothing; what is left says what is asked about.
_EMPTY = frozenset((WORDS / "asking.txt").read_text(encoding="utf-8").split())
# Words for one thing, by stem. A token of the thing is added to the word's own.
_SAME_THING = {
    "add": "add added adding addition additive plus sum total",
    "subtract": "subtract subtracting subtraction minus takeaway less difference",
    "multiply": "multiply multiplied multiplying multiplication times product factor",
    "divide": "divide divided dividing division quotient share sharing",
    "bracket": "bracket brackets parenthesis parentheses paren parens",
    "letter": "letter letters variable variables unknown unknowns x",
    "negative": "negative negatives minus minuses sign signs",
    "fraction": "fraction fractions fractional numerator denominator denominators numerators half third quarter",
    "percent": "percent percents percentage percentages discount markup",
    "decimal": "decimal decimals point points",
    "equal": "equal equals equality equation equations balance",
    "undo": "undo undoing undone inverse opposite reverse cancel cancels cancelling",
    "distribute": "distribute distributes distributing distribution distributive expand expanding foil",
    "solve": "solve solves solved solving solution solutions root roots answer answers",
    "check": "check checking checked checks verify verifying verification test testing",
    "rearrange": "rearrange rearranging rearranged formula formulas formulae subject isolate isolating literal",
    "combine": "combine combined combining join joined joining collect collecting gather simplify simplifying",
    "term": "term terms coefficient coefficients monomial",
    "story": "story sentence sentences phrase phrases translate translating translation english wording text",
    "evaluate": "evaluate evaluating value values substitute substituting substitution plug plugging",
    "power": "power powers exponent exponents exponential squared cubed square",
    "root": "root roots radical radicals sqrt",
    "slope": "slope slopes gradient steepness rise run",
    "graph": "graph graphs graphing plot plotting draw line lines",
    "inequality": "inequality inequalities greater smaller",
    "factorise": "factor factors factoring factored factorise factorize factorisation factorization gcf hcf",
    "gcf": "gcf hcf gcd greatest highest",
    "lcm": "lcm lcd lowest least",
    "log": "log logs logarithm logarithms ln logarithmic",
    "order": "order pemdas bodmas bidmas operations",
}
_ENDING = re.compile(r"(?:isation|ization|ational|ations?|ying|ing|edly|ied|ed|ies|eses|esis|es|s|ly|er|ions?|e|y)$")
# What a reader sees in mathematics, as words.
_SIGNS = (
    (r"\d\s*[a-z](?![a-z])", "sign:coefficient letter"),
    (r"(?:\d|\)|[-+])\s*\(|\([^()]*[-+][^()]*\)", "sign:bracket bracket"),
    (r"-\s*\d*\s*\(", "sign:minus-bracket negative"),
    (r"\w\s*/\s*\w|\\d?frac|÷", "sign:fraction fraction divide"),
    (r"%", "sign:percent percent"),
    (r"\d\.\d", "sign:decimal decimal"),
    (r"\^|²|³", "sign:power power"),
    (r"√|\\sqrt", "sign:root root"),
    (r"[<>≤≥]|\\leq?\b|\\geq?\b", "sign:inequality inequality"),
    (r"(?:^|[=(]|\s)\s*-[\da-z]", "sign:negative negative"),
    (r"\bx over\b|over \d", "sign:fraction fraction divide"),
    (r"(?<![\d.])0(?![\d.])", "sign:zero zero"),
    (r"=", "sign:equal equal"),
    (r"\\log|\blog", "sign:log log"),
    (r"\|[^|]+\|", "sign:absolute absolute"),
    (r"[a-z][^=a-z]*=[^=]*\d[a-z]|\d[a-z][^=]*=[^=]*[a-z](?![a-z])", "sign:both-sides"),
    (r"\+", "sign:plus"),
)
_SEEN = tuple((re.compile(pattern), tokens.split()) for pattern, tokens in _SIGNS)
_MATHEMATICS = re.compile(r"\$+([^$]*)\$+")


def stem(word: str) -> str:
    """The word without its commonest endings: "terms" and "term" are one, "adding" and "added" too."""
    short = _ENDING.sub("", word)
    short = short if len(short) >= 3 else word
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] and short[-1] not in "aeslz" else short


_THINGS: dict[str, set[str]] = {}
for _thing, _words in _SAME_THING.items():
    for _word in _words.split():
        _THINGS.setdefault(stem(_word), set()).add(f"~{_thing}")


def tokens(text: str) -> list[str]:
    """What a text is about: stems of its words, the mathematical thing that each names, and the signs in it."""
    small = text.lower().replace("’", "'")
    mathematics = " ; ".join(_MATHEMATICS.findall(small)) if "$" in small else small
    prose = re.sub(r"\\[a-z]+", " ", _MATHEMATICS.sub(" ", small))
    found: list[str] = []
    for word in _WORD.findall(prose):
        if len(word) < 3 or word in _EMPTY:
            continue
        root = stem(word)
        found.append(root)
        found.extend(sorted(_THINGS.get(root, ())))
    for pattern, seen in _SEEN:
        if pattern.search(mathematics):
            found.extend(token if token.startswith("sign:") else f"~{token}" for token in seen)
    return found


_LATEX = (
    (re.compile(r"\\(?:left|right|displaystyle|[,;!:])"), ""),
    (re.compile(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}"), r"\1/\2"),
    (re.compile(r"\\sqrt\{([^{}]*)\}"), r"square root of \1"),
    (re.compile(r"\\(?:cdot|times)"), " times "),
    (re.compile(r"\\([a-z]+)"), r" \1 "),
    (re.compile(r"[${}]"), " "),
)


def plain(text: str) -> str:
    """The text as the encoder reads best: without typesetting."""
    for pattern, put in _LATEX:
        text = pattern.sub(put, text)
    return " ".join(text.replace("*", "").split())


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“*$\\])|\n\s*\n")
PIECE, PIECE_CUT = 160, 500  # characters: from which on a piece is long enough, and where it is cut


def pieces_of(text: Text) -> list[str]:
    """What is encoded of a text itself: what it is about, its title, and its sentences, a few at a time."""
    pieces, piece = [], ""
    for sentence in _SENTENCE_END.split(text.body):
        piece = f"{piece} {sentence}".strip()
        if len(piece) >= PIECE:
            pieces.append(piece)
            piece = ""
    if piece:
        pieces.append(piece)
    return [
        plain(text.about)[:300],
        plain(f"{text.title}. {text.about}")[:400],
        *(plain(f"{text.title}. {each}")[:PIECE_CUT] for each in pieces),
    ]


@lru_cache(maxsize=1)
def glossary() -> tuple[tuple[tuple[str, ...], str], ...]:
    """What mathematical words mean in plainer ones: (the stems of a name, the meaning), long names first. A course may
    explain a thing without ever using the name that a learner heard elsewhere."""
    entries = []
    for line in (WORDS / "glossary.txt").read_text(encoding="utf-8").splitlines():
        names, _colon, meaning = line.partition(": ")
        entries += [(_stems(name), meaning) for name in names.split(", ")]
    return tuple(sorted(entries, key=lambda entry: -len(entry[0])))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in re.findall(r"[a-z0-9]+", text.lower().replace("’", "'").replace("'", "")))


def meanings(question: str) -> str:
    """What the names in a question mean; of names within names only the longest speaks."""
    asked = list(_stems(question))
    found: list[str] = []
    for name, meaning in glossary():
        for start in range(len(asked) - len(name) + 1):
            if tuple(asked[start : start + len(name)]) == name:
                asked[start : start + len(name)] = [""] * len(name)
                found.append(meaning)
    return "; ".join(dict.fromkeys(found))


@lru_cache(maxsize=1)
def topics() -> tuple[str, ...]:
    """A wide list of what people ask about, in and out of school: what a question may be about instead."""
    return tuple(line for line in (WORDS / "topics.txt").read_text(encoding="utf-8").splitlines() if line)


# --- the index ----------------------------------------------------------------------------------------------------


class Index:
    """A course's texts, ready to be searched. Built once per version of a course; never changed."""

    def __init__(self, texts: Sequence[Text], encode: Encode) -> None:
        """`encode` gives unit vectors (n, E) of a list of texts; a cache of it makes the second time fast."""
        self.texts = tuple(texts)
        self.groups = _numbered([text.group for text in texts])  # (n,)
        row: dict[str, int] = {}  # of each piece; what several texts share is kept once
        own = [[row.setdefault(piece, len(row)) for piece in pieces_of(text)] for text in texts]
        also = [[row.setdefault(plain(each)[:PIECE_CUT], len(row)) for each in text.also] for text in texts]
        flat = list(row)
        vectors = encode([*flat, *topics()])
        self._pieces, self._topics = vectors[: len(flat)], vectors[len(flat) :]  # (q, E), (t, E)
        self._about = np.array([rows[0] for rows in own], np.int64)  # (n,) rows of pieces
        self._heading = np.array([rows[1] for rows in own], np.int64)
        self._body, self._also = _Rows([rows[2:] for rows in own]), _Rows(also)
        near = self._topics @ self._pieces.T if texts else np.zeros((len(self._topics), 1), np.float32)
        self._covered = near.max(1).astype(float)  # (t,): how near the course comes to each topic
        self._bodies = _Field([tokens(f"{text.title}. {text.body}") for text in texts])
        self._headings = _Field([tokens(f"{text.about}. {text.title}") for text in texts])
        self._passages = _Field([tokens(piece) for piece in flat])
        self._others = _Field([tokens(" ".join(text.also)) for text in texts])
        self._fields = (self._bodies, self._headings, self._others, self._passages)
        self._known = frozenset().union(*(field.known for field in self._fields))

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def size_bytes(self) -> int:
        return self._pieces.nbytes + self._topics.nbytes + sum(field.size_bytes for field in self._fields)

    def features(self, asked: "Asked", in_play: Mapping[str, float]) -> Floats:
        """What each text has to do with the question, (n, F) in the order of `FEATURES`."""
        body, heading, other = (field.match(asked.words) for field in (self._bodies, self._headings, self._others))
        meant = np.maximum(self._bodies.match(asked.meant), self._headings.match(asked.meant))  # (n,)
        near, near_meant = (self._pieces @ asked.vectors.T).astype(float).T  # (q,) each
        either = np.maximum(near, near_meant)
        bodies, bodies_meant = self._body.nearest(near), self._body.nearest(either)  # (n,) each
        closest = self._body.nearest(self._passages.match(asked.words))
        titled = near[self._heading]
        group = np.full(int(self.groups.max(initial=0)) + 1, -1.0)
        np.maximum.at(group, self.groups, np.maximum(bodies_meant, either[self._heading]))
        prior = np.array([max((in_play.get(skill, 0.0) for skill in text.skills), default=0.0) for text in self.texts])
        return np.column_stack(
            [
                heading,
                body,
                np.maximum(np.maximum(heading, body), other),
                meant,
                near[self._about],
                titled,
                self._also.nearest(either),
                bodies,
                bodies_meant,
                closest,
                either[self._heading],
                group[self.groups],
                prior,
            ]
        )

    def doubts(self, asked: "Asked", best: Floats, score: float, margin: float) -> Floats:
        """What tells whether the best text, with these features (F,), answers: (D,) in the order of `DOUBTS`."""
        words = [token for token in asked.words if not token.startswith(("~", "sign:"))]
        unknown = sum(word not in self._known for word in words) / len(words) if words else 0.0
        near = (self._topics @ asked.vectors[0]).astype(float)  # (t,)
        share = np.exp((near - near.max()) / SHARPNESS)
        share /= share.sum()
        of = dict(zip(FEATURES, map(float, best), strict=True))
        close, meant = max(of["titled"], of["bodies"]), max(of["titled_meant"], of["bodies_meant"])
        return np.array(
            [
                score,
                margin,
                of["words"],
                of["meant"],
                of["also"],
                close,
                meant,
                unknown,
                float(share @ self._covered),
                close - float(near.max()),
                math.log1p(len(words)),
                float(bool(asked.meant)),
            ]
        )


FEATURES = (
    "heading", "body", "words", "meant", "about", "titled", "also", "bodies", "bodies_meant", "closest", "titled_meant",
    "group", "prior",
)  # fmt: skip
DOUBTS = (
    "score", "margin", "words", "meant", "also", "close", "close_meant", "unknown", "covered", "nearer", "length",
    "glossary",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question, read: its tokens, those of what its mathematical names mean, and the vectors (2, E) of it without
    and with that meaning."""

    words: tuple[str, ...]
    meant: tuple[str, ...]
    vectors: NDArray[np.float32]

    @classmethod
    def read(cls, question: str, encode: Encode) -> "Asked":
        meaning = meanings(question)
        own = plain(question)
        vectors = encode([own, f"{own} {meaning}"] if meaning else [own])
        both = vectors if meaning else np.repeat(vectors, 2, axis=0)
        return cls(tuple(sorted(set(tokens(question)))), tuple(sorted(set(tokens(meaning)))), both)


class _Rows:
    """Which pieces belong to which text."""

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        self.count = len(rows)
        self.piece = np.array([piece for own in rows for piece in own], np.int64)
        self.owner = np.repeat(np.arange(len(rows)), [len(own) for own in rows])

    def nearest(self, near: Floats) -> Floats:
        """The nearest of each text's pieces (n,); 0 for a text that has none."""
        best = np.full(self.count, -1.0)
        np.maximum.at(best, self.owner, near[self.piece])
        return np.where(best == -1.0, 0.0, best)


class _Field:
    """Texts as bags of tokens, to be matched by BM25; the match is a share of what was asked, from 0 to 1."""

    def __init__(self, bags: Sequence[Sequence[str]]) -> None:
        self.count = len(bags)
        length = np.array([max(len(bag), 1) for bag in bags], float)
        damp = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length / length.mean()) if len(bags) else length
        postings: dict[str, list[tuple[int, float]]] = {}
        for position, bag in enumerate(bags):
            for token, times in Counter(bag).items():
                postings.setdefault(token, []).append((position, times / (times + damp[position])))
        self.known = {
            token: (np.array([p for p, _ in hits], np.int32), np.array([s for _, s in hits], np.float32))
            for token, hits in postings.items()
        }

    @property
    def size_bytes(self) -> int:
        return sum(where.nbytes + much.nbytes for where, much in self.known.values())

    def weight(self, token: str) -> float:
        """How telling a token is: the fewer texts hold it, the more; one that none holds is the most telling."""
        holding = len(self.known[token][0]) if token in self.known else 0
        rarity = math.log(1 + (self.count - holding + 0.5) / (holding + 0.5))
        return rarity * (0.5 if token.startswith(("~", "sign:")) else 1.0)

    def match(self, asked: Sequence[str]) -> Floats:
        found, total = np.zeros(self.count), 0.0
        for token in asked:
            weight = self.weight(token)
            total += weight
            if token in self.known:
                where, much = self.known[token]
                found[where] += weight * much
        return found / total if total else found


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    number = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], np.int64)


# --- the student --------------------------------------------------------------------------------------------------


class WeightsRefused(ValueError):
    """A file of weights that is not what it should be; its text says why."""


@dataclass(frozen=True)
class Weights:
    """All that was fitted: the score's weights, those of both probabilities (the intercept last), where to abstain."""

    score: tuple[float, ...]  # (F,)
    first_right: tuple[float, ...]  # (D + 1,)
    says: tuple[float, ...]  # (D + 1,)
    abstain_below: float

    def __post_init__(self) -> None:
        for name, many in (("score", len(FEATURES)), ("first_right", len(DOUBTS) + 1), ("says", len(DOUBTS) + 1)):
            values = getattr(self, name)
            if len(values) != many or not all(math.isfinite(value) for value in values):
                raise WeightsRefused(f"{name} must be {many} finite numbers, not {values!r}.")
        if not 0 <= self.abstain_below <= 1:
            raise WeightsRefused(f"abstain_below must lie in [0, 1], not {self.abstain_below!r}.")

    @classmethod
    def load(cls, path: Path = WEIGHTS_PATH) -> "Weights":
        """Raises WeightsRefused for a file that is missing, malformed, or not made for these features."""
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            for name, order in (("features", FEATURES), ("doubts", DOUBTS)):
                if tuple(held.pop(name)) != order:
                    raise WeightsRefused(f"{path}: {name} are not those of this version.")
            if set(held) != {each.name for each in fields(cls)}:
                raise WeightsRefused(f"{path}: fields are {sorted(held)}.")
            score, first_right, says = (tuple(map(float, held[name])) for name in ("score", "first_right", "says"))
            return cls(score, first_right, says, float(held["abstain_below"]))
        except WeightsRefused:
            raise
        except (OSError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise WeightsRefused(f"{path}: {error!r}") from error

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {"features": FEATURES, "doubts": DOUBTS, **asdict(self)}
        path.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


_NAMES_SOMETHING = re.compile(r"[\d=+*/^<>%√]")


class Answerer:
    """Ranks a course's texts for a question."""

    def __init__(self, index: Index, weights: Weights, encode: Encode) -> None:
        self.index = index
        self.weights = weights
        self._encode = encode
        self._score = np.array(weights.score)
        self._first_right, self._says = np.array(weights.first_right), np.array(weights.says)

    def answer(
        self,
        question: str,
        *,
        in_play: Mapping[str, float] | None = None,
        without: Collection[int] = (),
        most: int = 3,
    ) -> Answer:
        """The best texts and whether the first answers.

        Args:
            question: in the learner's words.
            in_play: by skill, how much it is in play: 1 on the table, less for what that builds on.
            without: positions of texts that may not be told.
            most: texts returned.
        """
        question = question[:LONGEST_QUESTION]
        allowed = np.ones(len(self.index), bool)
        allowed[list(without)] = False
        if not allowed.any():
            return Answer((), 0.0, 0.0, abstains=True)
        if not tokens(question) and not _NAMES_SOMETHING.search(question):
            return self._of_what_is_in_play(in_play or {}, allowed, most)
        return self.answer_asked(Asked.read(question, self._encode), in_play or {}, allowed, most)

    def answer_asked(self, asked: Asked, in_play: Mapping[str, float], allowed: NDArray[np.bool_], most: int) -> Answer:
        """The same for a question that was read before."""
        features = self.index.features(asked, in_play)
        scores = np.where(allowed, features @ self._score, -np.inf)
        best = self._best_of_groups(scores, most + 1)
        margin = scores[best[0]] - scores[best[1]] if len(best) > 1 else 1.0
        doubts = self.index.doubts(asked, features[best[0]], float(scores[best[0]]), float(margin))
        right, says = (_logistic(float(w[:-1] @ doubts + w[-1])) for w in (self._first_right, self._says))
        return Answer(self._found(best[:most], scores), right, says, abstains=says < self.weights.abstain_below)

    def _of_what_is_in_play(self, in_play: Mapping[str, float], allowed: NDArray[np.bool_], most: int) -> Answer:
        """A question that names nothing ("what does this mean?") is about the skill on the table."""
        texts = self.index.texts
        scores = np.array([max((in_play.get(skill, 0.0) for skill in text.skills), default=0.0) for text in texts])
        scores = np.where(allowed & (scores > 0), scores, -np.inf)
        best = [position for position in self._best_of_groups(scores, most) if np.isfinite(scores[position])]
        sure = float(bool(best))
        return Answer(self._found(best, scores), sure, sure, abstains=not best)

    def _best_of_groups(self, scores: Floats, most: int) -> list[int]:
        """The best text of each of the best groups; among equals the first."""
        taken: dict[int, int] = {}
        for position in np.argsort(-scores, kind="stable"):
            taken.setdefault(int(self.index.groups[position]), int(position))
            if len(taken) == most or not np.isfinite(scores[position]):
                break
        return [position for position in taken.values() if np.isfinite(scores[position])]

    def _found(self, positions: Sequence[int], scores: Floats) -> tuple[Found, ...]:
        return tuple(Found(each, self.index.texts[each].name, float(scores[each])) for each in positions)


def _logistic(margin: float) -> float:
    return 0.5 + 0.5 * math.tanh(margin / 2)  # never overflows
