"""The engine: a trained teacher at work on one curriculum, one event at a time.

Letters: n queries, A things that can be asked, T <= W events in memory, D width, H heads, d = D / H, L layers,
G features of the record, F features of what happened, R relations.

`TeacherModel.forward` reads whole logs, for training. Here the same numbers (to 1e-4; a test holds them together) come
one event at a time, from cached keys and values, in plain NumPy: a step is some forty products of small matrices, of
which PyTorch would spend most of the time on being called.

A memory is never changed; remembering gives the next one. Any number of threads may share an engine.
"""

import hashlib
import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from models_core.curriculum import Curriculum
from models_core.teacher import Content, TeacherConfig, TeacherModel

Floats = NDArray[np.float32]


class Said(NamedTuple):
    """What the teacher says about n queries: context (n, D), its log-odds (n,), and log of how far off they may be."""

    context: Floats
    logit: Floats
    log_sd: Floats


class Engine:
    """A teacher before one curriculum. Holds no learner."""

    def __init__(self, teacher: TeacherModel, curriculum: Curriculum) -> None:
        self.config = teacher.config
        content = Content.of(curriculum, teacher.config)
        with torch.inference_mode():
            self._asks = teacher.ask(content).numpy()  # (A, D), once for all learners
        self._skill_set = content.skill_set.numpy()
        self._shares = content.shares.numpy()
        self._builds_on = content.builds_on.numpy()
        self._built_on = np.ascontiguousarray(self._builds_on.T)
        self._step_count = content.step_count
        weights = {name: tensor.detach().numpy() for name, tensor in teacher.state_dict().items()}
        self._mean, self._gain = weights["local_mean"], weights["local_gain"]
        self._record = _linear(weights, "record")
        self._thought = _linear(weights, "record_thought.0"), _linear(weights, "record_thought.3")
        self._happened = _linear(weights, "happened.0"), _linear(weights, "happened.2")
        self._said = _linear(weights, "said")
        self._layers = [_Layer(weights, f"layers.{i}.", self.config) for i in range(self.config.layers)]
        self._norm = _Norm(weights, "norm")
        self._conclude = _linear(weights, "conclude.0"), _linear(weights, "conclude.2")
        both = (_linear(weights, name) for name in ("to_logit", "to_log_sd"))
        self._heads = _Linear.beside(*both)
        self._from_record = _linear(weights, "from_record")
        self._log_ago = np.log(np.arange(self.config.window, 0, -1, dtype=np.float32))  # (W,) farthest first

    def remember_nothing(self) -> "Memory":
        """The memory of a learner who has done nothing yet."""
        return Memory(_Shelf(self.config), 0)

    def read(
        self,
        memory: "Memory",
        asked: NDArray[np.int64],
        at: float,
        local: Floats,
        unseen: NDArray[np.bool_] | None = None,
    ) -> Said:
        """Read any number of queries at once against everything remembered; nothing is changed.

        Args:
            memory: of one learner.
            asked: (n,) positions in the content: steps, or N + skill for a typical step of a skill.
            at: now, seconds since the epoch.
            local: (n, G) what the record says about each, see `record.query_features`.
            unseen: (n, T) True where a query shall not see an event of the T that are remembered.
        """
        counts = self._usual(local)
        x = start = self._look(asked, counts)
        relations = self._relations(memory, asked, at)
        for i, layer in enumerate(self._layers):
            x, _ = layer.read(x, *memory.layer(i), relations, unseen)
        return self._conclusion(x, start, counts)

    def append(
        self, memory: "Memory", asked: int, at: float, local: Floats, happened: Floats, said: Floats | None = None
    ) -> tuple["Memory", Said]:
        """Remember one more event: one row of keys and values per layer.

        Args:
            memory: of one learner; it stays valid and unchanged.
            asked: position of what the event was about.
            at: when, seconds since the epoch.
            local: (G,) what the record said about it, just before.
            happened: (F,) see `events.encode_event`.
            said: (E,) text vector of a chat.

        Returns:
            The longer memory, and what was said of the event's query as it stood just *before* the event, n = 1.
        """
        query, counts = np.array([asked]), self._usual(local[None])
        x = start = self._look(query, counts)  # (1, D)
        relations = self._relations(memory, query, at)
        experience = self._happened[1](_gelu(self._happened[0](happened[None])))
        if said is not None:
            experience = experience + self._said(said[None])
        rows = []
        for i, layer in enumerate(self._layers):
            x, asked_and_key = layer.read(x, *memory.layer(i), relations, None)
            rows.append(layer.write(asked_and_key, experience))
        return memory.longer(asked, at, rows), self._conclusion(x, start, counts)

    # ------------------------------------------------------------------------------------------------------------------

    def _usual(self, local: Floats) -> Floats:
        return np.clip((local - self._mean) * self._gain, -6, 6)

    def _look(self, asked: NDArray[np.int64], counts: Floats) -> Floats:
        thought = self._thought[1](_gelu(self._thought[0](counts)))
        return self._asks[asked] + self._record(counts) + thought

    def _relations(self, memory: "Memory", asked: NDArray[np.int64], at: float) -> Floats:
        """(n, R, T), in the order of `teacher.RELATIONS`."""
        events, when = memory.events()
        ours, theirs = self._skill_set[asked][:, None], self._skill_set[events][None]
        same_step = (asked[:, None] == events) & (asked < self._step_count)[:, None]
        found = np.empty((len(asked), 6, len(events)), np.float32)
        found[:, 0] = same_step
        found[:, 1] = self._shares[ours, theirs]
        found[:, 2] = self._builds_on[ours, theirs]
        found[:, 3] = self._built_on[ours, theirs]
        found[:, 4] = self._log_ago[len(self._log_ago) - len(events) :]
        found[:, 5] = np.log1p(np.maximum(at - when, 0.0)) / 4
        return found

    def _conclusion(self, x: Floats, start: Floats, counts: Floats) -> Said:
        both = self._norm(np.concatenate([x, start], -1))
        context = _gelu(self._conclude[1](_gelu(self._conclude[0](both))))
        heads = self._heads(context)  # (n, 2)
        return Said(context, heads[:, 0] + self._from_record(counts)[:, 0], heads[:, 1])


