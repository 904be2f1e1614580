"""The upper layers of the text encoder, which a student may adapt to its task; the lower ones are shared by all.

A student brings a low-rank change of every matrix (LoRA: Hu et al. 2022, "LoRA: Low-Rank Adaptation of Large Language
Models", eq. 3), W' = W + up down, which is a hundredth of the layers' size. Serving adds it to the encoder's own
weights once, so adapted layers cost no more than those that they replace.

Letters: n texts, P tokens of the longest, E width (384), R rank of a change.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from models_core.curriculum import TEXT_WIDTH
from models_core.embeddings import HALFWAY, UPPER_NAME, EncoderMissing

LAYERS, HEADS, INNER = 6, 12, 4 * TEXT_WIDTH
NORM_EPS = 1e-12
# What a layer multiplies by: name -> (rows, columns).
MATRICES = {
    "query": (TEXT_WIDTH, TEXT_WIDTH),
    "key": (TEXT_WIDTH, TEXT_WIDTH),
    "value": (TEXT_WIDTH, TEXT_WIDTH),
    "joined": (TEXT_WIDTH, TEXT_WIDTH),
    "wider": (INNER, TEXT_WIDTH),
    "narrower": (TEXT_WIDTH, INNER),
}


def adapter_shapes(rank: int) -> dict[str, tuple[int, int]]:
    """Names and shapes of a student's changes: `down` (R, columns) and `up` (rows, R) of each matrix."""
    shapes = {}
    for layer in range(HALFWAY, LAYERS):
        for name, (rows, columns) in MATRICES.items():
            shapes[f"{layer}.{name}.down"] = (rank, columns)
            shapes[f"{layer}.{name}.up"] = (rows, rank)
    return shapes


def upper_shapes() -> dict[str, tuple[int, ...]]:
    """Names and shapes of the encoder's own upper weights."""
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(HALFWAY, LAYERS):
        for name, (rows, columns) in MATRICES.items():
            shapes |= {f"{layer}.{name}.weight": (rows, columns), f"{layer}.{name}.bias": (rows,)}
        for norm in ("norm", "last_norm"):
            shapes |= {f"{layer}.{norm}.weight": (TEXT_WIDTH,), f"{layer}.{norm}.bias": (TEXT_WIDTH,)}
    return shapes


class Adapted(nn.Linear):
    """A matrix of the encoder, frozen, with a trained change of low rank beside it."""

    def __init__(self, columns: int, rows: int, rank: int) -> None:
        super().__init__(columns, rows)
        self.weight.requires_grad_(False)
        self.bias.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, columns) * columns**-0.5)
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + x @ self.down.T @ self.up.T


class UpperLayer(nn.Module):
    """One layer of BERT (Devlin et al. 2019): attention, then two matrices with a ramp between."""

    def __init__(self, rank: int | None) -> None:
        super().__init__()
        for name, (rows, columns) in MATRICES.items():
            self.add_module(name, nn.Linear(columns, rows) if rank is None else Adapted(columns, rows, rank))
        self.norm, self.last_norm = (nn.LayerNorm(TEXT_WIDTH, eps=NORM_EPS) for _ in range(2))

    def forward(self, x: Tensor, seen: Tensor | None) -> Tensor:
        def heads(name: str) -> Tensor:
            return self.get_submodule(name)(x).unflatten(-1, (HEADS, -1)).transpose(1, 2)  # (n, heads, P, E / heads)

        found = nn.functional.scaled_dot_product_attention(heads("query"), heads("key"), heads("value"), seen)
        x = self.norm(x + self.get_submodule("joined")(found.transpose(1, 2).flatten(2)))
        wide = nn.functional.gelu(self.get_submodule("wider")(x))
        return self.last_norm(x + self.get_submodule("narrower")(wide))


class UpperLayers(nn.Module):
    """From the hidden states halfway up to those at the top.

    Args:
        rank: R of the changes that are trained beside the matrices; None for none.
    """

    def __init__(self, rank: int | None = None) -> None:
        super().__init__()
        self.layers = nn.ModuleDict({str(layer): UpperLayer(rank) for layer in range(HALFWAY, LAYERS)})

    def forward(self, halfway: Tensor, there: Tensor | None = None) -> Tensor:
        """(n, P, E), and which tokens are there (n, P), all where None -> (n, P, E)."""
        seen = None if there is None else there[:, None, None, :].bool()
        x = halfway
        for layer in self.layers.values():
            x = layer(x, seen)
        return x

    def put_in(self, own: Mapping[str, Tensor], changes: Mapping[str, Tensor] | None = None) -> None:
        """Fills in the encoder's own weights, with the changes added where they are given."""
        with torch.no_grad():
            for name, tensor in own.items():
                value = tensor
                stem = name.removesuffix(".weight")
                if changes is not None and f"{stem}.up" in changes:
                    value = value + changes[f"{stem}.up"] @ changes[f"{stem}.down"]
                self.layers.get_parameter(name).copy_(value)

    def changes(self) -> dict[str, Tensor]:
        """The trained changes, by the names of `adapter_shapes`."""
        return {name: p.detach() for name, p in self.layers.named_parameters() if name.endswith((".up", ".down"))}


def own_weights(folder: Path) -> dict[str, Tensor]:
    """The encoder's own upper weights from its folder. Raises EncoderMissing."""
    path = folder / UPPER_NAME
    if not path.is_file():
        raise EncoderMissing(path)
    return load_file(path)
