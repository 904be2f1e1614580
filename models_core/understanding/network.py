"""The network of the `understand` student: the encoder's upper layers as the student has them, and two linear heads.

Letters: b messages, P tokens of message and problem, n tokens of the longest message (from position 1 on), E width of
the encoder, K marks of a token, F numbers about a message, O outputs (intents, then sentiments), R rank.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from models_core.curriculum import TEXT_WIDTH
from models_core.understanding.evidence import MARKS, NUMBERS
from models_core.upper_layers import UpperLayers, adapter_shapes

INTENTS = ("answer", "hint", "concept", "why_wrong", "stuck", "skip", "summary", "chat", "meta", "distress")
SENTIMENTS = ("neutral", "frustrated", "positive")
OUTPUTS = len(INTENTS) + len(SENTIMENTS)
LONGEST_ANSWER = 48  # tokens
NEVER = -1e9


def head_shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of the heads' weights."""
    return {
        "meaning.weight": (OUTPUTS, 2 * TEXT_WIDTH + len(NUMBERS)),
        "meaning.bias": (OUTPUTS,),
        "stretch.weight": (3, TEXT_WIDTH + len(MARKS)),
        "stretch.bias": (3,),
    }


def shapes_of(rank: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of all that a student brings."""
    return {**head_shapes(), **adapter_shapes(rank)}


class UnderstandNet(nn.Module):
    """Scores what a message means, and each stretch of it for being the answer that it offers.

    A stretch from token i to j scores begin[i] + end[j] + the sum of inside[i..j]; all stretches of a message share one
    softmax, so that beginning and end are chosen together.

    Args:
        upper: the layers from halfway up.
        dropout: of what the heads read, in training.
    """

    def __init__(self, upper: UpperLayers, dropout: float = 0.0) -> None:
        super().__init__()
        self.upper = upper
        self.meaning = nn.Linear(2 * TEXT_WIDTH + len(NUMBERS), OUTPUTS)
        self.stretch = nn.Linear(TEXT_WIDTH + len(MARKS), 3)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, halfway: Tensor, there: Tensor | None, said: Tensor, marks: Tensor, numbers: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Scores of meanings and of stretches.

        Args:
            halfway: (b, P, E) hidden states.
            there: (b, P) which tokens are there; None for all.
            said: (b, n) which tokens from position 1 on belong to the message.
            marks: (b, n, K).
            numbers: (b, F).

        Returns:
            (b, O), and (b, n, n): row i, column j for the stretch from i to j; impossible ones score `NEVER`.
        """
        top = self.upper(halfway, there)
        words = top[:, 1 : 1 + said.shape[1]]  # (b, n, E)
        pooled = (words * said[..., None]).sum(1) / said.sum(1, keepdim=True).clamp(min=1)
        meaning = self.meaning(torch.cat([self.dropout(torch.cat([top[:, 0], pooled], -1)), numbers], -1))
        begin, inside, end = self.stretch(torch.cat([self.dropout(words), marks], -1)).unbind(-1)  # (b, n) each
        total = (inside * said).cumsum(1)
        scores = (begin - total + inside)[:, :, None] + (end + total)[:, None, :]
        size = torch.arange(said.shape[1], device=said.device)
        length = size[None, :] - size[:, None]
        possible = ((length >= 0) & (length < LONGEST_ANSWER)) & (said[:, :, None] * said[:, None, :] > 0)
        return meaning, scores.masked_fill(~possible, NEVER)

    def brought(self) -> dict[str, Tensor]:
        """The student's own weights: heads, and changes to the layers."""
        heads = {name: p.detach() for name, p in self.named_parameters() if name in head_shapes()}
        return {**heads, **self.upper.changes()}

    def put_heads(self, weights: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name in head_shapes():
                self.get_parameter(name).copy_(weights[name])
