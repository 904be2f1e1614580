"""A course's texts, made ready to be searched, and what each of them has to do with a question.

Letters: n texts, g groups of texts, q pieces of texts (a heading, then the paragraphs), t topics, p phrasings,
E width of a vector, F features.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from models_core.retrieval.reading import meanings, phrasings, plain, tokens, told_words, topics
from models_core.retrieval.shapes import names_of_shapes

Floats = NDArray[np.float64]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]

SATURATION, LENGTH_SHARE = 1.2, 0.5  # BM25's k1 and b
SHARPNESS = 0.06  # of the softmax that says which topics a question is about
COMMON_SHARE, COMMON_TO = 0.5, 10  # how much of a piece's nearness to so many phrasings is taken off its nearness
NEAR_WORD = 0.45  # words whose vectors are farther apart have nothing to do with each other


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
        told = [told_words(f"{text.about}. {text.title}. {text.body}") for text in texts]
        vocabulary = sorted({word for words in told for word in words})
        vectors = encode([*flat, *topics(), *phrasings(), *vocabulary])
        ends = np.cumsum([len(flat), len(topics()), len(phrasings())])
        self._pieces, self._topics, asked, of_words = np.split(vectors, ends)  # (q|t|p|v, E)
        self._common = _nearness_to_all(self._pieces, asked)  # (q,)
        self._heading = np.array([rows[1] for rows in own], np.int64)  # (n,) rows of pieces
        self._body, self._also = _Rows([rows[2:] for rows in own]), _Rows(also)
        self._centres = self._centres_of([rows[1:] for rows in own], also)  # (g, E)
        self._common_centre = _nearness_to_all(self._centres, asked)  # (g,)
        near = self._topics @ self._pieces.T if texts else np.zeros((len(self._topics), 1), np.float32)
        self._covered = near.max(1).astype(float)  # (t,): how near the course comes to each topic
        self._bodies = _Field([tokens(f"{text.title}. {text.body}") for text in texts])
        self._headings = _Field([tokens(f"{text.about}. {text.title}") for text in texts])
        self._others = _Field([tokens(" ".join(text.also)) for text in texts])
        self._fields = (self._bodies, self._headings, self._others)
        self._known = frozenset().union(*(field.known for field in self._fields))
        self.word_vectors = dict(zip(vocabulary, of_words, strict=True))
        self._near_words = _NearWords(vocabulary, of_words, told)
        self._shapes = _Shapes([(text.body, *text.also) for text in texts])

    def _centres_of(self, own: Sequence[Sequence[int]], also: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The middle of what each group says, and of that with what else is said of its skills."""
        many = int(self.groups.max(initial=-1)) + 1
        centres = np.zeros((many, self._pieces.shape[1]), np.float32)
        for group in range(many):
            members = np.flatnonzero(self.groups == group).tolist()
            rows = {row for member in members for row in own[member]}
            wider = rows | {row for member in members for row in also[member]}
            centres[group] = sum(_unit(self._pieces[sorted(some)].mean(0)) for some in (rows, wider))
            centres[group] = _unit(centres[group])
        return centres

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def size_bytes(self) -> int:
        vectors = self._pieces.nbytes + self._topics.nbytes + self._centres.nbytes + self._near_words.size_bytes
        return vectors + sum(field.size_bytes for field in self._fields)

    def features(self, asked: "Asked", in_play: Mapping[str, float]) -> Floats:
        """What each text has to do with the question, (n, F) in the order of `FEATURES`."""
        fields = (self._headings, self._bodies, self._others)
        words = np.maximum.reduce([field.match(asked.words) for field in fields])  # (n,)
        meant = [field.match(asked.meant) for field in fields]  # (n,) each
        near, near_meant = (self._pieces @ asked.vectors.T).astype(float).T  # (q,) each
        plainly, either = near - self._common, np.maximum(near, near_meant) - self._common  # (q,) each
        centre = (self._centres @ asked.vectors.T).max(1).astype(float) - self._common_centre  # (g,)
        prior = np.array([max((in_play.get(skill, 0.0) for skill in text.skills), default=0.0) for text in self.texts])
        return np.column_stack(
            [
                words,
                self._near_words.match(asked.told, asked.told_vectors),
                *meant,
                plainly[self._heading],
                self._body.nearest(plainly),
                self._also.nearest(plainly),
                either[self._heading],
                self._body.nearest(either),
                self._also.nearest(either),
                centre[self.groups],
                self._shapes.match(asked.shapes),
                prior,
            ]
        )

    def doubts(self, asked: "Asked", best: Floats, score: float, margin: float) -> Floats:
        """What tells whether the best text, with these features (F,), answers: (D,) in the order of `DOUBTS`."""
        words = [token for token in asked.words if not token.startswith(("~", "sign:"))]
        near = (self._topics @ asked.vectors[0]).astype(float)  # (t,)
        share = np.exp((near - near.max()) / SHARPNESS)
        share /= share.sum()
        closest = float((self._pieces @ asked.vectors[0]).max())
        of = dict(zip(FEATURES, map(float, best), strict=True))
        return np.array(
            [
                score,
                margin,
                of["words"],
                max(of["meant_heading"], of["meant_body"], of["meant_also"]),
                max(of["titled"], of["bodies"]),
                max(of["titled_meant"], of["bodies_meant"]),
                of["also"],
                of["centre"],
                _share_outside(words, self._known),
                _share_outside(asked.meant, self._known),
                _share_outside(asked.shapes, self._shapes.known),
                float(share @ self._covered),
                closest,
                closest - float(near.max()),
                math.log1p(len(words)),
                float(bool(asked.meant)),
            ]
        )


