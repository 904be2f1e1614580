"""The teacher: a small Transformer that reads everything a learner has done and says what to expect next.

Letters: B learners, T events, n queries, A things that can be asked, S skills, D width, H heads, d = D / H,
R relations, F features of what happened, G features of the record, E text width, L layers.

Attention is read as a question to the log (design: head_i = softmax(Q_i K_i^T / sqrt(d) + B_i) V_i):

    query   what is about to be asked: its text, its skills' text, its known difficulty, the learner's record on it
    key     what was asked before
    value   what happened then: outcome, time, hints, and what the student model had said
    B_i     a learned bias per head from relations between the two: same step, same skill, prerequisite, how long ago

One stream x carries the queries through the layers. An event in memory is a query whose answer is known: in each layer
its key is made from x ("what was asked, as it looked then"), its value from x *and* what happened. The query at
position t sees events before t only, never its own outcome; to this strict past every head adds one learned null
event, so that a learner without a past, or a head with nothing to say, attends to something.

x, and so every key and value, depends on the strict past alone. Hence a key and a value, once made, stay: one more
event costs one row of queries against cached keys and values (`append`), and gives what a full pass (`forward`) gives.

Attention is good at which events matter and poor at counting them. So the record's counts go straight to the log-odds
as well (`from_record`, a logistic regression), and attention learns what is left to say.
"""

import hashlib
import math
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad

from models_core.curriculum import TEXT_WIDTH, Curriculum
from models_core.events import HAPPENED, HAPPENED_WIDTH
from models_core.record import LOCAL_WIDTH

RELATIONS = (
    "same_step",
    "same_skill",
    "prerequisite",  # the past event exercised a skill that the query builds on
    "builds_on",  # the past event exercised a skill that builds on the query
    "log_events_ago",
    "log_time_ago",
)


@dataclass(frozen=True)
class TeacherConfig:
    """The shape of a teacher; stored beside its weights.

    Raises:
        ValueError: when the numbers do not fit each other or are out of any sensible range.
    """

    width: int = 64
    heads: int = 4
    layers: int = 2
    hidden: int = 128
    text_width: int = TEXT_WIDTH
    happened_width: int = HAPPENED_WIDTH
    local_width: int = LOCAL_WIDTH
    relations: int = len(RELATIONS)
    dropout: float = 0.0

    def __post_init__(self) -> None:
        for name, most in (("width", 1024), ("heads", 32), ("layers", 16), ("hidden", 8192), ("text_width", 8192)):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= most:
                raise ValueError(f"A teacher's {name} must be a whole number from 1 to {most}, not {value!r}.")
        if self.width % self.heads:
            raise ValueError(f"A width of {self.width} cannot be shared by {self.heads} heads.")
        built_in = {"happened_width": HAPPENED_WIDTH, "local_width": LOCAL_WIDTH, "relations": len(RELATIONS)}
        for name, built in built_in.items():
            if getattr(self, name) != built:
                raise ValueError(f"The config says {name} = {getattr(self, name)!r}, this code has {built}.")
        if type(self.dropout) not in (int, float) or not 0 <= self.dropout < 1:
            raise ValueError(f"Dropout must lie in [0, 1), not {self.dropout!r}.")


@dataclass(frozen=True, eq=False)
class Content:
    """A curriculum as tensors: everything that can be asked.

    That is the N steps, then the S skills (a typical step of each), then nothing in particular: A = N + S + 1.

    Attributes:
        step_text: (A, E) text vector of the step; zeros for skills and for nothing.
        skill_text: (A, E) mean text vector of its skills.
        difficulty: (A, 1) logits, 0 = unknown.
        kind: (A, 3) one-hot: step, skill, nothing.
        exercises: (A, S) 1 where it exercises the skill.
        builds_on: (A, S) 1 where one of its skills builds on the skill.
        step_count: N.
    """

    step_text: Tensor
    skill_text: Tensor
    difficulty: Tensor
    kind: Tensor
    exercises: Tensor
    builds_on: Tensor
    step_count: int

    @classmethod
    def of(cls, curriculum: Curriculum) -> "Content":
        n, s, width = len(curriculum.steps), len(curriculum.skills), curriculum.skill_vectors.shape[1]
        exercises = np.zeros((n + s + 1, s), np.float32)
        for step, skills in enumerate(curriculum.step_skills):
            exercises[step, list(skills)] = 1
        exercises[n : n + s] = np.eye(s, dtype=np.float32)
        direct = np.zeros((s, s), np.float32)
        for skill, before in enumerate(curriculum.prerequisites):
            direct[skill, list(before)] = 1
        step_text = np.zeros((n + s + 1, width), np.float32)
        step_text[:n] = curriculum.step_vectors
        skill_text = exercises @ curriculum.skill_vectors / np.maximum(exercises.sum(1, keepdims=True), 1)
        difficulty = np.zeros((n + s + 1, 1), np.float32)
        if curriculum.difficulty is not None:
            difficulty[:n, 0] = curriculum.difficulty
        kind = np.zeros((n + s + 1, 3), np.float32)
        kind[:n, 0] = kind[n : n + s, 1] = kind[n + s, 2] = 1
        return cls(
            step_text=torch.from_numpy(step_text),
            skill_text=torch.from_numpy(skill_text.astype(np.float32)),
            difficulty=torch.from_numpy(difficulty),
            kind=torch.from_numpy(kind),
            exercises=torch.from_numpy(exercises),
            builds_on=torch.from_numpy(np.minimum(exercises @ direct, 1)),
            step_count=n,
        )

    @property
    def nothing(self) -> int:
        """The position that stands for nothing in particular."""
        return len(self.kind) - 1


