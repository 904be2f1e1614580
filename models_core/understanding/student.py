"""The `understand` student: what a message is meant as, the answer inside it, its topic and its tone.

Letters: E width of a text vector, F named features, B hash buckets, M hidden units, O outputs (intents, then
sentiments), n messages, T topics.

Plain mathematics and bare choices are answers without asking the network (and without the encoder). For the rest, a
text vector, hashed n-grams and named features go through one small network. Trained in `train.py`, served in NumPy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models_core.curriculum import TEXT_WIDTH
from models_core.student import StudentModel
from models_core.understanding.answers import (
    bare_words,
    best,
    candidates,
    cleaned,
    lone_words,
    reaction,
    sort_of,
    whole_answer,
)
from models_core.understanding.distress import cries_for_help
from models_core.understanding.features import BUCKETS, CONTEXT_WIDTH, FEATURES, Situation, has_cue, see, with_context

INTENTS = ("answer", "hint", "concept", "why_wrong", "stuck", "skip", "summary", "chat", "meta", "distress")
SENTIMENTS = ("neutral", "frustrated", "positive")
PLAIN_CONFIDENCE = 0.99  # of what is nothing but an answer
ENCODED = 700  # characters of a message that the encoder reads: the beginning and the end of a longer one
# The words of a message that cries for help are believed this much at least, whatever the network says.
CRY_CONFIDENCE = 0.9
OFFER_CONFIDENCE = 0.75  # likewise of a message that offers an answer outright

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """What makes text vectors, as `models_core.embeddings.TextEncoder` does."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, E)."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Topics:
    """The skills of a course: their names and text vectors (T, E)."""

    names: tuple[str, ...]
    vectors: Floats

    def __post_init__(self) -> None:
        if self.vectors.shape != (len(self.names), TEXT_WIDTH):
            raise ValueError(f"{len(self.names)} topics need vectors of width {TEXT_WIDTH}, not {self.vectors.shape}.")


@dataclass(frozen=True, slots=True)
class Message:
    """What a learner wrote, and what was on the table. Everything but the text may be missing."""

    text: str
    problem: str = ""
    keys: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    situation: Situation | None = None
    topics: Topics | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a message is taken to mean.

    Attributes:
        answer: the answer that it offers, as the learner wrote it; only with the intent "answer".
        confidence: probability that the intent is right.
        sure: confident enough to act on; otherwise the tutor asks back.
        topic: the skill of the course that it speaks of, if it does.
        ranked: all intents with their probabilities, the likeliest first.
    """

    intent: str
    answer: str | None
    sentiment: str
    confidence: float
    sure: bool
    topic: str | None
    ranked: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class UnderstandConfig:
    """The shape of the network, and the numbers chosen on held-out templates.

    Attributes:
        hidden: M.
        buckets: B.
        named: names of the named features in their order; this code must have the same.
        temperature: divides the scores of intents, so that confidence means what it says.
        sure_from: confidence below which the tutor asks back.
        distress_from: probability of distress from which it goes before everything else.
        topic_from: cosine below which a message speaks of no skill.
    """

    hidden: int = 64
    buckets: int = BUCKETS
    named: tuple[str, ...] = FEATURES
    temperature: float = 1.0
    sure_from: float = 0.5
    distress_from: float = 0.3
    topic_from: float = 0.45

    def __post_init__(self) -> None:
        object.__setattr__(self, "named", tuple(self.named))
        if type(self.hidden) is not int or not 1 <= self.hidden <= 1024:
            raise ValueError(f"The config's hidden must be a whole number from 1 to 1024, not {self.hidden!r}.")
        if self.buckets != BUCKETS:
            raise ValueError(f"The config says buckets = {self.buckets!r}, this code has {BUCKETS}.")
        if self.named != FEATURES:
            odd = sorted(set(map(str, self.named)) ^ set(FEATURES))
            raise ValueError(f"The config's named features are not those of this code: {', '.join(odd) or 'order'}.")
        for name, most in (("temperature", 20), ("sure_from", 1), ("distress_from", 1), ("topic_from", 1)):
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 < value <= most:
                raise ValueError(f"The config's {name} must lie in (0, {most}], not {value!r}.")


def shapes_of(config: UnderstandConfig) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights."""
    outputs, dense = len(INTENTS) + len(SENTIMENTS), TEXT_WIDTH + len(FEATURES)
    return {
        "grams": (config.buckets, outputs),  # (B, O)
        "into": (config.hidden, dense),  # (M, E + F)
        "into_bias": (config.hidden,),
        "out": (outputs, config.hidden),  # (O, M)
        "direct": (outputs, dense),  # (O, E + F)
        "bias": (outputs,),
    }


def gelu(x: Floats) -> Floats:
    """The smooth ramp, in its tanh form."""
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x**3)))


