"""Text vectors: what a step, a skill or a sentence is about, as a unit vector.

MiniLM (all-MiniLM-L6-v2) in ONNX, on one CPU thread: the same vectors as PyTorch at a third of the time and without
importing torch. `python -m models_core.export_encoder --out DIR` makes the files.

Letters: n texts, P tokens of the longest, E width (384).
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models_core.curriculum import TEXT_WIDTH

if TYPE_CHECKING:
    from torch import Tensor

ONNX_NAME = "encoder.onnx"
TOKENIZER_NAME = "tokenizer.json"
UPPER_NAME = "upper.safetensors"  # the weights of the layers that students may adapt (`upper_layers.py`)
FILES = (ONNX_NAME, TOKENIZER_NAME, UPPER_NAME)
HALFWAY = 3  # layers below those
MAX_TOKENS = 256  # what the model was trained for
BATCH = 32


class EncoderMissing(FileNotFoundError):
    """The exported encoder is not where it should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no text encoder at {path}. "
            f"Make it with: python -m models_core.export_encoder --out {path.parent}"
        )


def load_tokenizer(path: Path) -> Any:
    """The tokenizer, set to cut at what the model was trained for and never to pad."""
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


class TextEncoder:
    """Encodes texts; loads its half second of files on first use. Safe to share between threads.

    Args:
        onnx_path: the exported `encoder.onnx`, or the folder that holds it; `tokenizer.json` lies beside it.
    """

    def __init__(self, onnx_path: Path | str) -> None:
        path = Path(onnx_path)
        self.path = path / ONNX_NAME if path.is_dir() else path
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (n, E) float32, in the order of the texts.

        Texts are encoded one length at a time, without padding, so that a text's vector never depends on its company.

        Raises:
            EncoderMissing: when the encoder was never exported.
        """
        vectors = np.zeros((len(texts), TEXT_WIDTH), np.float32)
        if not texts:
            return vectors
        tokenizer, session = self._load()
        by_length: dict[int, list[tuple[int, list[int]]]] = {}
        for i, encoding in enumerate(tokenizer.encode_batch(list(texts))):
            by_length.setdefault(len(encoding.ids), []).append((i, encoding.ids))
        for group in by_length.values():
            for start in range(0, len(group), BATCH):
                rows = group[start : start + BATCH]
                ids = np.array([tokens for _, tokens in rows], np.int64)  # (n, P)
                hidden = _run(session, "hidden", ids)  # (n, P, E)
                pooled = hidden.mean(axis=1)
                vectors[[i for i, _ in rows]] = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return vectors

    def pieces(self, text: str) -> Any:
        """The tokens of a text, without the marks around them: `.ids`, and `.offsets` in its characters."""
        return self._load()[0].encode(text, add_special_tokens=False)

    def halfway(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """The hidden states (P, E) of one text halfway up, from where a student's own layers may take over."""
        return _run(self._load()[1], "halfway", np.array([ids], np.int64))[0]

    def upper_weights(self) -> "dict[str, Tensor]":
        """The weights of the layers above, by the names of `upper_layers.py`. Imports torch. Raises EncoderMissing."""
        from models_core.upper_layers import own_weights

        return own_weights(self.path.parent)

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                tokenizer_path = self.path.parent / TOKENIZER_NAME
                for needed in (self.path, tokenizer_path):
                    if not needed.is_file():
                        raise EncoderMissing(needed)
                import onnxruntime  # slow to import, and many processes never encode

                tokenizer = load_tokenizer(tokenizer_path)
                options = onnxruntime.SessionOptions()
                options.intra_op_num_threads = options.inter_op_num_threads = 1
                options.log_severity_level = 3
                session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
                self._loaded = (tokenizer, session)
            return self._loaded


def _run(session: Any, output: str, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    (found,) = session.run([output], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    return np.asarray(found, np.float32)
