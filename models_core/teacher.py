"""The teacher: a small Transformer that reads everything a learner has done and says what to expect next.

Letters: B learners, T events, n queries, A things that can be asked, C sets of skills, D width, H heads, d = D / H,
R relations, F features of what happened, G features of the record, E text width, W window.

Attention is read as a question to the log (design: head_i = softmax(Q_i K_i^T / sqrt(d) + B_i) V_i):

    query   what is about to be asked: its text, its skill, the learner's record on it, how hard it proved for others
    key     what was asked before
    value   what happened then: outcome, time, hints, and what the student model had said
    B_i     a learned bias per head from relations between the two: same step, same skill, prerequisite, how long ago

One stream x carries the queries through the layers. An event in memory is a query whose answer is known: in each layer
its key is made from x ("what was asked, as it looked then"), its value from x *and* what happened. The query at
position t sees the W events before t, never its own outcome; to this strict past every head adds one learned null
event, so that a learner without a past, or a head with nothing to say, attends to something.

x, and so every key and value, depends on the strict past alone. Hence a key and a value, once made, stay: one more
event costs one row of queries against cached keys and values (`engine.py`), and gives what a full pass (`forward`)
gives.

Attention is good at which events matter and poor at counting them. So the record's counts stand at both ends: they are
part of every query, and go straight to the log-odds as well (`from_record`, a logistic regression). They also sum up
whatever lies before the window, so that the ten-thousandth event costs no more than the thousandth.

Skills that the teacher was trained on, and steps that it has met often, have a vector of their own (`skill_ids`,
`step_ids`), which learns what goes with what. It is hidden at random in training; a name that is hidden or
not known has the vector of row 0, so the teacher serves courses that it has never seen.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

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
MOST_NAMES = 100_000
STEP_WIDTH = 16  # of a step's own vector, which has less to go by than a skill's
BLOCK = 256  # rows of a log that a full pass reads at once


@dataclass(frozen=True)
class TeacherConfig:
    """The shape of a teacher; stored beside its weights.

    Attributes:
        width, heads, layers, hidden: D, H, number of layers, units inside a thought.
        window: W, how many events back attention reaches; what lies before is in the record.
        skills, steps: names of those that have a vector of their own.

    Raises:
        ValueError: when the numbers do not fit each other or are out of any sensible range.
    """

    width: int = 64
    heads: int = 4
    layers: int = 2
    hidden: int = 128
    window: int = 200
    text_width: int = TEXT_WIDTH
    happened_width: int = HAPPENED_WIDTH
    local_width: int = LOCAL_WIDTH
    relations: int = len(RELATIONS)
    skills: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    dropout: float = 0.0

    def __post_init__(self) -> None:
        most_of = {"width": 1024, "heads": 32, "layers": 16, "hidden": 8192, "window": 65_536, "text_width": 8192}
        for name, most in most_of.items():
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
        for name, those in (("skills", self.skills), ("steps", self.steps)):
            if type(those) is not tuple or not all(type(each) is str for each in those):
                raise ValueError(f"A teacher's {name} must be a list of names.")
            if len(set(those)) != len(those) or len(those) > MOST_NAMES:
                raise ValueError(f"A teacher's {name} must be at most {MOST_NAMES} different names.")


@dataclass(frozen=True, eq=False)
class Content:
    """A curriculum as tensors: everything that can be asked.

    That is the N steps, then the S skills (a typical step of each), then nothing in particular: A = N + S + 1.

    Attributes:
        step_text: (A, E) text vector of the step; zeros for skills and for nothing. None where the course has no texts.
        skill_text: (A, E) mean text vector of its skills. None likewise.
        kind: (A, 3) one-hot: step, skill, nothing.
        skill_id: (A,) int64, which of the skills that the teacher knows by name it is about, from 1; 0 = none of them.
        step_id: (A,) int64, the same for steps.
        skill_set: (A,) int64, which set of skills it exercises.
        shares: (C, C) 1 where two sets have a skill in common.
        builds_on: (C, C) 1 where a skill of the first set builds directly on a skill of the second.
        main_skill: (A,) int64, the position of a typical step of its main skill; nothing stays nothing.
        step_count: N.
    """

    step_text: Tensor | None
    skill_text: Tensor | None
    kind: Tensor
    skill_id: Tensor
    step_id: Tensor
    skill_set: Tensor
    shares: Tensor
    builds_on: Tensor
    main_skill: Tensor
    step_count: int

    @classmethod
    def of(cls, curriculum: Curriculum, config: TeacherConfig | None = None) -> "Content":
        """What a teacher of this shape sees of a curriculum; without one, what a teacher sees that knows no names."""
        n, s = len(curriculum.steps), len(curriculum.skills)
        step_sets, of_step = curriculum.skill_sets
        sets = [*step_sets, *((skill,) for skill in range(s)), ()]
        exercises = np.zeros((len(sets), s), np.float32)
        for number, members in enumerate(sets):
            exercises[number, list(members)] = 1
        direct = np.zeros((s, s), np.float32)
        for skill, before in enumerate(curriculum.prerequisites):
            direct[skill, list(before)] = 1
        skill_set = np.concatenate([of_step, len(step_sets) + np.arange(s + 1)])
        kind = np.zeros((n + s + 1, 3), np.float32)
        kind[:n, 0] = kind[n : n + s, 1] = kind[n + s, 2] = 1
        skills = _numbers(curriculum.skills, () if config is None else config.skills)
        steps = _numbers(curriculum.steps, () if config is None else config.steps)
        skill_id = np.concatenate([skills[list(curriculum.main_skills)] if n else skills[:0], skills, [0]])
        step_id = np.concatenate([steps, np.zeros(s + 1, np.int64)])
        step_text = skill_text = None
        if curriculum.step_vectors is not None and curriculum.skill_vectors is not None:
            nowhere = np.zeros((s + 1, curriculum.step_vectors.shape[1]), np.float32)
            step_text = torch.from_numpy(np.concatenate([curriculum.step_vectors, nowhere]))
            mean = exercises @ curriculum.skill_vectors / np.maximum(exercises.sum(1, keepdims=True), 1)
            skill_text = torch.from_numpy(mean.astype(np.float32)[skill_set])
        return cls(
            step_text=step_text,
            skill_text=skill_text,
            kind=torch.from_numpy(kind),
            skill_id=torch.from_numpy(skill_id),
            step_id=torch.from_numpy(step_id),
            skill_set=torch.from_numpy(skill_set.astype(np.int64)),
            shares=torch.from_numpy(np.minimum(exercises @ exercises.T, 1)),
            builds_on=torch.from_numpy(np.minimum(exercises @ direct @ exercises.T, 1)),
            main_skill=torch.tensor([*(n + skill for skill in curriculum.main_skills), *range(n, n + s + 1)]),
            step_count=n,
        )

    @property
    def nothing(self) -> int:
        """The position that stands for nothing in particular."""
        return len(self.kind) - 1


def _numbers(names: Sequence[str], known: Sequence[str]) -> NDArray[np.int64]:
    """Per name its place among those that are known, from 1; 0 for the others."""
    place = {name: number for number, name in enumerate(known, start=1)}
    return np.array([place.get(name, 0) for name in names], np.int64)


@dataclass(frozen=True, eq=False)
class Batch:
    """Logs of B learners of one curriculum, padded at the end to T events (padding: asked = content.nothing)."""

    content: Content
    asked: Tensor  # (B, T) int64
    at: Tensor  # (B, T) float64 seconds
    local: Tensor  # (B, T, G) float32, see `record.query_features`
    happened: Tensor  # (B, T, F) float32
    said: Tensor | None = None  # (B, T, E) float32
    # training hides some of it, so that nothing is relied on alone; (B, T) bool, None = nothing is hidden
    known_skill: Tensor | None = None  # False: which skill it is
    known_step: Tensor | None = None  # False: which step it is
    forgotten: Tensor | None = None  # True: the event, from every query after it


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
            nn.LayerNorm(width),
            nn.Linear(width, config.hidden),
            nn.GELU("tanh"),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, width),
        )
        self.dropout = nn.Dropout(config.dropout)

    def write(self, x: Tensor, happened: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of events: x (..., T, D), happened (..., T, D) -> two of (..., H, T, d)."""
        asked = self.norm(x)
        value = asked * (1 + self.outcome_gain(happened)) + self.outcome_shift(happened)
        return self._heads(self.to_key(asked)), self._heads(self.to_value(value))

    def read(self, x: Tensor, keys: Tensor, values: Tensor, relations: Tensor, unseen: Tensor | None) -> Tensor:
        """Let queries read events, and the null event, which is always seen and related to nothing.

        Args:
            x: (..., n, D) queries.
            keys, values: (..., H, T, d) of the events.
            relations: (R, ..., n, T), see `relate`.
            unseen: (..., n, T) True where a query must not look, or None when it may see all.

        Returns:
            (..., n, D)
        """
        query = self._heads(self.to_query(self.norm(x)) / math.sqrt(self.head_width))  # (..., H, n, d)
        scores = query @ keys.transpose(-1, -2) + self._bias(relations)  # (..., H, n, T)
        if unseen is not None:
            scores = scores.masked_fill(unseen, -math.inf)
        null = query @ self.null_key.transpose(-1, -2)  # (..., H, n, 1)
        weights = torch.cat([null, scores], -1).softmax(-1)  # (..., H, n, 1 + T)
        answer = weights[..., 1:] @ values + weights[..., :1] * self.null_value  # (..., H, n, d)
        x = x + self.dropout(self.merge(answer.transpose(-2, -3).flatten(-2)))
        return x + self.dropout(self.think(x))

    def _bias(self, relations: Tensor) -> Tensor:
        """B_i: (R, ..., n, T) -> (..., H, n, T)."""
        biases = self.relation_bias @ relations.flatten(1)
        return biases.unflatten(1, relations.shape[1:]).movedim(0, -3)

    def _heads(self, x: Tensor) -> Tensor:
        """(..., T, D) -> (..., H, T, d)."""
        return x.unflatten(-1, (self.heads, self.head_width)).transpose(-2, -3)


