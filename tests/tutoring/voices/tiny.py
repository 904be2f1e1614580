"""A causal language model of a few thousand weights, and adapters for it, that have learnt to say one sentence each."""

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from tutor_app.tutoring.voices.writing import Prompt

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def make_model(folder: Path, prompts: list[Prompt], says: str) -> None:
    """A model that answers these prompts, and others like them, with `says`; saved as safetensors."""
    tokenizer = make_tokenizer([text for prompt in prompts for text in (prompt.system, prompt.material)] + [says])
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=4096, bos_token_id=None, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    teach(model, tokenizer, prompts, says, rate=0.01)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def make_adapter(base: Path, folder: Path, prompts: list[Prompt], says: str) -> None:
    """A LoRA adapter with which the model says something else."""
    model = LlamaForCausalLM.from_pretrained(base)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(base)
    torch.manual_seed(2)
    layers = ["q_proj", "v_proj", "o_proj", "down_proj", "lm_head"]
    adapted = get_peft_model(model, LoraConfig(r=8, lora_alpha=16, target_modules=layers, task_type="CAUSAL_LM"))
    teach(adapted, tokenizer, prompts, says, rate=0.004)
    adapted.save_pretrained(folder, save_embedding_layers=False)


def make_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=900, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>", additional_special_tokens=special[:3]
    )
    fast.chat_template = TEMPLATE
    return fast


def teach(model: Any, tokenizer: Any, prompts: list[Prompt], says: str, rate: float) -> None:
    """Trains until the model, left to itself, says it."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=rate)
    answer = tokenizer(says + "<|end|>", add_special_tokens=False, return_tensors="pt")["input_ids"]
    asked = [ids_of(tokenizer, prompt) for prompt in prompts]
    for step in range(400):
        ids = torch.cat([asked[step % len(asked)], answer], dim=1)
        labels = ids.clone()
        labels[:, : -answer.shape[1]] = -100
        loss = model(input_ids=ids, labels=labels).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if loss.item() < 0.01:
            return
    raise AssertionError(f"not learnt: {loss.item():.3f}")


def ids_of(tokenizer: Any, prompt: Prompt) -> torch.Tensor:
    turns = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.material}]
    return tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True, return_tensors="pt")[
        "input_ids"
    ]