class UnderstandStudent(StudentModel):
    """Understands one message at a time. Holds no state: safe to share between threads.

    Args:
        weights: arrays by name, as `shapes_of` says.
        encoder: makes text vectors; needed for whatever is not plainly an answer.
    """

    task = "understand"

    def __init__(
        self,
        weights: Mapping[str, Floats],
        settings: UnderstandConfig,
        *,
        encoder: Encoder | None = None,
        skill: str = "any",
        teacher: str = "any",
    ) -> None:
        super().__init__(skill=skill, teacher=teacher)
        self.weights = {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}
        self.settings = settings
        self.encoder = encoder

    def respond(self, message: Message, context: NDArray[np.floating] | None = None) -> Meaning:
        """What the message means.

        Args:
            message: the words and what was on the table.
            context: from the teacher, (2,): its forecast for the step on the table and its standard deviation.

        Raises:
            ValueError: for a context of another shape, or without an encoder where one is needed.
        """
        if context is not None and (np.shape(context) != (CONTEXT_WIDTH,) or not np.isfinite(context).all()):
            raise ValueError(f"A context is {CONTEXT_WIDTH} finite numbers, not {context!r}.")
        text = cleaned(message.text)
        if not any(char.isalnum() or not char.isspace() for char in text):
            return _plain("chat", None, 0.3, sure=False)
        offered = whole_answer(text, message.keys, message.choices)
        open_question = message.situation is None or message.situation.open
        if offered is not None and open_question:
            return _plain("answer", offered, PLAIN_CONFIDENCE, sure=True)
        if self.encoder is None:
            raise ValueError("This message needs a text encoder, and the student was loaded without one.")
        seen = see(text, message.keys, message.choices)
        vector = self.encoder.encode([for_encoder(text)])[0]  # (E,)
        named = with_context(seen.named, message.situation, context)
        scores = self.scores(vector, seen.buckets, named)
        return self._decided(message, text, scores, vector)

    def scores(self, vector: Floats, buckets: NDArray[np.int64], named: Floats) -> Floats:
        """Scores (O,) of one message."""
        weights = self.weights
        dense = np.concatenate([vector * SCALE, named])  # (E + F,)
        hidden = gelu(weights["into"] @ dense + weights["into_bias"])  # (M,)
        scores = weights["out"] @ hidden + weights["direct"] @ dense + weights["bias"]  # (O,)
        if len(buckets):
            scores = scores + weights["grams"][buckets].sum(0) * np.float32(len(buckets) ** -0.5 * GRAM_SCALE)
        return np.asarray(scores, np.float32)

    def _decided(self, message: Message, text: str, scores: Floats, vector: Floats) -> Meaning:
        p = softmax(scores[: len(INTENTS)] / self.settings.temperature)
        distressed = INTENTS.index("distress")
        answer = offered_in(text, message.keys, message.choices)
        if offers_outright(text, message.keys, message.choices):
            p = raised(p, INTENTS.index("answer"), OFFER_CONFIDENCE)
        if cries_for_help(text):
            p = raised(p, distressed, CRY_CONFIDENCE)
        chosen = int(p.argmax())
        if p[distressed] >= self.settings.distress_from:
            chosen = distressed
        elif INTENTS[chosen] == "answer" and answer is None:
            chosen = int(np.where(np.arange(len(p)) == chosen, -1, p).argmax())  # none is there after all
        intent, confidence = INTENTS[chosen], float(p[chosen])
        order = sorted(range(len(p)), key=lambda i: (i != chosen, -p[i]))
        return Meaning(
            intent=intent,
            answer=answer if intent == "answer" else None,
            sentiment=SENTIMENTS[int(scores[len(INTENTS) :].argmax())],
            confidence=confidence,
            sure=confidence >= self.settings.sure_from or intent == "distress",
            topic=self._topic(message.topics, vector),
            ranked=tuple((INTENTS[i], float(p[i])) for i in order),
        )

    def _topic(self, topics: Topics | None, vector: Floats) -> str | None:
        if topics is None or not topics.names:
            return None
        nearness = topics.vectors @ vector  # (T,)
        nearest = int(nearness.argmax())
        return topics.names[nearest] if nearness[nearest] >= self.settings.topic_from else None

    def config(self) -> dict[str, Any]:
        return {**asdict(self.settings), "named": list(self.settings.named)}

    def tensors(self) -> dict[str, Tensor]:
        return {name: torch.from_numpy(array.copy()) for name, array in self.weights.items()}

    @classmethod
    def shapes(cls, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        return shapes_of(_config(config))

    @classmethod
    def from_parts(cls, *, skill: str, teacher: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        weights = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
        return cls(weights, _config(config), skill=skill, teacher=teacher)


SCALE = np.float32(4.0)  # on unit text vectors: brings them to the size of the other features
GRAM_SCALE = 4.0


def for_encoder(text: str) -> str:
    """What of a cleaned message the encoder reads."""
    short = text if len(text) <= ENCODED else f"{text[: ENCODED // 2]} {text[-ENCODED // 2 :]}"
    return " ".join(short.split())


def offered_in(text: str, keys: Sequence[str], choices: Sequence[str]) -> str | None:
    """The answer in a cleaned message that is taken to offer one."""
    whole = reaction(text, keys) or whole_answer(text, keys, choices)
    if whole is not None:
        return whole
    span = best(candidates(text, keys, choices)[:60])
    return span.text if span is not None else bare_words(text)


OFFERS = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|um+|hmm+|well|oh|wait|then|hi|and|but|maybe|sir)[\s,.]+)*(?:"
    r"is (?:it|the answer|that)|isn'?t it|would (?:it|the answer|that) be|could (?:it|that) be|are they|"
    r"i (?:think|guess|believe|would say)(?: that)?(?: maybe)? (?:it|its|it's|"
    r"they|the answer|that)\b|i'?d say|my (?:final )?answer|"
    r"the answer (?:is|should|must|would)|i(?:'?d| would|'?ll)? (?:go with|choose|pick)|i (?:got|get)\b)",
    re.IGNORECASE,
)
TERM = re.compile(
    r"\b(?:propert(?:y|ies)|angles?|triangles?|lines?|parallel|perpendicular|"
    r"linear|quadratic|exponential|cubic|function|slope|"
    r"intercept|numerator|denominator|coefficient|constant|variable|median|mean|"
    r"mode|range|prime|composite|integer|"
    r"rational|irrational|real|acute|obtuse|isosceles|equilateral|scalene|square|"
    r"rectangle|rhombus|trapezoid|parallelogram|"
    r"circle|\w+gon|cylinder|cone|sphere|prism|symmetric|skewed|discrete|continuous|"
    r"independent|dependent|inverse|reciprocal|"
    r"commutative|associative|distributive|identity|increasing|decreasing|monomial|"
    r"binomial|trinomial|polynomial|logarithm|"
    r"radius|diameter|perimeter|area|volume|ratio|factors?|multiples?|product|"
    r"sum|difference|quotient|hypotenuse|horizontal|"
    r"vertical|negative|positive|correlation|converges?|diverges?|domain)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"^\W*(?:what|why|how|when|where|which|who|define|explain|can|could you|does|do|should|tell|give|show|but)\b", re.I
)
ASKS = re.compile(
    r"\b(?:why|how|what|whats|wat|wrong|incorrect|not right|mean|means|supposed|"
    r"confus\w+|stuck|lost|hint|help|next|same|allowed|"
    r"understand|always|ever|nothing|because of|in the (?:first|last)|so (?:hard|"
    r"far)|homework|test|graded?|free|timed?|should i|now|meaning|definition|"
    r"difference|explain|teach|steps|rules?|wdym|wym|speak|true that|can'?t|"
    r"sec|second|agree|"
    r"listening|like|problems?|sum up|change|positive it)\b|\?\?",
    re.IGNORECASE,
)