class _Linear(NamedTuple):
    """x @ weight + bias: weight (in, out)."""

    weight: Floats
    bias: Floats | None

    def __call__(self, x: Floats) -> Floats:
        product = x @ self.weight
        return product if self.bias is None else product + self.bias

    @classmethod
    def beside(cls, *parts: "_Linear") -> "_Linear":
        """Several of the same input as one."""
        weight = np.ascontiguousarray(np.concatenate([part.weight for part in parts], 1))
        biases = [np.zeros(part.weight.shape[1], np.float32) if part.bias is None else part.bias for part in parts]
        return cls(weight, np.concatenate(biases))


def _linear(weights: Mapping[str, Floats], name: str) -> _Linear:
    return _Linear(np.ascontiguousarray(weights[f"{name}.weight"].T), weights.get(f"{name}.bias"))


class _Norm:
    """Layer normalisation."""

    def __init__(self, weights: Mapping[str, Floats], name: str) -> None:
        self._weight, self._bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        self._share = np.float32(1 / len(self._weight))

    def __call__(self, x: Floats) -> Floats:
        centred = x - np.add.reduce(x, -1, keepdims=True) * self._share
        variance = np.add.reduce(centred * centred, -1, keepdims=True) * self._share
        return centred / np.sqrt(variance + np.float32(1e-5)) * self._weight + self._bias


class _Layer:
    """See `teacher.Layer`."""

    def __init__(self, weights: Mapping[str, Floats], prefix: str, config: TeacherConfig) -> None:
        self.heads, self.head_width = config.heads, config.width // config.heads
        self._norm = _Norm(weights, f"{prefix}norm")
        query = _linear(weights, f"{prefix}to_query")
        scale = np.float32(1 / math.sqrt(self.head_width))
        assert query.bias is not None
        self._query_and_key = _Linear.beside(
            _Linear(query.weight * scale, query.bias * scale), _linear(weights, f"{prefix}to_key")
        )
        self._value = _linear(weights, f"{prefix}to_value")
        self._outcome = _Linear.beside(*(_linear(weights, f"{prefix}outcome_{name}") for name in ("gain", "shift")))
        self._bias = weights[f"{prefix}relation_bias"]  # (H, R)
        self._null_key = np.ascontiguousarray(weights[f"{prefix}null_key"].transpose(0, 2, 1))  # (H, d, 1)
        self._null_value = weights[f"{prefix}null_value"]  # (H, 1, d)
        self._merge = _linear(weights, f"{prefix}merge")
        self._think_norm = _Norm(weights, f"{prefix}think.0")
        self._think = _linear(weights, f"{prefix}think.1"), _linear(weights, f"{prefix}think.4")

    def read(
        self, x: Floats, keys: Floats, values: Floats, relations: Floats, unseen: NDArray[np.bool_] | None
    ) -> tuple[Floats, tuple[Floats, Floats]]:
        """x (n, D), keys and values (H, T, d), relations (n, R, T), unseen (n, T) -> (n, D); and what `write` needs."""
        n = len(x)
        asked = self._norm(x)
        both = self._query_and_key(asked)  # (n, 2 D)
        query = both[:, : x.shape[1]].reshape(n, self.heads, self.head_width).transpose(1, 0, 2)  # (H, n, d)
        scores = query @ keys.transpose(0, 2, 1) + (self._bias @ relations).transpose(1, 0, 2)  # (H, n, T)
        if unseen is not None:
            scores = np.where(unseen, np.float32(-np.inf), scores)
        null = query @ self._null_key  # (H, n, 1)
        top = null if not scores.shape[-1] else np.maximum(null, scores.max(-1, keepdims=True))
        weights, null = np.exp(scores - top), np.exp(null - top)
        total = null + np.add.reduce(weights, -1, keepdims=True)
        answer = (weights @ values + null * self._null_value) / total  # (H, n, d)
        x = x + self._merge(answer.transpose(1, 0, 2).reshape(n, -1))
        return x + self._think[1](_gelu(self._think[0](self._think_norm(x)))), (asked, both[:, x.shape[1] :])

    def write(self, asked_and_key: tuple[Floats, Floats], experience: Floats) -> tuple[Floats, Floats]:
        """The key and the value (H, d) of one event, from what `read` returned of its query."""
        asked, key = asked_and_key
        outcome = self._outcome(experience)  # (1, 2 D)
        width = asked.shape[1]
        value = self._value(asked * (1 + outcome[:, :width]) + outcome[:, width:])
        return key.reshape(self.heads, self.head_width), value.reshape(self.heads, self.head_width)


