"""The `understand` student: what a message is meant as, the answer inside it, its topic and its tone.

Plain mathematics and bare choices are answers without asking the network (and without the encoder). For the rest, the
message's tokens go through the lower layers of the text encoder, the student's own upper layers and two heads
(`network.py`), with what the rules found as evidence (`evidence.py`). Trained in `train.py`.

Letters: E width of the encoder, T topics, O outputs of the network.
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models_core.curriculum import TEXT_WIDTH
from models_core.student import StudentModel
from models_core.understanding.answers import cleaned, is_unfinished, whole_answer
from models_core.understanding.distress import cries_for_help
from models_core.understanding.evidence import CONTEXT_WIDTH, MARKS, NUMBERS, Situation, evidence_in, placed
from models_core.understanding.network import INTENTS, SENTIMENTS, UnderstandNet, shapes_of
from models_core.understanding.reader import Encoder, Read, read
from models_core.understanding.stretches import tidied
from models_core.upper_layers import UpperLayers

PLAIN_CONFIDENCE = 0.99  # of what is nothing but an answer
# The words of a message that cries for help are believed this much at least, whatever the network says.
CRY_CONFIDENCE = 0.9
TOPICAL = 700  # characters of a message that are held against the topics: the beginning and the end of a longer one
ASKING = ("hint", "concept", "why_wrong", "stuck")  # who asks may ask about a skill; nobody else is worth the time

Floats = NDArray[np.float32]


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
        topic: the skill of the course that a question speaks of, if it does.
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
    """The shape of the network, and the numbers chosen on messages that it was not trained on.

    Attributes:
        rank: of the changes to the encoder's upper layers.
        marks: names of the marks of a token in their order; this code must have the same.
        numbers: names of the numbers about a message, likewise.
        temperature: divides the scores of intents, so that confidence means what it says.
        sure_from: confidence below which the tutor asks back.
        distress_from: probability of distress from which it goes before everything else.
        topic_from: cosine below which a message speaks of no skill.
    """

    rank: int = 24
    marks: tuple[str, ...] = MARKS
    numbers: tuple[str, ...] = NUMBERS
    temperature: float = 1.0
    sure_from: float = 0.5
    distress_from: float = 0.3
    topic_from: float = 0.45

    def __post_init__(self) -> None:
        if type(self.rank) is not int or not 1 <= self.rank <= 128:
            raise ValueError(f"The config's rank must be a whole number from 1 to 128, not {self.rank!r}.")
        for name, known in (("marks", MARKS), ("numbers", NUMBERS)):
            object.__setattr__(self, name, tuple(getattr(self, name)))
            if getattr(self, name) != known:
                odd = sorted(set(map(str, getattr(self, name))) ^ set(known))
                raise ValueError(f"The config's {name} are not those of this code: {', '.join(odd) or 'order'}.")
        for name, most in (("temperature", 20), ("sure_from", 1), ("distress_from", 1), ("topic_from", 1)):
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 < value <= most:
                raise ValueError(f"The config's {name} must lie in (0, {most}], not {value!r}.")


class UnderstandStudent(StudentModel):
    """Understands one message at a time. Holds no state but its network: safe to share between threads.

    Args:
        weights: what the student brings, by name, as `network.shapes_of` says.
        encoder: reads the words; needed for whatever is not plainly an answer.
    """

    task = "understand"

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        settings: UnderstandConfig,
        *,
        encoder: Encoder | None = None,
        skill: str = "any",
        teacher: str = "any",
    ) -> None:
        super().__init__(skill=skill, teacher=teacher)
        self.weights = dict(weights)
        self.settings = settings
        self.encoder = encoder
        self._net: UnderstandNet | None = None
        self._lock = threading.Lock()

    def respond(self, message: Message, context: NDArray[np.floating] | None = None) -> Meaning:
        """What the message means.

        Args:
            message: the words and what was on the table.
            context: from the teacher, (2,): its forecast for the step on the table and its standard deviation.

        Raises:
            ValueError: for a context of another shape, or without an encoder where one is needed.
            EncoderMissing: when the encoder was never exported.
        """
        if context is not None and (np.shape(context) != (CONTEXT_WIDTH,) or not np.isfinite(context).all()):
            raise ValueError(f"A context is {CONTEXT_WIDTH} finite numbers, not {context!r}.")
        text = cleaned(message.text)
        if not any(char.isalnum() or not char.isspace() for char in text):
            return _plain("chat", None, 0.3, sure=False)
        whole = whole_answer(text, message.keys, message.choices) or (text if is_unfinished(text) else None)
        if whole is not None and (message.situation is None or message.situation.open):
            return _plain("answer", whole, PLAIN_CONFIDENCE, sure=True)
        if self.encoder is None:
            raise ValueError("This message needs a text encoder, and the student was loaded without one.")
        found = read(self.encoder, text, message.problem, message.keys)
        evidence = evidence_in(found, message.keys, message.choices)
        scores, stretches = self._scores(found, evidence.marks, placed(evidence.numbers, message.situation, context))
        return self._decided(message, found, scores, stretches)

    def _scores(self, found: Read, marks: Floats, numbers: Floats) -> tuple[Floats, Floats]:
        """Scores (O,) of the meanings and (n, n) of the stretches."""
        assert self.encoder is not None
        halfway = torch.from_numpy(self.encoder.halfway(found.ids))[None]
        with torch.inference_mode():
            meaning, stretches = self.network()(
                halfway,
                None,
                torch.ones(1, found.count),
                torch.from_numpy(marks)[None],
                torch.from_numpy(numbers)[None],
            )
        return meaning[0].numpy(), stretches[0].numpy()

    def network(self) -> UnderstandNet:
        """The network, put together from the encoder's weights and this student's at first use."""
        with self._lock:
            if self._net is None:
                assert self.encoder is not None
                upper = UpperLayers()
                upper.put_in(self.encoder.upper_weights(), self.weights)
                net = UnderstandNet(upper)
                net.put_heads(self.weights)
                self._net = net.eval().requires_grad_(False)
            return self._net

    def _decided(self, message: Message, found: Read, scores: Floats, stretches: Floats) -> Meaning:
        p = softmax(scores[: len(INTENTS)] / self.settings.temperature)
        distressed = INTENTS.index("distress")
        if cries_for_help(found.text):
            p = raised(p, distressed, CRY_CONFIDENCE)
        chosen = int(p.argmax())
        if p[distressed] >= self.settings.distress_from:
            chosen = distressed
        intent, confidence = INTENTS[chosen], float(p[chosen])
        order = sorted(range(len(p)), key=lambda i: (i != chosen, -p[i]))
        return Meaning(
            intent=intent,
            answer=answer_at(found, stretches) if intent == "answer" else None,
            sentiment=SENTIMENTS[int(scores[len(INTENTS) :].argmax())],
            confidence=confidence,
            sure=confidence >= self.settings.sure_from or intent == "distress",
            topic=self._topic(message.topics, found.text) if intent in ASKING else None,
            ranked=tuple((INTENTS[i], float(p[i])) for i in order),
        )

    def _topic(self, topics: Topics | None, text: str) -> str | None:
        if topics is None or not topics.names or self.encoder is None:
            return None
        short = text if len(text) <= TOPICAL else f"{text[: TOPICAL // 2]} {text[-TOPICAL // 2 :]}"
        nearness = topics.vectors @ self.encoder.encode([short])[0]  # (T,)
        nearest = int(nearness.argmax())
        return topics.names[nearest] if nearness[nearest] >= self.settings.topic_from else None

    def config(self) -> dict[str, Any]:
        named = {"marks": list(self.settings.marks), "numbers": list(self.settings.numbers)}
        return {**asdict(self.settings), **named}

    def tensors(self) -> dict[str, Tensor]:
        return dict(self.weights)

    @classmethod
    def shapes(cls, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        return shapes_of(_config(config).rank)

    @classmethod
    def from_parts(cls, *, skill: str, teacher: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        return cls(tensors, _config(config), skill=skill, teacher=teacher)


def answer_at(found: Read, stretches: Floats) -> str | None:
    """The likeliest stretch, in the words of the learner."""
    if not found.count:
        return None
    first, last = np.unravel_index(int(stretches.argmax()), stretches.shape)
    return tidied(found.text, found.offsets[int(first)][0], found.offsets[int(last)][1]) or None


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