class TeacherModel(nn.Module):
    """See the head of the file. Never changed after loading, so threads may share it."""

    local_mean: Tensor  # (G,) what the record usually says; set by training
    local_gain: Tensor  # (G,) one over how much that varies; 0 where it never did: training says nothing about it

    def __init__(self, config: TeacherConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.register_buffer("local_mean", torch.zeros(config.local_width))
        self.register_buffer("local_gain", torch.ones(config.local_width))
        self.step_text = nn.Linear(config.text_width, width, bias=False)
        self.skill_text = nn.Linear(config.text_width, width, bias=False)
        self.kind = nn.Linear(3, width, bias=False)
        self.skill_ids = nn.Embedding(1 + len(config.skills), width)  # row 0: one that it does not know by name
        self.step_ids = nn.Embedding(1 + len(config.steps), STEP_WIDTH)
        self.step_name = nn.Linear(STEP_WIDTH, width, bias=False)
        self.record = nn.Linear(config.local_width, width, bias=False)
        self.record_thought = nn.Sequential(
            nn.Linear(config.local_width, 2 * width),
            nn.GELU("tanh"),
            nn.Dropout(config.dropout),
            nn.Linear(2 * width, width),
        )
        self.from_record = nn.Linear(config.local_width, 1)
        self.said = nn.Linear(config.text_width, width, bias=False)
        self.happened = nn.Sequential(nn.Linear(config.happened_width, width), nn.GELU("tanh"), nn.Linear(width, width))
        self.layers: Sequence[Layer] = nn.ModuleList(Layer(config) for _ in range(config.layers))  # type: ignore[assignment]
        self.norm = nn.LayerNorm(2 * width)
        self.conclude = nn.Sequential(
            nn.Linear(2 * width, 2 * width), nn.GELU("tanh"), nn.Linear(2 * width, width), nn.GELU("tanh")
        )
        self.to_logit = nn.Linear(width, 1)
        self.to_log_sd = nn.Linear(width, 1)
        self.dropout = nn.Dropout(config.dropout)
        self._first_weights()

    # What is asked, and what happened ---------------------------------------------------------------------------------

    def ask(
        self,
        content: Content,
        asked: Tensor | None = None,
        known_skill: Tensor | None = None,
        known_step: Tensor | None = None,
    ) -> Tensor:
        """Things that can be asked, before the record has its say: (..., D) of positions (...), (A, D) of everything.

        Where `known_skill` or `known_step` (...) is False, it is treated as one that the teacher does not know by name.
        """
        at = slice(None) if asked is None else asked
        skill_id, step_id = content.skill_id[at], content.step_id[at]
        if known_skill is not None:
            skill_id = skill_id * known_skill
        if known_step is not None:
            step_id = step_id * known_step
        x = self.kind(content.kind[at]) + self.skill_ids(skill_id) + self.step_name(self.step_ids(step_id))
        if content.step_text is not None and content.skill_text is not None:
            x = x + self.step_text(content.step_text[at]) + self.skill_text(content.skill_text[at])
        return x

    def look(self, asks: Tensor, counts: Tensor) -> Tensor:
        """Queries as the first layer sees them: asks (..., D), counts (..., G) -> (..., D)."""
        return asks + self.record(counts) + self.record_thought(counts)

    def usual(self, local: Tensor) -> Tensor:
        """What the record says, measured by what it usually says: (..., G), with wild values held back."""
        return ((local - self.local_mean) * self.local_gain).clamp(-6, 6)

    def experience(self, happened: Tensor, said: Tensor | None) -> Tensor:
        """What happened, as values see it: happened (..., F), said (..., E) -> (..., D)."""
        seen = self.happened(happened)
        return seen if said is None else seen + self.said(said)

    # Whole logs at once: training, and reading a long past ------------------------------------------------------------

    def forward(self, batch: Batch, probe: Probe | None = None) -> tuple[Reading, Reading | None]:
        """Read every event's query in its own strict past: readings (B, T, ...), and (B, n, ...) of the probe.

        A log is read in blocks of rows, each against itself and the W events before it, so that memory grows with T
        and not with its square. A probe may only ask about logs of one block.
        """
        length, window = batch.asked.shape[1], self.config.window
        if probe is not None and length > BLOCK:
            raise ValueError(f"Logs of {length} events cannot be probed, only up to {BLOCK}.")
        past: list[tuple[Tensor, Tensor]] = []  # per layer, keys and values of the rows before
        readings = []
        probed = None
        for begin in range(0, max(length, 1), BLOCK):
            rows = slice(begin, min(begin + BLOCK, length))
            first = max(0, begin - window)  # of the events that may be seen from here
            seen, hidden = self._past_of(batch, batch.asked[:, rows], torch.arange(begin, rows.stop), first, rows.stop)
            counts = self.usual(batch.local[:, rows])
            known = (None if each is None else each[:, rows] for each in (batch.known_skill, batch.known_step))
            start = self.dropout(self.look(self.ask(batch.content, batch.asked[:, rows], *known), counts))
            happened = self.experience(batch.happened[:, rows], None if batch.said is None else batch.said[:, rows])
            streams = [(start, seen, hidden)]
            if probe is not None:
                probe_counts = self.usual(probe.local)
                probe_start = self.look(self.ask(batch.content, probe.asked), probe_counts)
                streams.append((probe_start, *self._past_of(batch, probe.asked, probe.moments, first, rows.stop)))
            written = []
            for i, layer in enumerate(self.layers):
                keys, values = layer.write(streams[0][0], happened)
                if past:
                    keys, values = torch.cat([past[i][0], keys], -2), torch.cat([past[i][1], values], -2)
                written.append((keys[..., -window:, :], values[..., -window:, :]))
                streams = [(layer.read(x, keys, values, rel, unseen), rel, unseen) for x, rel, unseen in streams]
            past = written
            readings.append(self.say(streams[0][0], start, counts))
            if probe is not None:
                probed = self.say(streams[1][0], probe_start, probe_counts)
        return Reading(*(torch.cat(parts, 1) for parts in zip(*map(_parts, readings), strict=True))), probed

    def _past_of(self, batch: Batch, asked: Tensor, moments: Tensor, first: int, end: int) -> tuple[Tensor, Tensor]:
        """Relations (R, B, n, T') of queries asked at moments (n,) to events `first` to `end`; and what is hidden,
        (n, T') or, where events are forgotten, (B, 1, n, T')."""
        events = torch.arange(first, end)
        ago = moments[:, None] - events  # (n, T'), 0 and less: not yet
        time_ago_s = (batch.at[:, moments, None] - batch.at[:, None, first:end]).clamp(min=0)  # (B, n, T')
        relations = relate(batch.content, asked, batch.asked[:, first:end], ago.clamp(min=1), time_ago_s)
        unseen = (ago <= 0) | (ago > self.config.window)
        if batch.forgotten is not None:
            unseen = unseen | batch.forgotten[:, None, None, first:end]  # (B, 1, n, T')
        return relations, unseen

    # ----------------------------------------------------------------------------------------------------------------

    def fingerprint(self) -> str:
        """A name for exactly this teacher: sha256 over its config and weights. Students belong to one fingerprint."""
        digest = hashlib.sha256(repr(sorted(asdict(self.config).items())).encode())
        for name, tensor in sorted(self.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def say(self, x: Tensor, start: Tensor, counts: Tensor) -> Reading:
        """From queries that have read the log, x (..., D), and as they were before, start (..., D)."""
        context = self.conclude(self.norm(torch.cat([x, start], -1)))
        logit = self.to_logit(self.dropout(context)) + self.from_record(counts)
        return Reading(context, logit.squeeze(-1), self.to_log_sd(context).squeeze(-1))

    def _first_weights(self) -> None:
        """Start heads apart, two of them looking along one relation each, all of them nearer rather than farther."""
        with torch.no_grad():
            for layer in self.layers:
                assert isinstance(layer, Layer)
                for head, relation in zip(range(self.config.heads), ("same_step", "same_skill"), strict=False):
                    layer.relation_bias[head, RELATIONS.index(relation)] = 2.0
                layer.relation_bias[:, RELATIONS.index("log_events_ago")] = -0.3
            seen = self.happened[0]
            assert isinstance(seen, nn.Linear)
            # what training never showed must say nothing, not something random
            self.said.weight.zero_()
            self.step_text.weight.zero_()
            self.skill_text.weight.zero_()
            seen.weight[:, HAPPENED.index("chat")] = 0
            nn.init.normal_(self.kind.weight, std=0.1)
            self.kind.weight[:, 2] = 0  # nothing in particular
            for names in (self.skill_ids, self.step_ids):
                nn.init.normal_(names.weight, std=0.05)
                names.weight[0] = 0
            nn.init.zeros_(self.to_log_sd.weight)
            nn.init.constant_(self.to_log_sd.bias, -0.7)  # about half a logit


def relate(content: Content, queries: Tensor, events: Tensor, events_ago: Tensor, time_ago_s: Tensor) -> Tensor:
    """The relations between queries and events, in the order of RELATIONS.

    Args:
        content: what the positions mean.
        queries: (..., n) positions in the content.
        events: (..., T) positions in the content.
        events_ago: (n, T) how many events ago, 1 = the last.
        time_ago_s: (..., n, T) seconds, never negative.

    Returns:
        (R, ..., n, T) float32
    """
    asked, past = content.skill_set[queries][..., :, None], content.skill_set[events][..., None, :]
    same_step = (queries[..., :, None] == events[..., None, :]) & (queries < content.step_count)[..., None]
    return torch.stack(
        [
            same_step.float(),
            content.shares[asked, past],
            content.builds_on[asked, past],
            content.builds_on[past, asked],
            torch.log(events_ago.float()).expand_as(same_step),
            torch.log1p(time_ago_s).float() / 4,
        ],
    )


def _parts(reading: Reading) -> tuple[Tensor, Tensor, Tensor]:
    return reading.context, reading.logit, reading.log_sd


def config_from(values: dict[str, object]) -> TeacherConfig:
    """A config from what was stored. Raises ValueError on missing or unknown fields and on impossible values."""
    expected = {field.name for field in fields(TeacherConfig)}
    if values.keys() != expected:
        odd = sorted(values.keys() ^ expected)
        raise ValueError(f"A teacher's config has other fields than expected: {', '.join(odd)}.")
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}  # JSON has no tuples
    values = {**values, **lists}
    return TeacherConfig(**values)  # type: ignore[arg-type]  # checked by TeacherConfig itself
