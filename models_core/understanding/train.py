"""Trains the `understand` student: `python -m models_core.understanding.train --out models_core/weights/understand`.

Letters as in `student.py`; N training texts.

Whole templates are held out in turn (five parts), so that every text is scored once by a network that never saw its
template: these scores give the temperature, the two thresholds and the numbers in the card. A second, harder split
holds out whole families of templates. What is shipped is trained on everything.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from models_core.artifacts import save_student
from models_core.commands import out_folder, positive
from models_core.embeddings import TextEncoder
from models_core.understanding.answers import cleaned
from models_core.understanding.distress import cries_for_help
from models_core.understanding.features import FEATURES, Situation, see, with_context
from models_core.understanding.student import (
    GRAM_SCALE,
    INTENTS,
    SCALE,
    SENTIMENTS,
    UnderstandConfig,
    UnderstandStudent,
    for_encoder,
    offered_in,
    shapes_of,
    softmax,
)
from models_core.understanding.training_texts import Example, examples

PARTS = 5
SURE_ACCURACY = 0.94  # of what the student is sure about, at least so much is right
DISTRESS_RECALL = 0.985
SITUATION_SHARE = 0.35  # of training texts that come with a situation; with a context, half of those


@dataclass(frozen=True, eq=False)
class Table:
    """Training texts as numbers."""

    vectors: NDArray[np.float32]  # (N, E)
    named: NDArray[np.float32]  # (N, F)
    buckets: tuple[NDArray[np.int64], ...]
    intents: NDArray[np.int64]  # (N,)
    sentiments: NDArray[np.int64]  # (N,)
    templates: NDArray[np.int64]  # (N,)
    families: NDArray[np.int64]  # (N,)
    weights: NDArray[np.float32]  # (N,)

    def part(self, rows: NDArray[np.bool_]) -> "Table":
        """Some of the rows."""
        return Table(
            self.vectors[rows], self.named[rows], tuple(self.buckets[i] for i in np.flatnonzero(rows)),
            self.intents[rows], self.sentiments[rows], self.templates[rows], self.families[rows], self.weights[rows],
        )  # fmt: skip


class UnderstandNet(nn.Module):
    """The network of `student.py` for batches, with what training needs on top: dropout."""

    grams: Tensor
    into: Tensor
    into_bias: Tensor
    out: Tensor
    direct: Tensor
    bias: Tensor

    def __init__(self, config: UnderstandConfig) -> None:
        super().__init__()
        for name, shape in shapes_of(config).items():
            scale = 0.0 if name in ("grams", "direct", "bias", "into_bias") else shape[-1] ** -0.5
            self.register_parameter(name, nn.Parameter(torch.randn(shape) * scale))

    def forward(self, vectors: Tensor, named: Tensor, ids: Tensor, starts: Tensor, shares: Tensor) -> Tensor:
        """(n, E), (n, F), bucket ids of all texts in a row with where each starts -> scores (n, O)."""
        if self.training:
            kept = (torch.rand(len(vectors), 1) > 0.05).float()
            vectors = nn.functional.dropout(vectors, 0.1) * kept
            named = nn.functional.dropout(named, 0.1)
            shares = shares * (torch.rand(len(shares)) > 0.25) / 0.75
        dense = torch.cat([vectors * float(SCALE), named], -1)
        hidden = nn.functional.gelu(dense @ self.into.T + self.into_bias, approximate="tanh")
        hidden = nn.functional.dropout(hidden, 0.3, self.training)
        grams = nn.functional.embedding_bag(ids, self.grams, starts, mode="sum", per_sample_weights=shares)
        return hidden @ self.out.T + dense @ self.direct.T + self.bias + grams


def bags(table: Table, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
    """The hash buckets of some rows, as `embedding_bag` wants them."""
    chosen = [table.buckets[i] for i in rows]
    lengths = np.array([len(each) for each in chosen])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    shares = np.repeat(GRAM_SCALE / np.sqrt(np.maximum(lengths, 1)), lengths).astype(np.float32)
    ids = np.concatenate(chosen) if len(chosen) else np.zeros(0, np.int64)
    return torch.from_numpy(ids), torch.from_numpy(starts), torch.from_numpy(shares)


def fit(table: Table, config: UnderstandConfig, *, seed: int, epochs: int) -> UnderstandNet:
    """A network trained on a table; intents count alike however many texts they have."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = UnderstandNet(config)
    per_intent = np.bincount(table.intents, table.weights, minlength=len(INTENTS))
    weights = table.weights * (table.weights.sum() / len(INTENTS) / np.maximum(per_intent, 1e-6))[table.intents]
    weights = torch.from_numpy((weights / weights.mean()).astype(np.float32))
    optimiser = torch.optim.AdamW(
        [
            {"params": [net.grams], "weight_decay": 0.02, "lr": 4e-3},
            {"params": [net.into, net.out, net.direct], "weight_decay": 0.05},
            {"params": [net.bias, net.into_bias], "weight_decay": 0.0},
        ],
        lr=2e-3,
    )
    batch = 128
    steps = epochs * (len(table.intents) // batch + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, [4e-3, 2e-3, 2e-3], total_steps=steps + 1)
    loss_of = nn.CrossEntropyLoss(reduction="none", label_smoothing=0.03)
    net.train()
    for _ in range(epochs):
        order = rng.permutation(len(table.intents))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            scores = net(torch.from_numpy(table.vectors[rows]), torch.from_numpy(table.named[rows]), *bags(table, rows))
            intent = loss_of(scores[:, : len(INTENTS)], torch.from_numpy(table.intents[rows]))
            tone = loss_of(scores[:, len(INTENTS) :], torch.from_numpy(table.sentiments[rows]))
            loss = ((intent + 0.4 * tone) * weights[rows]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return net.eval().requires_grad_(False)


def fit_several(table: Table, config: UnderstandConfig, *, seed: int, epochs: int, members: int) -> UnderstandNet:
    """Several networks as one: hidden units side by side, linear parts averaged, so scores are the mean of theirs."""
    states = [fit(table, config, seed=1000 * seed + i, epochs=epochs).state_dict() for i in range(members)]
    whole = UnderstandNet(replace(config, hidden=config.hidden * members)).eval().requires_grad_(False)
    merged = {name: torch.stack([state[name] for state in states]).mean(0) for name in ("grams", "direct", "bias")}
    merged |= {name: torch.cat([state[name] for state in states]) for name in ("into", "into_bias")}
    merged["out"] = torch.cat([state["out"] for state in states], 1) / members
    whole.load_state_dict(merged)
    return whole


def scored(net: UnderstandNet, table: Table) -> NDArray[np.float64]:
    """Scores (N, O) of a table."""
    found = []
    with torch.inference_mode():
        for start in range(0, len(table.intents), 512):
            rows = np.arange(start, min(start + 512, len(table.intents)))
            found.append(
                net(torch.from_numpy(table.vectors[rows]), torch.from_numpy(table.named[rows]), *bags(table, rows))
                .numpy()
                .astype(np.float64)
            )
    return np.concatenate(found)


# The table ----------------------------------------------------------------------------------------------------------


def plausible_situation(intent: str, rng: random.Random) -> tuple[Situation, NDArray[np.float64] | None]:
    """Where such a message comes up. An assumption, not data: a mild lean towards what each intent needs."""
    wrong_before = {"why_wrong": 0.9, "answer": 0.3, "hint": 0.4, "stuck": 0.5}.get(intent, 0.25)
    tries = 0 if rng.random() > wrong_before else rng.randint(1, 4)
    verdict = "incorrect" if tries and rng.random() < 0.8 else rng.choice(["", "", "correct"])
    is_open = rng.random() < {"answer": 0.99, "hint": 0.95, "why_wrong": 0.9, "stuck": 0.95}.get(intent, 0.75)
    situation = Situation(
        open=is_open,
        kind=rng.choice(["arithmetic", "arithmetic", "string", "choice"]) if is_open else "",
        tries=tries,
        hints=rng.choice([0, 0, 1, 2, 3]),
        verdict=verdict,
    )
    centre = {"stuck": 0.45, "hint": 0.45, "answer": 0.62, "skip": 0.5}.get(intent, 0.55)
    forecast = min(max(rng.gauss(centre, 0.2), 0.02), 0.98)
    return situation, np.array([forecast, rng.uniform(0.05, 0.25)]) if rng.random() < 0.5 else None


def table_of(texts: Sequence[Example], encoder: TextEncoder, seed: int) -> Table:
    """Training texts as numbers. Texts of one template share one template's weight."""
    rng = random.Random(seed)
    plain = [cleaned(example.text) for example in texts]
    vectors = encoder.encode([for_encoder(text) for text in plain])
    named, buckets = [], []
    for example, text in zip(texts, plain, strict=True):
        seen = see(text, example.keys)
        situation, context = plausible_situation(example.intent, rng)
        if rng.random() < SITUATION_SHARE:
            named.append(with_context(seen.named, situation, context))
        else:
            named.append(seen.named)
        buckets.append(seen.buckets)
    templates = np.array([example.template for example in texts])
    families = sorted({example.family for example in texts})
    per_template = np.bincount(templates)
    return Table(
        vectors=vectors,
        named=np.array(named, np.float32),
        buckets=tuple(buckets),
        intents=np.array([INTENTS.index(example.intent) for example in texts]),
        sentiments=np.array([SENTIMENTS.index(example.sentiment) for example in texts]),
        templates=templates,
        families=np.array([families.index(example.family) for example in texts]),
        weights=(per_template[templates] ** -0.4).astype(np.float32),
    )


def held_out_scores(
    table: Table, groups: NDArray[np.int64], config: UnderstandConfig, *, seed: int, epochs: int, members: int
) -> NDArray[np.float64]:
    """Scores (N, O) of every text by a network that saw none of its group."""
    parts = np.random.default_rng(seed).permutation(groups.max() + 1)[groups] % PARTS
    scores = np.zeros((len(groups), len(INTENTS) + len(SENTIMENTS)))
    for part in range(PARTS):
        net = fit_several(table.part(parts != part), config, seed=seed + part, epochs=epochs, members=members)
        scores[parts == part] = scored(net, table.part(parts == part))
    return scores


# Choosing ------------------------------------------------------------------------------------------------------------


def choose_temperature(scores: NDArray[np.float64], intents: NDArray[np.int64]) -> float:
    """The temperature with the least log loss."""

    def loss(temperature: float) -> float:
        p = softmax(scores / temperature)[np.arange(len(intents)), intents]
        return float(-np.log(np.maximum(p, 1e-9)).mean())

    return min((0.05 * step for step in range(6, 61)), key=loss)


def choose_sure(p: NDArray[np.float64], intents: NDArray[np.int64]) -> float:
    """The lowest confidence from which on at least `SURE_ACCURACY` are right."""
    confidence, right = p.max(1), p.argmax(1) == intents
    for threshold in np.arange(0.2, 0.95, 0.01):
        above = confidence >= threshold
        if above.any() and right[above].mean() >= SURE_ACCURACY:
            return round(float(threshold), 2)
    return 0.95


def choose_distress(p: NDArray[np.float64], intents: NDArray[np.int64], cries: NDArray[np.bool_]) -> float:
    """The highest probability that, together with the patterns, still finds `DISTRESS_RECALL` of distress."""
    at = INTENTS.index("distress")
    missed_by_words = np.sort(p[(intents == at) & ~cries, at])
    allowed = int((1 - DISTRESS_RECALL) * (intents == at).sum())
    found = float(missed_by_words[min(allowed, len(missed_by_words) - 1)]) if len(missed_by_words) else 0.5
    return round(min(max(found, 0.25), 0.5), 3)


def f1_by_class(true: NDArray[np.int64], said: NDArray[np.int64], classes: int) -> list[float]:
    """F1 of each class; 0 for one that is neither there nor said."""
    found = []
    for each in range(classes):
        hits = int(((true == each) & (said == each)).sum())
        found.append(2 * hits / max(int((true == each).sum() + (said == each).sum()), 1))
    return found


def report(
    scores: NDArray[np.float64], table: Table, cries: NDArray[np.bool_], config: UnderstandConfig
) -> dict[str, Any]:
    """How well held-out texts were understood."""
    at = INTENTS.index("distress")
    p = softmax(scores[:, : len(INTENTS)] / config.temperature)
    said = p.argmax(1)
    said[cries | (p[:, at] >= config.distress_from)] = at
    f1 = f1_by_class(table.intents, said, len(INTENTS))
    confidence = p[np.arange(len(said)), said]
    sure = confidence >= config.sure_from
    tones = scores[:, len(INTENTS) :].argmax(1)
    gap = sum(
        abs((said[rows] == table.intents[rows]).mean() - confidence[rows].mean()) * rows.mean()
        for low in np.arange(0, 1, 0.1)
        if (rows := (confidence > low) & (confidence <= low + 0.1)).any()
    )
    return {
        "macro_f1": round(float(np.mean(f1)), 4),
        "f1": {intent: round(value, 4) for intent, value in zip(INTENTS, f1, strict=True)},
        "distress_recall": round(float((said[table.intents == at] == at).mean()), 4),
        "distress_false_alarms": round(float((said[table.intents != at] == at).mean()), 5),
        "sentiment_accuracy": round(float((tones == table.sentiments).mean()), 4),
        "sure_share": round(float(sure.mean()), 4),
        "sure_accuracy": round(float((said[sure] == table.intents[sure]).mean()), 4),
        "calibration_error": round(float(gap), 4),
        "texts": len(said),
    }


def answers_found(texts: Sequence[Example]) -> float:
    """Share of training texts with an answer in which the words around it lead to exactly it."""
    offering = [example for example in texts if example.answer is not None]
    hits = (offered_in(cleaned(each.text), each.keys, ()) or "" for each in offering)
    pairs = zip(hits, offering, strict=True)
    return sum("".join(hit.split()) == "".join((each.answer or "").split()) for hit, each in pairs) / len(offering)


CARD = """# Understand

What a learner's message is meant as ({intents}) and its tone. The answer inside a message is found by rules
(`models_core/understanding/answers.py`), words of distress by rules and network together.

Made by `{command}`
from {templates} templates in `models_core/understanding/examples/` ({texts} texts), written for this purpose; no
person's messages. Text vectors: all-MiniLM-L6-v2 (Apache-2.0). Licence: Apache-2.0.

Held-out templates (five parts; each text scored by a network that saw none of its template):
macro F1 {template[macro_f1]}, tone {template[sentiment_accuracy]}, distress recall {template[distress_recall]}
(false alarms {template[distress_false_alarms]}), calibration error {template[calibration_error]}; sure about
{template[sure_share]:.0%}, of which {template[sure_accuracy]:.1%} right. Held-out families (harder): macro F1
{family[macro_f1]}.

Limits: English; other languages get low confidence. Templates are not learners: real messages are more varied. How
situations go with intents is assumed, not measured. By-group gaps: not measured, as no message here has an author.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print what was used and found, write the artifact."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, default=Path("var/encoder"))
    parser.add_argument("--out", type=out_folder, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=positive, default=8)
    parser.add_argument("--members", type=positive, default=2, help="networks whose scores are averaged")
    parser.add_argument("--families", action="store_true", help="score the split by families too")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    began = time.perf_counter()
    texts = examples(options.seed)
    table = table_of(texts, TextEncoder(options.encoder), options.seed)
    templates = len(set(table.templates.tolist()))
    print(
        f"{len(texts)} texts from {templates} templates in {table.families.max() + 1} "
        f"families; {len(FEATURES)} features"
    )
    for line in _counts(texts):
        print(line)
    print(f"encoded after {time.perf_counter() - began:.0f} s")
    config = UnderstandConfig()
    how = {"seed": options.seed, "epochs": options.epochs, "members": options.members}
    cries = np.array([cries_for_help(cleaned(example.text)) for example in texts])
    scores = held_out_scores(table, table.templates, config, **how)
    intents = scores[:, : len(INTENTS)]
    temperature = round(choose_temperature(intents, table.intents), 3)
    p = softmax(intents / temperature)
    config = UnderstandConfig(
        temperature=temperature,
        sure_from=choose_sure(p, table.intents),
        distress_from=choose_distress(p, table.intents, cries),
    )
    metrics = {"held-out templates": report(scores, table, cries, config)}
    if options.families:
        harder = held_out_scores(table, table.families, config, **how)
        metrics["held-out families"] = report(harder, table, cries, config)
    metrics["answers"] = {"found": round(answers_found(texts), 4)}
    for name, values in metrics.items():
        print(name, values)
    print(f"temperature {config.temperature}, sure from {config.sure_from}, distress from {config.distress_from}")
    for line in _confused(scores, table, texts, cries, config):
        print(line)
    net = fit_several(table, config, **how)
    config = replace(config, hidden=config.hidden * options.members)
    student = UnderstandStudent({name: value.numpy() for name, value in net.state_dict().items()}, config)
    card = CARD.format(
        intents=", ".join(INTENTS),
        command=f"python -m models_core.understanding.train --encoder {options.encoder} "
        f"--out {options.out} --seed {options.seed}",
        templates=templates,
        texts=len(texts),
        template=metrics["held-out templates"],
        family=metrics.get("held-out families", {"macro_f1": "not measured"}),
    )
    save_student(student, options.out, metrics=metrics, card=card)
    print(f"wrote {options.out} after {time.perf_counter() - began:.0f} s")


def _counts(texts: Sequence[Example]) -> Iterator[str]:
    for intent in INTENTS:
        mine = [example for example in texts if example.intent == intent]
        yield f"  {intent}: {len(mine)} texts, {len({example.template for example in mine})} templates"


def _confused(
    scores: NDArray[np.float64],
    table: Table,
    texts: Sequence[Example],
    cries: NDArray[np.bool_],
    config: UnderstandConfig,
) -> Iterator[str]:
    """Training texts that were misread while held out, one per template, the most confident first."""
    p = softmax(scores[:, : len(INTENTS)] / config.temperature)
    said = p.argmax(1)
    wrong = sorted(np.flatnonzero(said != table.intents).tolist(), key=lambda i: -p[i].max())
    seen: set[int] = set()
    for i in wrong:
        if texts[i].template not in seen:
            seen.add(texts[i].template)
            yield f"  {texts[i].intent} read as {INTENTS[said[i]]} ({p[i].max():.2f}): {texts[i].text}"


if __name__ == "__main__":
    main()