def _gelu(x: Floats) -> Floats:
    """The tanh form (Hendrycks & Gimpel 2016), as in training."""
    return np.float32(0.5) * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)))


class _Shelf:
    """Room for one learner's last W keys and values; the same cost at any length.

    Rows lie in order of time in a strip, which doubles as it fills; from twice W on the last W move to a new strip
    every W events. Where a row lies is a function of its number alone, so that a replay meets the same layout and sums
    in the same order. Rows are only ever added. Memories of different lengths share a strip; the first that grows past
    the end takes the next row, a second one that branches off the same past (a replayed turn, say) gets a copy.
    """

    SMALLEST = 64

    def __init__(self, config: TeacherConfig, number: int = 0) -> None:
        """A strip with room for event `number`, and for W events before it."""
        self.config, window = config, config.window
        self.first = max(0, number // window - 1) * window  # number of the event in row 0
        capacity = 2 * window
        if not self.first:
            capacity = min(capacity, self.SMALLEST * 2 ** (number // self.SMALLEST).bit_length())
        shape = (config.layers, config.heads, capacity, config.width // config.heads)
        self.keys = np.zeros(shape, np.float32)
        self.values = np.zeros(shape, np.float32)
        self.asked = np.zeros(capacity, np.int64)
        self.at = np.zeros(capacity, np.float64)
        self.end = 0  # number of the first event that has no row yet
        self._lock = threading.Lock()

    def rows(self, length: int) -> slice:
        """Where the last W of a learner's first `length` events lie."""
        return slice(max(0, length - self.config.window) - self.first, length - self.first)

    def claim(self, number: int) -> "_Shelf":
        """A strip with the W events before event `number`, and the row of that event taken for the caller."""
        with self._lock:
            if self.end == number and number < self.first + len(self.asked):
                self.end += 1
                return self
        copy = _Shelf(self.config, number)
        there, here = self.rows(number), copy.rows(number)
        copy.keys[:, :, here] = self.keys[:, :, there]
        copy.values[:, :, here] = self.values[:, :, there]
        copy.asked[here] = self.asked[there]
        copy.at[here] = self.at[there]
        copy.end = number + 1
        return copy


@dataclass(frozen=True, eq=False)
class Memory:
    """What the teacher remembers of one learner: keys and values of the last T <= W of `length` events.

    Unchanging from outside.
    """

    _shelf: _Shelf
    length: int

    def layer(self, i: int) -> tuple[Floats, Floats]:
        """Keys and values of one layer, (H, T, d) each."""
        rows = self._shelf.rows(self.length)
        return self._shelf.keys[i, :, rows], self._shelf.values[i, :, rows]

    def events(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """What was asked (T,), and when (T,)."""
        rows = self._shelf.rows(self.length)
        return self._shelf.asked[rows], self._shelf.at[rows]

    def longer(self, asked: int, at: float, rows: list[tuple[Floats, Floats]]) -> "Memory":
        """The memory with one more event: per layer a key and a value (H, d)."""
        shelf = self._shelf.claim(self.length)
        row = self.length - shelf.first
        for i, (key, value) in enumerate(rows):
            shelf.keys[i, :, row] = key
            shelf.values[i, :, row] = value
        shelf.asked[row] = asked
        shelf.at[row] = at
        return Memory(shelf, self.length + 1)

    def digest(self) -> bytes:
        """sha256 over every remembered number."""
        digest = hashlib.sha256(str(self.length).encode())
        rows = self._shelf.rows(self.length)
        remembered = (self._shelf.keys[:, :, rows], self._shelf.values[:, :, rows])
        for array in (*remembered, self._shelf.asked[rows], self._shelf.at[rows]):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.digest()
