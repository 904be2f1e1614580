"""A causal language model in the worker itself, with an adapter for a skill where there is one.

Loaded at first use, in a thread of the voice's own, so that nobody waits for it: meanwhile, and while it writes for
somebody else, the course's words are said. Weights are safetensors only; nothing is fetched from anywhere.
Imports torch: never import this module where web processes load it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, StoppingCriteria, StoppingCriteriaList, TextStreamer

from tutor_app.tutoring.voices.adapters import adapter_names
from tutor_app.tutoring.voices.writing import Prompt, Tokens, VoiceFailed, Why

log = structlog.get_logger(__name__)

MOST_NEW_TOKENS = 120
MOST_ADAPTERS = 8  # kept in memory; the one that was used longest ago makes room
# Who comes while another reply is being written waits so long, and then the course's words are said.
WAIT_S = 1.5


class LocalModel:
    """The model, one reply at a time. `adapters` is the folder with one folder for each adapter."""

    def __init__(self, path: Path, adapters: Path | None = None, device: str = "auto") -> None:
        self.path, self.adapters = path, adapters
        self.device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._lock = threading.Lock()
        self._model: Any = None
        self._tokenizer: Any = None
        self._loaded: list[str] = []  # adapters, the one used last at the end

    def write(self, prompt: Prompt, adapter: str, push: Callable[[str], None], stop: threading.Event) -> Tokens:
        """Writes a reply, token by token, the likeliest each time: a turn begun again says the same."""
        if not self._lock.acquire(timeout=WAIT_S):
            raise VoiceFailed(Why.BUSY)
        try:
            self.load()
            self.put_on(adapter)
            return self._write(prompt, push, stop)
        finally:
            self._lock.release()

    def load(self) -> None:
        if self._model is not None:
            return
        if not any(self.path.glob("*.safetensors")):
            raise VoiceFailed(Why.NOT_CONFIGURED, f"no *.safetensors in {self.path}")
        safely = {"local_files_only": True, "trust_remote_code": False}
        self._tokenizer = AutoTokenizer.from_pretrained(self.path, **safely)
        model: Any = AutoModelForCausalLM.from_pretrained(self.path, use_safetensors=True, dtype="auto", **safely)
        self._model = model.to(self.device).eval()
        log.info("local voice loaded", path=str(self.path), device=self.device)

    def put_on(self, adapter: str) -> None:
        """Makes this adapter the one that speaks; "" takes all of them off: the model is what it was, bit for bit."""
        if not adapter:
            if self._loaded:
                self._model.disable_adapters()
            return
        if adapter not in self._loaded:
            self._load_adapter(adapter)
        self._loaded.remove(adapter)
        self._loaded.append(adapter)
        self._model.set_adapter(adapter)
        self._model.enable_adapters()

    def _load_adapter(self, adapter: str) -> None:
        folder = self.adapters / adapter if self.adapters else None
        if folder is None or adapter not in adapter_names(self.adapters):
            raise VoiceFailed(Why.NOT_CONFIGURED, f"no adapter {adapter}")
        self._model.load_adapter(str(folder), adapter_name=adapter)
        self._loaded.append(adapter)
        if len(self._loaded) > MOST_ADAPTERS:
            self._model.delete_adapter(self._loaded.pop(0))

    def _write(self, prompt: Prompt, push: Callable[[str], None], stop: threading.Event) -> Tokens:
        ids = self._ids(prompt)
        streamer = Streamer(self._tokenizer, push)
        with torch.inference_mode():
            whole = self._model.generate(
                **ids,
                max_new_tokens=MOST_NEW_TOKENS,
                do_sample=False,
                streamer=streamer,
                stopping_criteria=StoppingCriteriaList([Stopped(stop)]),
            )
        read = ids["input_ids"].shape[1]
        return Tokens(read=read, written=whole.shape[1] - read, counted=True)

    def _ids(self, prompt: Prompt) -> Any:
        """The prompt in the model's own chat form; without one, as plain text."""
        if self._tokenizer.chat_template is None:
            text = f"{prompt.system}\n{prompt.material}\n"
            return self._tokenizer(text, return_tensors="pt").to(self.device)
        special = [token for token in self._tokenizer.all_special_tokens if len(token) > 1]
        material = prompt.material
        for token in special:  # what a learner wrote can't open a part of the dialogue
            material = material.replace(token, " ".join(token))
        turns = [{"role": "system", "content": prompt.system}, {"role": "user", "content": material}]
        return self._tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_dict=True, return_tensors="pt"
        ).to(self.device)


class Streamer(TextStreamer):
    """Hands on the text as soon as it is certain."""

    def __init__(self, tokenizer: Any, push: Callable[[str], None]) -> None:
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)
        self.push = push

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        self.push(text)


class Stopped(StoppingCriteria):
    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        return torch.full((input_ids.shape[0],), self.stop.is_set(), device=input_ids.device, dtype=torch.bool)


@cache
def local_model(path: Path, adapters: Path | None, device: str) -> LocalModel:
    """This process's model."""
    return LocalModel(path, adapters, device)


@dataclass(frozen=True)
class LocalWriter:
    """The local model with the adapter of the skill at hand."""

    model: LocalModel
    adapter: str = ""

    @property
    def name(self) -> str:
        return f"{self.model.path.name}+{self.adapter}" if self.adapter else self.model.path.name

    @property
    def most_tokens(self) -> int:
        return MOST_NEW_TOKENS

    def write(self, prompt: Prompt, push: Callable[[str], None], stop: threading.Event) -> Tokens | None:
        return self.model.write(prompt, self.adapter, push, stop)