@dataclass(frozen=True, eq=False)
class Batch:
    """Logs of B learners of one curriculum, padded at the end to T events (padding: asked = content.nothing)."""

    content: Content
    asked: Tensor  # (B, T) int64
    at: Tensor  # (B, T) float64 seconds
    local: Tensor  # (B, T, G) float32, see `record.query_features`
    happened: Tensor  # (B, T, F) float32
    said: Tensor | None = None  # (B, T, E) float32


@dataclass(frozen=True, eq=False)
class Probe:
    """Other things to ask at the time of some events (about a skill, say); they leave no trace in the memory."""

    asked: Tensor  # (B, n) int64
    local: Tensor  # (B, n, G) float32
    moments: Tensor  # (n,) int64, at the time of which events


@dataclass(frozen=True, eq=False)
class Reading:
    """What the teacher says about n queries (any leading shape).

    Attributes:
        context: (n, D) the vector that it gives to students.
        logit: (n,) its own log-odds of a correct unaided answer.
        log_sd: (n,) log of how far, in logits, the learner's true log-odds may be off.
    """

    context: Tensor
    logit: Tensor
    log_sd: Tensor


class Layer(nn.Module):
    """One question to the log, and one thought about the answer."""

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        width, self.heads, self.head_width = config.width, config.heads, config.width // config.heads
        self.norm = nn.LayerNorm(width)
        self.to_query = nn.Linear(width, width)
        self.to_key = nn.Linear(width, width)
        self.to_value = nn.Linear(width, width)
        self.outcome_gain = nn.Linear(width, width)
        self.outcome_shift = nn.Linear(width, width)
        self.relation_bias = nn.Parameter(torch.zeros(config.heads, config.relations))  # B_i
        self.null_key = nn.Parameter(torch.zeros(config.heads, 1, self.head_width))
        self.null_value = nn.Parameter(torch.zeros(config.heads, 1, self.head_width))
        self.merge = nn.Linear(width, width)
        self.think = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, config.hidden), nn.GELU(), nn.Linear(config.hidden, width)
        )
        self.dropout = nn.Dropout(config.dropout)

    def write(self, x: Tensor, happened: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of events: x (..., T, D), happened (..., T, D) -> two of (..., H, T, d), without the null."""
        asked = self.norm(x)
        value = asked * (1 + self.outcome_gain(happened)) + self.outcome_shift(happened)
        return self._heads(self.to_key(asked)), self._heads(self.to_value(value))

    def with_null(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Put the null event before all others: two of (..., H, T, d) -> two of (..., H, 1 + T, d)."""
        return (
            torch.cat([self.null_key.expand(*keys.shape[:-2], 1, -1), keys], -2),
            torch.cat([self.null_value.expand(*values.shape[:-2], 1, -1), values], -2),
        )

    def read(self, x: Tensor, keys: Tensor, values: Tensor, relations: Tensor, unseen: Tensor | None) -> Tensor:
        """Let queries read events.

        Args:
            x: (..., n, D) queries.
            keys, values: (..., H, 1 + T, d), the null event first.
            relations: (R, ..., n, 1 + T), see `relate`; all zero for the null event.
            unseen: (n, 1 + T) True where a query must not look, or None when it may see all.

        Returns:
            (..., n, D)
        """
        query = self._heads(self.to_query(self.norm(x)) / math.sqrt(self.head_width))  # (..., H, n, d)
        scores = query @ keys.transpose(-1, -2) + self._bias(relations)  # (..., H, n, 1 + T)
        if unseen is not None:
            scores = scores.masked_fill(unseen, -math.inf)
        weights = scores.softmax(-1)  # (..., H, n, 1 + T): what an explanation starts from
        answer = weights @ values  # (..., H, n, d)
        x = x + self.dropout(self.merge(answer.transpose(-2, -3).flatten(-2)))
        return x + self.dropout(self.think(x))

    def _bias(self, relations: Tensor) -> Tensor:
        """B_i: (R, ..., n, 1 + T) -> (..., H, n, 1 + T)."""
        biases = self.relation_bias @ relations.flatten(1)
        return biases.unflatten(1, relations.shape[1:]).movedim(0, -3)

    def _heads(self, x: Tensor) -> Tensor:
        """(..., T, D) -> (..., H, T, d)."""
        return x.unflatten(-1, (self.heads, self.head_width)).transpose(-2, -3)


class TeacherModel(nn.Module):
    """See the head of the file. Never changed after loading, so threads may share it."""

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.step_text = nn.Linear(config.text_width, width, bias=False)
        self.skill_text = nn.Linear(config.text_width, width, bias=False)
        self.difficulty = nn.Linear(1, width, bias=False)
        self.kind = nn.Linear(3, width, bias=False)
        self.record = nn.Linear(config.local_width, width, bias=False)
        self.from_record = nn.Linear(config.local_width, 1)
        self.said = nn.Linear(config.text_width, width, bias=False)
        self.happened = nn.Sequential(nn.Linear(config.happened_width, width), nn.GELU(), nn.Linear(width, width))
        self.layers: Sequence[Layer] = nn.ModuleList(Layer(config) for _ in range(config.layers))  # type: ignore[assignment]
        self.norm = nn.LayerNorm(width)
        self.to_logit = nn.Linear(width, 1)
        self.to_log_sd = nn.Linear(width, 1)
        self._first_weights()

    # What is asked, and what happened -------------------------------------------------------------------------------

    def ask(self, content: Content) -> Tensor:
        """Everything that can be asked, as the first layer sees it: (A, D)."""
        return (
            self.step_text(content.step_text)
            + self.skill_text(content.skill_text)
            + self.difficulty(content.difficulty)
            + self.kind(content.kind)
        )

    def experience(self, happened: Tensor, said: Tensor | None) -> Tensor:
        """What happened, as values see it: happened (..., F), said (..., E) -> (..., D)."""
        seen = self.happened(happened)
        return seen if said is None else seen + self.said(said)

    # Training: whole logs at once -----------------------------------------------------------------------------------

    def forward(self, batch: Batch, probe: Probe | None = None) -> tuple[Reading, Reading | None]:
        """Read every event's query in its own strict past: readings (B, T, ...), and (B, n, ...) of the probe."""
        asks = self.ask(batch.content)
        happened = self.experience(batch.happened, batch.said)
        every = torch.arange(batch.asked.shape[1])

        def past(asked: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
            """Relations (B, R, n, 1 + T) of queries asked at moments t (n,), and what they must not see (n, 1 + T)."""
            events_ago = t[:, None] - every  # (n, T), 0 and less: not yet
            time_ago_s = (batch.at[:, t, None] - batch.at[:, None, :]).clamp(min=0)  # (B, n, T)
            return _after_null(relate(batch.content, asked, batch.asked, events_ago.clamp(min=1), time_ago_s)), (
                _after_null(events_ago <= 0)
            )

        streams = [(asks[batch.asked] + self.record(batch.local), *past(batch.asked, every))]
        if probe is not None:
            streams.append((asks[probe.asked] + self.record(probe.local), *past(probe.asked, probe.moments)))
        for layer in self.layers:
            keys, values = layer.with_null(*layer.write(streams[0][0], happened))
            streams = [(layer.read(x, keys, values, seen, hidden), seen, hidden) for x, seen, hidden in streams]
        reading = self._say(streams[0][0], batch.local)
        return reading, None if probe is None else self._say(streams[1][0], probe.local)

    # Serving: one learner, one event at a time ----------------------------------------------------------------------

    def remember_nothing(self, content: Content, asks: Tensor | None = None) -> "Memory":
        """The memory of a learner who has done nothing yet. `asks` spares computing `ask(content)` again."""
        with torch.inference_mode():
            asks = self.ask(content) if asks is None else asks
            shelf = _Shelf(self.config, _Shelf.SMALLEST)
            for i, layer in enumerate(self.layers):
                shelf.keys[i, :, :1] = layer.null_key
                shelf.values[i, :, :1] = layer.null_value
        return Memory(content, asks, shelf, 0)

    @torch.inference_mode()
    def read(self, memory: "Memory", asked: NDArray[np.int64], at: float, local: NDArray[np.float32]) -> Reading:
        """Read any number of queries at once against everything remembered; nothing is changed.

        Args:
            memory: of one learner.
            asked: (n,) positions in the content: steps, or N + skill for a typical step of a skill.
            at: now, seconds since the epoch.
            local: (n, G) what the record says about each, see `record.query_features`.
        """
        queries, counts = torch.from_numpy(asked), torch.from_numpy(local)
        x = memory.asks[queries] + self.record(counts)
        relations = memory.relations(queries, at)
        for i, layer in enumerate(self.layers):
            x = layer.read(x, *memory.layer(i), relations, None)
        return self._say(x, counts)

    @torch.inference_mode()
    def append(
        self,
        memory: "Memory",
        asked: int,
        at: float,
        local: NDArray[np.float32],
        happened: NDArray[np.float32],
        said: NDArray[np.float32] | None = None,
    ) -> tuple["Memory", Reading]:
        """Remember one more event: one row of keys and values per layer.

        Args:
            memory: of one learner; it stays valid and unchanged.
            asked: position of what the event was about.
            at: when, seconds since the epoch.
            local: (G,) what the record said about it, just before.
            happened: (F,) see `events.encode_event`.
            said: (E,) text vector of a chat.

        Returns:
            The longer memory, and the reading (1, ...) of the event's query as it stood just *before* the event.
        """
        query, counts = torch.tensor([asked]), torch.from_numpy(local)[None]
        x = memory.asks[query] + self.record(counts)  # (1, D)
        relations = memory.relations(query, at)
        experience = self.experience(
            torch.from_numpy(happened)[None], None if said is None else torch.from_numpy(said)[None]
        )
        rows = []
        for i, layer in enumerate(self.layers):
            rows.append(layer.write(x, experience))
            x = layer.read(x, *memory.layer(i), relations, None)
        return memory.longer(asked, at, rows), self._say(x, counts)

    # ----------------------------------------------------------------------------------------------------------------

    def fingerprint(self) -> str:
        """A name for exactly this teacher: sha256 over its config and weights. Students belong to one fingerprint."""
        digest = hashlib.sha256(repr(sorted(asdict(self.config).items())).encode())
        for name, tensor in sorted(self.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def _say(self, x: Tensor, local: Tensor) -> Reading:
        context = self.norm(x)
        logit = self.to_logit(context) + self.from_record(local)
        return Reading(context, logit.squeeze(-1), self.to_log_sd(context).squeeze(-1))

    def _first_weights(self) -> None:
        """Start heads apart, each looking along one relation; start outcomes small and the sd at about half a logit."""
        strengths = {"same_step": 2.0, "same_skill": 2.0, "prerequisite": 1.0, "log_events_ago": -0.5}
        for layer in self.layers:
            assert isinstance(layer, Layer)
            with torch.no_grad():
                for head, (relation, strength) in enumerate(list(strengths.items())[: self.config.heads]):
                    layer.relation_bias[head, RELATIONS.index(relation)] = strength
        nn.init.zeros_(self.to_log_sd.weight)
        nn.init.constant_(self.to_log_sd.bias, -0.7)
        nn.init.normal_(self.kind.weight, std=0.1)
        seen = self.happened[0]
        assert isinstance(seen, nn.Linear)
        with torch.no_grad():  # what training never showed must say nothing, not something random
            self.said.weight.zero_()
            seen.weight[:, HAPPENED.index("chat")] = 0
            self.kind.weight[:, 2] = 0  # nothing in particular


def relate(content: Content, queries: Tensor, events: Tensor, events_ago: Tensor, time_ago_s: Tensor) -> Tensor:
    """The relations between queries and events, in the order of RELATIONS.

    Args:
        queries: (..., n) positions in the content.
        events: (..., T) positions in the content.
        events_ago: (n, T) how many events ago, 1 = the last.
        time_ago_s: (..., n, T) seconds, never negative.

    Returns:
        (R, ..., n, T) float32
    """
    asked, past = content.exercises[queries], content.exercises[events].transpose(-1, -2)  # (..., n, S), (..., S, T)
    same_step = (queries[..., :, None] == events[..., None, :]) & (queries < content.step_count)[..., None]
    return torch.stack(
        [
            same_step.float(),
            (asked @ past).clamp(max=1),
            (content.builds_on[queries] @ past).clamp(max=1),
            (asked @ content.builds_on[events].transpose(-1, -2)).clamp(max=1),
            torch.log(events_ago.float()).expand_as(same_step),
            torch.log1p(time_ago_s).float() / 4,
        ],
    )


def _after_null(columns: Tensor) -> Tensor:
    """(..., T) -> (..., 1 + T): the null event comes first, is related to nothing and always seen."""
    return pad(columns, (1, 0))


class _Shelf:
    """Room for one learner's keys and values; grows by doubling, so that an event costs the same at any length.

    Rows are only ever added. Memories of different lengths share a shelf; the first that grows past the end takes the
    next row, a second one that branches off the same past (a replayed turn, say) gets a copy of its own.
    """

    SMALLEST = 64

    def __init__(self, config: TeacherConfig, capacity: int) -> None:
        shape = (config.layers, config.heads, capacity, config.width // config.heads)
        self.config = config
        self.keys = torch.zeros(shape)  # row 0 is the null event, row 1 + t event t
        self.values = torch.zeros(shape)
        self.asked = torch.zeros(capacity, dtype=torch.int64)
        self.at = torch.zeros(capacity, dtype=torch.float64)
        self.used = 0
        self._lock = threading.Lock()

    def claim(self, length: int) -> "_Shelf":
        """A shelf with the first `length` rows of this one and the next row free and taken for the caller."""
        with self._lock:
            if self.used == length and length + 1 < len(self.asked):
                self.used += 1
                return self
        capacity = self.SMALLEST  # a function of the length alone, so that replaying meets the same layout
        while capacity <= length + 1:
            capacity *= 2
        copy = _Shelf(self.config, capacity)
        copy.keys[:, :, : length + 1] = self.keys[:, :, : length + 1]
        copy.values[:, :, : length + 1] = self.values[:, :, : length + 1]
        copy.asked[:length] = self.asked[:length]
        copy.at[:length] = self.at[:length]
        copy.used = length + 1
        return copy


@dataclass(frozen=True, eq=False)
class Memory:
    """What the teacher remembers of one learner: keys and values of T = `length` events. Unchanging from outside."""

    content: Content
    asks: Tensor  # (A, D), shared by all learners of a curriculum
    _shelf: _Shelf
    length: int

    def layer(self, i: int) -> tuple[Tensor, Tensor]:
        """Keys and values of one layer, (H, 1 + T, d) each, the null event first."""
        return self._shelf.keys[i, :, : self.length + 1], self._shelf.values[i, :, : self.length + 1]

    def relations(self, queries: Tensor, at: float) -> Tensor:
        """Relations (R, n, 1 + T) of queries (n,) asked at this time to what is remembered."""
        events, when = self._shelf.asked[: self.length], self._shelf.at[: self.length]
        events_ago = torch.arange(self.length, 0, -1).expand(len(queries), -1)
        time_ago_s = (at - when).clamp(min=0).expand(len(queries), -1)
        return _after_null(relate(self.content, queries, events, events_ago, time_ago_s))

    def longer(self, asked: int, at: float, rows: list[tuple[Tensor, Tensor]]) -> "Memory":
        """The memory with one more event: per layer a key and a value of shape (H, 1, d)."""
        shelf = self._shelf.claim(self.length)
        for i, (key, value) in enumerate(rows):
            shelf.keys[i, :, self.length + 1] = key[:, 0]
            shelf.values[i, :, self.length + 1] = value[:, 0]
        shelf.asked[self.length] = asked
        shelf.at[self.length] = at
        return Memory(self.content, self.asks, shelf, self.length + 1)

    def digest(self) -> bytes:
        """sha256 over every remembered number."""
        digest = hashlib.sha256(str(self.length).encode())
        rows = (self._shelf.keys[:, :, : self.length + 1], self._shelf.values[:, :, : self.length + 1])
        for tensor in (*rows, self._shelf.asked[: self.length], self._shelf.at[: self.length]):
            digest.update(tensor.contiguous().numpy().tobytes())
        return digest.digest()


def config_from(values: dict[str, object]) -> TeacherConfig:
    """A config from what was stored. Raises ValueError on missing or unknown fields and on impossible values."""
    expected = {field.name for field in fields(TeacherConfig)}
    if values.keys() != expected:
        odd = sorted(values.keys() ^ expected)
        raise ValueError(f"A teacher's config has other fields than expected: {', '.join(odd)}.")
    return TeacherConfig(**values)  # type: ignore[arg-type]  # checked by TeacherConfig itself
