"""The students: small networks that each serve one skill and do one task, over the teacher's context.

Letters: n queries, D width of the context, G local features, M hidden units, K features of the last layer.

A task is a class: subclass `StudentModel`, give it a `task`, and it can be stored, loaded and served. This file holds
the common part and the first task, `predict`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models_core.fast import FastLayer, Floats
from models_core.record import LOCAL_WIDTH


class StudentModel(ABC):
    """One small model for one skill and one task.

    Attributes:
        task: name of the task; defining a subclass with one registers it.
        skill: slug of the skill it serves.
        teacher: fingerprint of the teacher whose contexts it was trained on.
    """

    task: ClassVar[str]
    tasks: ClassVar[dict[str, type["StudentModel"]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "task" in cls.__dict__:
            if cls.task in StudentModel.tasks:
                raise TypeError(f"There are two classes for the task {cls.task!r}.")
            StudentModel.tasks[cls.task] = cls

    def __init__(self, *, skill: str, teacher: str) -> None:
        self.skill = skill
        self.teacher = teacher

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """Everything but the weights, as JSON values."""

    @abstractmethod
    def tensors(self) -> dict[str, Tensor]:
        """The weights by name."""

    @classmethod
    @abstractmethod
    def shapes(cls, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor of such a student. Raises ValueError on an impossible config."""

    @classmethod
    @abstractmethod
    def from_parts(cls, *, skill: str, teacher: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        """The student that `config` and `tensors` describe. Raises ValueError."""


@dataclass(frozen=True)
class PredictConfig:
    """The shape of a `predict` student, and how freely its last layer follows one learner.

    Attributes:
        context_width: D of its teacher.
        local_width: G.
        hidden: M.
        features: K, the first of which is constant.
        prior_variance: of each weight of the last layer between learners, in squared logits; chosen in training.
        noise_scale: factor on the network's own variance estimate; chosen in training.
    """

    context_width: int = 64
    local_width: int = LOCAL_WIDTH
    hidden: int = 32
    features: int = 6
    prior_variance: float = 0.05
    noise_scale: float = 1.0

    def __post_init__(self) -> None:
        for name, most in (("context_width", 1024), ("hidden", 1024), ("features", 64)):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= most:
                raise ValueError(f"A student's {name} must be a whole number from 1 to {most}, not {value!r}.")
        if self.local_width != LOCAL_WIDTH:
            raise ValueError(f"The config says local_width = {self.local_width!r}, this code has {LOCAL_WIDTH}.")
        for name in ("prior_variance", "noise_scale"):
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 <= value <= 100:
                raise ValueError(f"A student's {name} must lie in [0, 100], not {value!r}.")


class PredictNet(nn.Module):
    """What all learners share: context and local features -> last-layer features, offset and spread.

    The offset is linear; training starts it as the teacher's own head, so a student begins where the teacher stands.
    `local_mean` and `local_gain` (G,) are the teacher's: what records usually say, and one over how much that varies.
    """

    local_mean: Tensor
    local_gain: Tensor

    def __init__(self, config: PredictConfig) -> None:
        super().__init__()
        self.register_buffer("local_mean", torch.zeros(config.local_width))
        self.register_buffer("local_gain", torch.ones(config.local_width))
        self.offset = nn.Linear(config.context_width + config.local_width, 1)
        self.hidden = nn.Linear(config.context_width + config.local_width, config.hidden)
        self.features = nn.Linear(config.hidden, config.features - 1)
        self.last = nn.Parameter(torch.zeros(config.features))  # mean of the last layer over learners
        self.log_sd = nn.Linear(config.hidden, 1)
        nn.init.zeros_(self.offset.weight)
        nn.init.zeros_(self.offset.bias)
        nn.init.zeros_(self.log_sd.weight)
        nn.init.constant_(self.log_sd.bias, -0.7)

    def forward(self, context: Tensor, local: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, D), (n, G) -> features phi (n, K), offset (n,), log sd of the log-odds (n,)."""
        counts = ((local - self.local_mean) * self.local_gain).clamp(-6, 6)
        both = torch.cat([context, counts], -1)
        hidden = nn.functional.gelu(self.hidden(both), approximate="tanh")  # (n, M)
        phi = torch.tanh(self.features(hidden))  # (n, K - 1)
        phi = torch.cat([torch.ones_like(hidden[:, :1]), phi], -1)
        return phi, self.offset(both).squeeze(-1), self.log_sd(hidden).squeeze(-1)


class PredictStudent(StudentModel):
    """P(correct unaided answer) on one skill, with its uncertainty. Training is slow learning, `observe` is fast."""

    task = "predict"

    def __init__(self, net: PredictNet, settings: PredictConfig, *, skill: str, teacher: str) -> None:
        super().__init__(skill=skill, teacher=teacher)
        self.net = net.eval().requires_grad_(False)
        self.settings = settings
        self._newcomer = FastLayer(
            mean=net.last.detach().numpy().astype(np.float64),
            covariance=settings.prior_variance * np.eye(settings.features),
        )

    def start(self) -> FastLayer:
        """The last layer for a learner nobody knows yet."""
        return self._newcomer

    def predict(self, fast: FastLayer, context: NDArray[np.float32], local: Floats) -> list[tuple[float, float]]:
        """Probability and its sd for n queries: context (n, D), local (n, G)."""
        phi, offset, noise = self._forward(context, local)
        return [fast.predict(phi[i], offset[i], noise[i]) for i in range(len(phi))]

    def observe(self, fast: FastLayer, context: NDArray[np.float32], local: Floats, correct: bool) -> FastLayer:
        """The last layer after one unaided answer: context (D,), local (G,) as they were before it."""
        phi, offset, noise = self._forward(context[None], local[None])
        return fast.after(phi[0], offset[0], correct, noise[0])

    def _forward(self, context: NDArray[np.float32], local: Floats) -> tuple[Floats, list[float], list[float]]:
        with torch.inference_mode():
            phi, offset, log_sd = self.net(torch.from_numpy(context), torch.from_numpy(local.astype(np.float32)))
            noise = self.settings.noise_scale * torch.exp(2 * log_sd.clamp(-5, 2))
            return phi.numpy().astype(np.float64), offset.tolist(), noise.tolist()

    def config(self) -> dict[str, Any]:
        return asdict(self.settings)

    def tensors(self) -> dict[str, Tensor]:
        return dict(self.net.state_dict())

    @classmethod
    def shapes(cls, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        with torch.device("meta"):
            return {name: tuple(t.shape) for name, t in PredictNet(_predict_config(config)).state_dict().items()}

    @classmethod
    def from_parts(cls, *, skill: str, teacher: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        settings = _predict_config(config)
        net = PredictNet(settings)
        net.load_state_dict(dict(tensors), strict=True)
        return cls(net, settings, skill=skill, teacher=teacher)


def _predict_config(values: Mapping[str, Any]) -> PredictConfig:
    expected = {field.name for field in fields(PredictConfig)}
    if values.keys() != expected:
        raise ValueError(f"A student's config has other fields than expected: {', '.join(values.keys() ^ expected)}.")
    return PredictConfig(**values)