FEATURES = (
    "words", "near_words", "meant_heading", "meant_body", "meant_also", "titled", "bodies", "also", "titled_meant",
    "bodies_meant", "also_meant", "centre", "shapes", "prior",
)  # fmt: skip
DOUBTS = (
    "score", "margin", "words", "meant", "close", "close_meant", "also", "centre", "unknown", "unknown_meaning",
    "unknown_shape", "covered", "closest", "nearer", "length", "glossary",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question, read: its tokens, those of what its mathematical names mean, what its mathematics is called, and the
    words that tell what it is about; the vectors (2, E) of it without and with that meaning, and those of the words."""

    words: tuple[str, ...]
    meant: tuple[str, ...]
    shapes: tuple[str, ...]
    told: tuple[str, ...]
    vectors: NDArray[np.float32]
    told_vectors: NDArray[np.float32]

    @classmethod
    def read(
        cls, question: str, encode: Encode, known: Mapping[str, NDArray[np.float32]] = MappingProxyType({})
    ) -> "Asked":
        """`known`: vectors of words that need not be encoded again."""
        meaning = meanings(question)
        own = plain(question)
        told = told_words(question)
        whole = [own, f"{own} {meaning}"] if meaning else [own]
        new = [word for word in told if word not in known]
        vectors = encode([*whole, *new])
        both = vectors[[0, len(whole) - 1]]
        of_new = dict(zip(new, vectors[len(whole) :], strict=True))
        rows = [known[word] if word in known else of_new[word] for word in told]
        told_vectors = np.array(rows, np.float32).reshape(len(told), vectors.shape[1])
        words, meant = (tuple(sorted(set(tokens(said)))) for said in (question, meaning))
        return cls(words, meant, tuple(names_of_shapes(question)), told, both, told_vectors)


def _nearness_to_all(vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> Floats:
    """What to take off the nearness of each vector (n,): some texts are near to whatever is asked."""
    near = np.sort(vectors @ asked.T, axis=1)[:, -COMMON_TO:].astype(float)  # (n, at most COMMON_TO)
    return COMMON_SHARE * near.mean(1)


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _share_outside(tokens: Sequence[str], known: Collection[str]) -> float:
    return sum(token not in known for token in tokens) / len(tokens) if tokens else 0.0


class _NearWords:
    """Texts as sets of words, matched by words that mean about the same: "steepness" finds "slope".

    Letters: v words of the course.
    """

    def __init__(self, words: Sequence[str], vectors: NDArray[np.float32], texts: Sequence[Sequence[str]]) -> None:
        number = {word: i for i, word in enumerate(words)}
        self._vectors = vectors  # (v, E)
        self._held = np.zeros((len(texts), len(words)), bool)  # (n, v)
        for row, own in enumerate(texts):
            self._held[row, [number[word] for word in own]] = True
        self._rarity = {word: self._rare(int(self._held[:, i].sum())) for word, i in number.items()}

    @property
    def size_bytes(self) -> int:
        return self._vectors.nbytes + self._held.nbytes

    def _rare(self, holding: int) -> float:
        return math.log(1 + (len(self._held) - holding + 0.5) / (holding + 0.5))

    def match(self, told: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
        """The share of the words told (w,) that each text has, or comes near to: (n,), from 0 to 1."""
        found, total = np.zeros(len(self._held)), 0.0
        for word, near in zip(told, (vectors @ self._vectors.T).astype(float), strict=True):
            weight = self._rarity.get(word, self._rare(0))
            total += weight
            close = np.flatnonzero(near >= NEAR_WORD)
            found += weight * (self._held[:, close] * near[close]).max(1, initial=0.0)
        return found / total if total else found


class _Shapes:
    """What the mathematics of each text is called, and how much of it is called so."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._share: list[dict[str, float]] = []
        cached: dict[str, list[str]] = {}  # many texts share what is said of their skill
        for pieces in texts:
            named = [cached.setdefault(each, names_of_shapes(each)) for each in pieces]
            count = Counter(name for names in named for name in names)
            holding = sum(bool(names) for names in named)
            self._share.append({name: min(1.0, 2 * times / holding) for name, times in count.items()})
        self._holding = Counter(name for share in self._share for name in share)
        self.known = frozenset(self._holding)

    def match(self, shapes: Sequence[str]) -> Floats:
        """How much each text is about such mathematics (n,), from 0 to 1; rare kinds weigh more."""
        weight = {name: math.log(1 + len(self._share) / (1 + self._holding[name])) for name in shapes}
        total = sum(weight.values()) or 1.0
        return np.array([sum(weight[name] * share.get(name, 0.0) for name in shapes) / total for share in self._share])


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
