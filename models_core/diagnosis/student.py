"""The `diagnose` student: which error is behind a wrong step, with probabilities, or an honest "not sure".

Letters: n steps, E kinds of evidence, D width of the teacher's context, M hidden units, L labels.

A network with one hidden layer weighs the evidence; a second block of weights takes the teacher's context where there
is one (without data that has contexts it stays zero). Probabilities are made honest by a temperature and the student
abstains below a threshold; both were chosen on steps of equations that the network had not seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models_core.diagnosis.evidence import Step, evidence
from models_core.student import StudentModel

Floats = NDArray[np.float32]
UNKNOWN = ("equation_unreadable", "action_other", "comparison_failed")  # evidence that there is none
MOST_NAMES = 4096


@dataclass(frozen=True)
class Diagnosis:
    """Labels with their probabilities, likeliest first, and whether the student would rather not say."""

    ranked: tuple[tuple[str, float], ...]
    abstains: bool

    @property
    def label(self) -> str:
        return self.ranked[0][0]

    @property
    def probability(self) -> float:
        return self.ranked[0][1]


@dataclass(frozen=True)
class DiagnoseConfig:
    """What the numbers of a `diagnose` student stand for.

    Attributes:
        labels: in the order of the outputs.
        evidence: names, in the order of the inputs; other evidence is not looked at.
        hidden: M.
        context_width: D of its teacher.
        temperature: log-odds are divided by it.
        abstain_below: the student says nothing when its first label is less probable.
    """

    labels: tuple[str, ...]
    evidence: tuple[str, ...]
    hidden: int = 48
    context_width: int = 64
    temperature: float = 1.0
    abstain_below: float = 0.0

    def __post_init__(self) -> None:
        for name in ("labels", "evidence"):
            values = getattr(self, name)
            if not 1 <= len(values) <= MOST_NAMES or len(set(values)) < len(values):
                raise ValueError(f"A diagnosis needs 1 to {MOST_NAMES} different {name}, not these {len(values)}.")
            if not all(isinstance(value, str) for value in values):
                raise ValueError(f"The {name} of a diagnosis have to be texts.")
        for name in ("hidden", "context_width"):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= 1024:
                raise ValueError(f"A student's {name} must be a whole number from 1 to 1024, not {value!r}.")
        for name, least, most in (("temperature", 0.05, 20.0), ("abstain_below", 0.0, 1.0)):
            value = getattr(self, name)
            if type(value) not in (int, float) or not least <= value <= most:
                raise ValueError(f"A student's {name} must lie in [{least}, {most}], not {value!r}.")


class DiagnoseStudent(StudentModel):
    """Ranked errors for a wrong step of equation solving."""

    task = "diagnose"

    def __init__(self, settings: DiagnoseConfig, weights: Mapping[str, Tensor], *, skill: str, teacher: str) -> None:
        super().__init__(skill=skill, teacher=teacher)
        self.settings = settings
        self._weights = {name: weight.detach().to(torch.float32) for name, weight in weights.items()}
        arrays = {name: weight.numpy() for name, weight in self._weights.items()}
        self._from_evidence = np.ascontiguousarray(arrays["inward.weight"].T)  # (E, M)
        self._from_context = np.ascontiguousarray(arrays["context.weight"].T)  # (D, M)
        self._inward_bias = arrays["inward.bias"]  # (M,)
        self._outward = np.ascontiguousarray(arrays["outward.weight"].T)  # (M, L)
        self._outward_bias = arrays["outward.bias"]  # (L,)
        self._place = {name: i for i, name in enumerate(settings.evidence)}

    def diagnose(self, step: Step, context: Floats | None = None) -> Diagnosis:
        """What is behind a step.

        Args:
            step: the wrong step.
            context: the teacher's, (D,), where there is a teacher.
        """
        found = evidence(step)
        probabilities = self.weigh(found, context)
        order = np.argsort(-probabilities, kind="stable")
        ranked = tuple((self.settings.labels[i], float(probabilities[i])) for i in order)
        in_the_dark = any(name in found for name in UNKNOWN)
        return Diagnosis(ranked, in_the_dark or ranked[0][1] < self.settings.abstain_below)

    def weigh(self, found: Mapping[str, float], context: Floats | None = None) -> NDArray[np.float64]:
        """Probabilities (L,) of the labels, given evidence by name. Raises ValueError for a context of other width."""
        hidden = self._inward_bias.copy()
        known = [(self._place[name], value) for name, value in found.items() if name in self._place]
        if known:
            places, values = zip(*known, strict=True)
            hidden += np.asarray(values, np.float32) @ self._from_evidence[list(places)]
        if context is not None:
            if context.shape != (self.settings.context_width,):
                raise ValueError(
                    f"The context has to have {self.settings.context_width} numbers, not shape {context.shape}."
                )
            hidden += context.astype(np.float32) @ self._from_context
        scores = (np.maximum(hidden, 0) @ self._outward + self._outward_bias).astype(np.float64)
        scores /= self.settings.temperature
        odds = np.exp(scores - scores.max())
        return odds / odds.sum()

    def config(self) -> dict[str, Any]:
        return {**asdict(self.settings), "labels": list(self.settings.labels), "evidence": list(self.settings.evidence)}

    def tensors(self) -> dict[str, Tensor]:
        return dict(self._weights)

    @classmethod
    def shapes(cls, config: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        settings = _config(config)
        n_evidence, n_labels = len(settings.evidence), len(settings.labels)
        return {
            "inward.weight": (settings.hidden, n_evidence),
            "inward.bias": (settings.hidden,),
            "context.weight": (settings.hidden, settings.context_width),
            "outward.weight": (n_labels, settings.hidden),
            "outward.bias": (n_labels,),
        }

    @classmethod
    def from_parts(cls, *, skill: str, teacher: str, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Self:
        settings = _config(config)
        for name, shape in cls.shapes(config).items():
            if name not in tensors or tuple(tensors[name].shape) != shape:
                raise ValueError(f"The tensor {name!r} of a diagnosis has to have the shape {shape}.")
        return cls(settings, tensors, skill=skill, teacher=teacher)


def _config(values: Mapping[str, Any]) -> DiagnoseConfig:
    expected = {field.name for field in fields(DiagnoseConfig)}
    if values.keys() != expected:
        raise ValueError(f"A student's config has other fields than expected: {', '.join(values.keys() ^ expected)}.")
    for name in ("labels", "evidence"):
        if not isinstance(values[name], Sequence) or isinstance(values[name], str):
            raise ValueError(f"A student's {name} have to be a list, not {values[name]!r:.60}.")
    return DiagnoseConfig(**{**values, "labels": tuple(values["labels"]), "evidence": tuple(values["evidence"])})