def offers_outright(text: str, keys: Sequence[str], choices: Sequence[str]) -> bool:
    """Whether a message offers an answer so plainly that the network need not agree.

    It begins like an offer ("is it", "my answer is") and goes on to one, is little more than a word or two where words
    are asked for, or holds a reaction where that is asked for; and it asks nothing else.
    """
    if len(text) > 300 or ASKS.search(text) or QUESTION.match(text):
        return False
    spans, wordy = candidates(text, keys, choices), sort_of(keys).wordy
    if reaction(text, keys) or (lone_words(text, keys) and not has_cue(text)):
        return True
    if wordy and len(text.split()) <= 6 and (TERM.search(text) or any(span.sort == "key" for span in spans)):
        return True
    span = best(spans)
    return span is not None and span.led and (span.sort != "lead" or wordy) and bool(OFFERS.match(text))


def raised(p: NDArray[np.float64], at: int, least: float) -> NDArray[np.float64]:
    """Probabilities with the one at `at` no smaller than `least`; the others share the rest as before."""
    if p[at] >= least:
        return p
    shared = p * (1 - least) / (1 - p[at])
    shared[at] = least
    return shared


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Probabilities along the last axis."""
    raised = np.exp(np.asarray(scores, np.float64) - np.max(scores, -1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def _plain(intent: str, answer: str | None, confidence: float, *, sure: bool) -> Meaning:
    rest = (1 - confidence) / (len(INTENTS) - 1)
    others = tuple((other, rest) for other in INTENTS if other != intent)
    return Meaning(intent, answer, "neutral", confidence, sure, None, ((intent, confidence), *others))


def _config(values: Mapping[str, Any]) -> UnderstandConfig:
    expected = {field.name for field in fields(UnderstandConfig)}
    if values.keys() != expected:
        raise ValueError(f"A student's config has other fields than expected: {', '.join(values.keys() ^ expected)}.")
    return UnderstandConfig(**values)
