"""Train a teacher and a course's students on simulated learners: `python -m models_core.train --out DIR --course FILE`.

Letters: B learners, T events, D width of the context, G local features.

In four acts, each a function below:

    populations    learners practise the course, and invented courses, in many invented worlds
    train_teacher  the teacher learns to say what comes next, with and without notes in the log
    train_students one small network for all skills of the course, then a little more on each skill alone
    evaluate       learners of a world nobody was trained on, served event by event by a real Classroom

Step difficulties are invented anew for every world, so that nobody can learn by heart what is only made up.
"""

import argparse
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from models_core.artifacts import save_student, save_teacher
from models_core.bkt import BKT
from models_core.classroom import Classroom, ExchangeConfig
from models_core.curriculum import Curriculum, CurriculumError, shrunken_difficulty
from models_core.events import NOTE_COLUMNS, Attempt, encode_log, note_features
from models_core.metrics import scores
from models_core.record import CONTEXT_AGE, CONTEXT_GIVEN, LOCAL_WIDTH, Record, query_features
from models_core.simulator import SimulatedLog, World, WorldConfig, invented_curriculum
from models_core.student import PredictConfig, PredictNet, PredictStudent
from models_core.teacher import Batch, Content, Probe, Reading, TeacherConfig, TeacherModel

console = Console()
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class TrainConfig:
    """How much of everything.

    Attributes:
        learners: simulated learners of the course; half as many again practise invented courses.
        learners_per_world: how many of them share one world of step difficulties.
        known_from: how many other learners told how hard the steps of a world are, by turns.
        length: longest log in training, in events.
        batch: logs per step.
        probes: moments per log at which the teacher is also asked about a typical step.
        steps: of the teacher's training.
        student_steps: of the shared student network; each skill then gets a quarter of it alone.
        learning_rate: peak, for the teacher.
        test_learners: of the held-out world; as many others of it fit BKT and the difficulties.
    """

    learners: int = 1600
    learners_per_world: int = 100
    known_from: tuple[int, ...] = (0, 0, 10, 30, 100, 300)
    length: int = 128
    batch: int = 32
    probes: int = 24
    steps: int = 2400
    student_steps: int = 1200
    learning_rate: float = 2e-3
    test_learners: int = 150


# Act 1: populations -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Population:
    """Logs of learners of one world, padded to T events."""

    curriculum: Curriculum
    content: Content
    asked: Tensor  # (B, T) int64
    at: Tensor  # (B, T) float64
    happened: Tensor  # (B, T, F), without notes
    correct: Tensor  # (B, T)
    scored: Tensor  # (B, T) bool
    main: Tensor  # (B, T) int64, main skill of the step
    truth: Tensor  # (B, T) P(correct unaided)
    typical: Tensor  # (B, T) the same for a typical step of the main skill
    local: Tensor  # (B, T, G) as for a context that is fresh
    local_typical: Tensor  # (B, T, G)
    length: Tensor  # (B,)

    def batch(self, rows: Tensor, happened: Tensor) -> Batch:
        """Some of the logs, as long as `happened` (rows, t, F) is."""
        size = happened.shape[1]
        return Batch(self.content, self.asked[rows, :size], self.at[rows, :size], self.local[rows, :size], happened)

    def probe(self, rows: Tensor, moments: Tensor) -> Probe:
        """A typical step of each event's main skill, at some moments."""
        typical = self.content.step_count + self.main[rows][:, moments]
        return Probe(typical, self.local_typical[rows][:, moments], moments)


def population(curriculum: Curriculum, logs: Sequence[SimulatedLog], length: int) -> Population:
    """Encode the first `length` events of simulated logs, the shortest log first."""
    content = Content.of(curriculum)
    logs = sorted(logs, key=lambda log: len(log.events))
    count, size = len(logs), min(length, max(len(log.events) for log in logs))
    encoded = [encode_log(log.events[:size], curriculum) for log in logs]

    def padded(width: int | None, kind: Any, fill: float = 0) -> NDArray[Any]:
        return np.full((count, size) if width is None else (count, size, width), fill, kind)

    asked, at = padded(None, np.int64, content.nothing), padded(None, np.float64)
    happened = padded(encoded[0].happened.shape[1], np.float32)
    correct, scored, main = padded(None, np.float32), padded(None, bool), padded(None, np.int64)
    truth, typical = padded(None, np.float32, 0.5), padded(None, np.float32, 0.5)
    local, local_typical = padded(LOCAL_WIDTH, np.float32), padded(LOCAL_WIDTH, np.float32)
    for row, (log, code) in enumerate(zip(logs, encoded, strict=True)):
        n = len(code)
        asked[row, :n], at[row, :n], happened[row, :n] = code.asked, code.at, code.happened
        at[row, n:] = code.at[-1]
        correct[row, :n], scored[row, :n] = code.correct, code.scored
        truth[row, :n], typical[row, :n] = log.truth[:n], log.typical[:n]
        record = Record()
        for t, event in enumerate(log.events[:n]):
            step = int(code.asked[t])
            main[row, t] = curriculum.main_skills[step]
            local[row, t] = query_features(record, curriculum, step, code.at[t])
            local_typical[row, t] = query_features(record, curriculum, len(curriculum.steps) + main[row, t], code.at[t])
            record = record.after(event, curriculum)
    arrays = (asked, at, happened, correct, scored, main, truth, typical, local, local_typical)
    lengths = np.array([len(code) for code in encoded])
    return Population(curriculum, content, *map(torch.from_numpy, (*arrays, lengths)))


def known_difficulty(world: World, learners: int) -> NDArray[np.float32] | None:
    """What so many other learners of a world tell about its steps."""
    if not learners:
        return None
    logs = [encode_log(log.events, world.curriculum) for log in world.learners(learners, first=1_000_000)]
    asked = np.concatenate([log.asked[log.scored] for log in logs])
    correct = np.concatenate([log.correct[log.scored] for log in logs])
    return shrunken_difficulty(asked, correct, len(world.curriculum.steps))


def populations(course: Curriculum, config: TrainConfig, seed: int) -> tuple[list[Population], list[Population]]:
    """Populations of the course, and of invented courses; worlds and what is known about them differ."""
    rng = np.random.default_rng(seed)
    size = min(config.learners_per_world, config.learners)
    worlds = max(1, config.learners // size)
    found: tuple[list[Population], list[Population]] = ([], [])
    for number in _shown(range(worlds + worlds), "simulating learners"):
        ours = number < worlds
        base = course if ours else invented_curriculum(seed * 1000 + number)
        habits = WorldConfig(
            ability_sd=float(rng.uniform(0.5, 1.2)),
            difficulty_sd=float(rng.uniform(0.4, 1.2)),
            learning_rate=float(rng.uniform(0.08, 0.25)),
            hint_leaning=float(rng.uniform(0.1, 0.5)),
            attempts=int(rng.integers(40, 100)),
        )
        world = World(base, habits, seed=seed * 1000 + number)
        difficulty = known_difficulty(world, config.known_from[number % len(config.known_from)])
        logs = world.learners(size if ours else size // 2)
        found[not ours].append(population(replace(base, difficulty=difficulty), logs, config.length))
    return found


# Notes: what a student would have said ------------------------------------------------------------------------------


def quick_student(data: Sequence[Population]) -> Tensor:
    """Logistic regression on local features, (G + 1,) weights by Newton: it writes notes before students exist."""
    x = torch.cat([p.local[p.scored] for p in data]).double()
    y = torch.cat([p.correct[p.scored] for p in data]).double()
    x = torch.cat([x, torch.ones_like(x[:, :1])], 1)
    weights = torch.zeros(x.shape[1], dtype=torch.float64)
    for _ in range(8):
        p = torch.sigmoid(x @ weights)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + torch.eye(len(weights))
        weights += torch.linalg.solve(curvature, x.T @ (y - p) - weights)
    return weights.float()


def quick_probability(weights: Tensor, p: Population) -> Tensor:
    """(B, T) what the quick student says before each event."""
    return torch.sigmoid(p.local @ weights[:-1] + weights[-1])


def with_notes(happened: Tensor, student: Tensor, teacher: Tensor, correct: Tensor, noted: Tensor) -> Tensor:
    """Events as they are when a note was recorded with those that `noted` marks: (B, T, F)."""
    sd = student * (1 - student) * 0.5
    columns = note_features(student.numpy(), sd.numpy(), teacher.numpy(), correct.numpy())
    notes = torch.from_numpy(np.stack(columns, -1)).float() * noted[..., None]
    return torch.cat([happened[..., : NOTE_COLUMNS.start], notes], -1)


# Act 2: the teacher -------------------------------------------------------------------------------------------------


def spread_loss(log_sd: Tensor, logit: Tensor, truth: Tensor) -> Tensor:
    """Gaussian negative log-likelihood of the true log-odds: how far off a prediction may be (needs a known truth)."""
    log_sd = log_sd.clamp(-5, 2)
    miss = torch.logit(truth, eps=0.02) - logit.detach()
    return log_sd + 0.5 * miss**2 * torch.exp(-2 * log_sd)


def prediction_loss(said: Reading, y: Tensor, truth: Tensor, scored: Tensor) -> Tensor:
    """Log loss of the outcomes, and a little of the spread's; all (B, n)."""
    logit = said.logit[scored]
    spread = spread_loss(said.log_sd[scored], logit, truth[scored]).mean()
    return binary_cross_entropy_with_logits(logit, y[scored]) + 0.1 * spread


def train_teacher(data: Sequence[Population], config: TrainConfig, seed: int) -> TeacherModel:
    """Minimise log loss on unaided attempts, asked as the step that came and as a typical step of its skill."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    teacher = TeacherModel(TeacherConfig(dropout=0.05))
    regression = quick_student(data)
    with torch.no_grad():  # begin where counting gets one; attention learns the rest
        teacher.from_record.weight.copy_(regression[None, :-1])
        teacher.from_record.bias.copy_(regression[-1])
        teacher.to_logit.weight.zero_()
        teacher.to_logit.bias.zero_()
    quick = [quick_probability(regression, p) for p in data]
    heard = list(quick)  # what the teacher is said to have said; its own words replace it halfway
    optimiser = torch.optim.AdamW(teacher.parameters(), lr=config.learning_rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, config.learning_rate, config.steps, pct_start=0.05)
    share = np.array([len(p.length) for p in data], float)
    recent = 0.0
    for step in _shown(range(config.steps), "teacher"):
        if step == config.steps // 2:
            heard = [teacher_words(teacher, p, p.happened) for p in data]
            teacher.train()
        which = int(rng.choice(len(data), p=share / share.sum()))
        p = data[which]
        start = int(rng.integers(max(1, len(p.length) - config.batch + 1)))
        rows = torch.arange(start, min(start + config.batch, len(p.length)))  # neighbours are about equally long
        size = int(p.length[rows].max())
        here, y = p.scored[rows, :size], p.correct[rows, :size]
        # a third of the learners have no notes, a third some, a third all
        noted = here & (torch.rand(here.shape) < torch.randint(0, 3, (len(rows), 1)) / 2)
        happened = with_notes(p.happened[rows, :size], quick[which][rows, :size], heard[which][rows, :size], y, noted)
        moments = torch.from_numpy(rng.choice(size, min(size, config.probes), replace=False))
        asked, probed = teacher(p.batch(rows, happened), p.probe(rows, moments))
        loss = prediction_loss(asked, y, p.truth[rows, :size], here)
        loss_probed = prediction_loss(probed, y[:, moments], p.typical[rows][:, moments], here[:, moments])
        optimiser.zero_grad()
        (loss + 0.5 * loss_probed).backward()
        torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        recent = 0.98 * recent + 0.02 * float(loss.detach()) if step else float(loss.detach())
        if (step + 1) % 200 == 0:
            console.print(f"  teacher step {step + 1}/{config.steps}: loss {recent:.4f}")
    frozen = TeacherModel(replace(teacher.config, dropout=0.0))
    frozen.load_state_dict(teacher.state_dict())
    return frozen.eval().requires_grad_(False)


@torch.no_grad()
def teacher_words(teacher: TeacherModel, p: Population, happened: Tensor) -> Tensor:
    """(B, T) the teacher's probability before each event."""
    teacher.eval()
    rows = torch.arange(len(p.length)).split(64)
    return torch.cat([torch.sigmoid(teacher(p.batch(r, happened[r]))[0].logit) for r in rows])


# Act 3: the students ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Lessons:
    """Attempts as students meet them: R rows, each with the context in four states (variants, the first axis).

    The variants: fresh; fresh, but asked about a typical step; the last one known on the skill; none at all.
    """

    context: Tensor  # (4, R, D)
    local: Tensor  # (4, R, G)
    truth: Tensor  # (4, R)
    correct: Tensor  # (R,)
    teacher: Tensor  # (4, R) the teacher's probability
    skill: Tensor  # (R,)
    learner: Tensor  # (R,) in order of time within a learner

    def of(self, rows: Tensor) -> "Lessons":
        four = (self.context[:, rows], self.local[:, rows], self.truth[:, rows])
        return Lessons(*four, self.correct[rows], self.teacher[:, rows], self.skill[rows], self.learner[rows])


@torch.no_grad()
def lessons(teacher: TeacherModel, data: Sequence[Population], quick: Tensor) -> Lessons:
    """Let the teacher read every log, with notes, and keep what it gives to students."""
    parts: list[tuple[Tensor, ...]] = []
    first = 0
    for p in data:
        student = quick_probability(quick, p)
        noted = p.scored & (torch.arange(len(p.length))[:, None] % 3 > 0)
        happened = with_notes(p.happened, student, teacher_words(teacher, p, p.happened), p.correct, noted)
        for rows in torch.arange(len(p.length)).split(64):
            every = torch.arange(happened.shape[1])
            asked, probed = teacher(p.batch(rows, happened[rows]), p.probe(rows, every))
            assert probed is not None
            b, t = p.scored[rows].nonzero(as_tuple=True)
            before = last_on_skill(p.main[rows])[b, t]  # (R,) position of the last event on the skill, -1 = none
            fresh, typical = asked.context[b, t], probed.context[b, t]
            known = (before >= 0)[:, None]
            stale = asked.context[b, before.clamp(min=0)] * known
            local, local_typical = p.local[rows][b, t], p.local_typical[rows][b, t]
            local_stale, local_none = local.clone(), local.clone()
            local_stale[:, CONTEXT_GIVEN] = known[:, 0].float()
            local_stale[:, CONTEXT_AGE] = torch.log1p((t - before).float()) * known[:, 0]
            local_none[:, [CONTEXT_GIVEN, CONTEXT_AGE]] = 0
            truth, truth_typical = p.truth[rows][b, t], p.typical[rows][b, t]
            words, words_typical = torch.sigmoid(asked.logit[b, t]), torch.sigmoid(probed.logit[b, t])
            parts.append(
                (
                    torch.stack([fresh, typical, stale, torch.zeros_like(fresh)]),
                    torch.stack([local, local_typical, local_stale, local_none]),
                    torch.stack([truth, truth_typical, truth, truth]),
                    p.correct[rows][b, t],
                    torch.stack([words, words_typical, words, words]),
                    p.main[rows][b, t],
                    b + first,
                )
            )
            first += len(rows)
    axes = (1, 1, 1, 0, 1, 0, 0)
    return Lessons(*(torch.cat(columns, axis) for columns, axis in zip(zip(*parts, strict=True), axes, strict=True)))


def last_on_skill(main: Tensor) -> Tensor:
    """(B, T) skills -> (B, T) position of the last earlier event with the same skill, -1 where there is none."""
    t = torch.arange(main.shape[1])
    same = (main[:, :, None] == main[:, None, :]) & (t[None, :] < t[:, None])
    return torch.where(same, t, -1).amax(-1)


def fit_net(
    net: PredictNet, data: Lessons, *, steps: int, rate: float, distillation: float, seed: int, label: str
) -> None:
    """Real outcomes and the teacher's word, on contexts in all four states."""
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, steps, pct_start=0.1)
    share = torch.tensor([0.4, 0.25, 0.2, 0.15])
    net.train()
    for _ in _shown(range(steps), label):
        row = torch.randint(len(data.correct), (256,), generator=generator)
        state = torch.multinomial(share, 256, replacement=True, generator=generator)
        phi, offset, log_sd = net(data.context[state, row], data.local[state, row])
        logit = offset + phi @ net.last
        target = (1 - distillation) * data.correct[row] + distillation * data.teacher[state, row]
        loss = binary_cross_entropy_with_logits(logit, target)
        loss = loss + 0.1 * spread_loss(log_sd, logit, data.truth[state, row]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    net.eval()


def train_students(
    teacher: TeacherModel, data: Sequence[Population], config: TrainConfig, exchange: ExchangeConfig, seed: int
) -> dict[str, PredictStudent]:
    """One student for each skill of the course that anybody practised."""
    torch.manual_seed(seed)
    everything = lessons(teacher, data, quick_student(data))
    kept = everything.learner % 8 == 7  # these choose the settings of the fast update
    training, held = everything.of((~kept).nonzero()[:, 0]), everything.of(kept.nonzero()[:, 0])
    settings = PredictConfig(context_width=teacher.config.width)
    shared = PredictNet(settings)
    with torch.no_grad():  # begin where the teacher stands
        shared.offset.weight.copy_(torch.cat([teacher.to_logit.weight, teacher.from_record.weight], 1))
        shared.offset.bias.copy_(teacher.to_logit.bias + teacher.from_record.bias)
    share = exchange.distillation
    fit_net(shared, training, steps=config.student_steps, rate=2e-3, distillation=share, seed=seed, label="students")
    curriculum = data[0].curriculum
    nets: dict[int, PredictNet] = {}
    for skill in range(len(curriculum.skills)):
        rows = (training.skill == skill).nonzero()[:, 0]
        if len(rows) < 50:
            continue
        net = PredictNet(settings)
        net.load_state_dict(shared.state_dict())
        label = f"student {curriculum.skills[skill]}"
        steps = max(1, config.student_steps // 4)
        fit_net(net, training.of(rows), steps=steps, rate=5e-4, distillation=share, seed=seed, label=label)
        nets[skill] = net
    settings = choose_fast_settings(nets, settings, held)
    fingerprint = teacher.fingerprint()
    return {
        curriculum.skills[skill]: PredictStudent(net, settings, skill=curriculum.skills[skill], teacher=fingerprint)
        for skill, net in nets.items()
    }


def choose_fast_settings(nets: dict[int, PredictNet], settings: PredictConfig, held: Lessons) -> PredictConfig:
    """The prior variance that predicts held-out learners best, contexts fresh and stale alike; the noise to fit it."""
    best, best_loss = settings, np.inf
    for variance in (0.003, 0.01, 0.03, 0.1, 0.3):
        trial = replace(settings, prior_variance=variance)
        loss, missed, expected, noise, rows = 0.0, 0.0, 0.0, 0.0, 0
        for skill, net in nets.items():
            student = PredictStudent(net, trial, skill="", teacher="")
            mine = held.of((held.skill == skill).nonzero()[:, 0])
            for state in (0, 2):
                phi, offset, log_sd = net(mine.context[state], mine.local[state])
                noises = torch.exp(2 * log_sd.clamp(-5, 2)).tolist()
                layer, learner = student.start(), -1
                columns = zip(
                    phi.numpy().astype(np.float64),
                    offset.tolist(),
                    noises,
                    mine.correct.tolist(),
                    mine.learner.tolist(),
                    mine.truth[state].tolist(),
                    strict=True,
                )
                for features, base, own, correct, who, truth in columns:
                    if who != learner:
                        layer, learner = student.start(), who
                    p, _ = layer.predict(features, base)
                    loss -= np.log(p if correct else 1 - p)
                    miss = np.log(truth / (1 - truth)) - np.log(p / (1 - p))
                    missed += miss**2
                    expected += float(features @ layer.covariance @ features)
                    noise += own
                    rows += 1
                    layer = layer.after(features, base, bool(correct), own)
        console.print(f"  prior variance {variance}: log loss {loss / max(rows, 1):.4f}")
        if loss < best_loss:
            scale = float(np.clip((missed - expected) / max(noise, 1e-9), 0.1, 10))
            best, best_loss = replace(trial, noise_scale=round(scale, 3)), loss
    return best


# Act 4: how good are they -------------------------------------------------------------------------------------------


def evaluate(
    teacher: TeacherModel, students: dict[str, PredictStudent], course: Curriculum, config: TrainConfig, seed: int
) -> dict[str, Any]:
    """Scores on held-out learners of a world nobody was trained on, beside the ceiling and BKT fitted on the same data.

    "difficulty unknown" is a course just opened; "difficulty known" has the outcomes that BKT was fitted on.
    """
    world = World(course, seed=seed + 777_777)
    test = world.learners(config.test_learners)
    others = [log.events for log in world.learners(config.test_learners, first=10_000)]
    coded = [encode_log(events, course) for events in others]
    asked = np.concatenate([log.asked[log.scored] for log in coded])
    correct = np.concatenate([log.correct[log.scored] for log in coded])
    known = replace(course, difficulty=shrunken_difficulty(asked, correct, len(course.steps)))

    def practice(log: Any) -> list[tuple[str, bool]]:
        return [
            (course.skills[course.main_skills[step]], bool(y))
            for step, y in zip(log.asked[log.scored], log.correct[log.scored], strict=True)
        ]

    bkt = BKT.fit([practice(log) for log in coded])
    test_coded = [encode_log(log.events, course) for log in test]
    outcomes = [log.correct[log.scored] for log in test_coded]
    ceiling = [log.truth[code.scored] for log, code in zip(test, test_coded, strict=True)]
    report: dict[str, Any] = {
        "ceiling": scores(list(zip(outcomes, ceiling, strict=True))),
        "bkt": scores([(y, bkt.predict(practice(log))) for y, log in zip(outcomes, test_coded, strict=True)]),
    }
    for name, curriculum in (("difficulty unknown", replace(course, difficulty=None)), ("difficulty known", known)):
        served = serve(Classroom(teacher, students, curriculum), test, name)
        for column, key in ((0, "teacher and students"), (1, "teacher alone")):
            report[f"{key}, {name}"] = scores([(y, rows[:, column]) for y, rows in zip(outcomes, served, strict=True)])
        rows = np.concatenate(served)
        truth, typical = (
            np.concatenate(ceiling),
            np.concatenate([log.typical[code.scored] for log, code in zip(test, test_coded, strict=True)]),
        )
        report[f"honesty, {name}"] = {
            "truth within 1 sd": round(float(np.mean(np.abs(rows[:, 0] - truth) <= rows[:, 2])), 3),
            "truth within 2 sd": round(float(np.mean(np.abs(rows[:, 0] - truth) <= 2 * rows[:, 2])), 3),
            "mastery within 1 sd": round(float(np.mean(np.abs(rows[:, 3] - typical) <= rows[:, 4])), 3),
            "mastery within 2 sd": round(float(np.mean(np.abs(rows[:, 3] - typical) <= 2 * rows[:, 4])), 3),
            "mastery mean error": round(float(np.mean(np.abs(rows[:, 3] - typical))), 3),
        }
    return report


def serve(room: Classroom, logs: Sequence[SimulatedLog], label: str) -> list[NDArray[np.float64]]:
    """Live through logs as the site does: predict, record the note, observe.

    Returns:
        per learner, one row per unaided attempt: probability, teacher's probability, sd, mastery mean, mastery sd.
    """
    found = []
    for log in _shown(logs, f"serving, {label}"):
        state, rows = room.start(), []
        for event in log.events:
            if isinstance(event, Attempt):
                (said,) = room.predict(state, [event.step], event.at)
                if not event.aided:
                    (skill,) = room.mastery(
                        state,
                        [room.curriculum.skills[room.curriculum.main_skills[room.curriculum.step_index(event.step)]]],
                        event.at,
                    )
                    rows.append((said.probability, said.teacher_probability, said.sd, skill.mean, skill.sd))
                event = replace(event, note=said.note())
            state = room.observe(state, event)
        found.append(np.array(rows).reshape(-1, 5))
    return found


# The command --------------------------------------------------------------------------------------------------------


def card(title: str, command: str, course: Curriculum, report: dict[str, Any], extra: str) -> str:
    """A model card: what it is, how it was made, how good it is, what it is not."""
    rows = [
        f"| {name} | {s['auc']:.3f} | {s['auc_within']:.3f} | {s['log_loss']:.4f} | {s['ece']:.3f} |"
        for name, s in report.items()
        if "auc" in s
    ]
    honesty = [f"- {name}: {values}" for name, values in report.items() if "auc" not in values]
    return "\n".join(
        [
            f"# {title}",
            "",
            extra,
            "",
            f"Made by `{command}`",
            f"for the course *{course.course}* ({len(course.skills)} skills, {len(course.steps)} steps).",
            "",
            "Data: simulated learners only (`models_core/simulator.py`); no person's data. Licence: Apache-2.0.",
            "",
            "Held-out simulated learners, every unaided attempt scored; the ceiling is the simulator's own truth,",
            "BKT was fitted on other learners of the same world:",
            "",
            "| | AUC | AUC within a learner | log loss | calibration error |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "Are the stated uncertainties honest?",
            *honesty,
            "",
            "Limits: real learners differ from simulated ones. By-group gaps: not measured, as these have no groups.",
            "",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for teacher/ and students/COURSE/SKILL/")
    parser.add_argument(
        "--course", type=Path, help="a curriculum saved by Curriculum.save; without it, an invented one"
    )
    parser.add_argument("--course-slug", default="linear-equations", help="name of the students' folder")
    parser.add_argument("--learners", type=int, default=TrainConfig.learners)
    parser.add_argument("--steps", type=int, default=TrainConfig.steps, help="of the teacher's training")
    parser.add_argument("--student-steps", type=int, default=TrainConfig.student_steps)
    parser.add_argument("--test-learners", type=int, default=TrainConfig.test_learners)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    command = "python -m models_core.train " + shlex.join(sys.argv[1:] if arguments is None else arguments)
    config = TrainConfig(
        learners=options.learners,
        steps=options.steps,
        student_steps=options.student_steps,
        test_learners=options.test_learners,
    )
    try:
        course = Curriculum.load(options.course) if options.course else invented_curriculum(0, skills=12, steps=48)
    except CurriculumError as error:
        print(f"The course could not be read. {error}", file=sys.stderr)
        return 1
    console.print(f"{course.course}: {len(course.skills)} skills, {len(course.steps)} steps; seed {options.seed}")
    console.print(f"{config}\ntorch {torch.__version__}, {torch.get_num_threads()} thread")
    began = time.monotonic()
    ours, invented = populations(course, config, options.seed)
    rows = sum(int(p.scored.sum()) for p in (*ours, *invented))
    console.print(f"{rows} attempts simulated, {time.monotonic() - began:.0f} s")
    teacher = train_teacher([*ours, *invented], config, options.seed)
    console.print(f"teacher trained, {time.monotonic() - began:.0f} s")
    students = train_students(teacher, ours, config, ExchangeConfig(), options.seed)
    console.print(f"{len(students)} students trained, {time.monotonic() - began:.0f} s")
    report = evaluate(teacher, students, course, config, options.seed)
    for name, values in report.items():
        console.print(f"  {name}: {values}")
    metrics = {"scores": report, "seed": options.seed, "config": asdict(config), "train_attempts": rows}
    about = "Reads a learner's whole history; serves any course (content by text and relations, no ids)."
    save_teacher(
        teacher, options.out / "teacher", metrics=metrics, card=card("Teacher", command, course, report, about)
    )
    for skill, student in students.items():
        about = f"Serves the skill `{skill}`, task `predict`, for teacher `{student.teacher[:12]}`."
        text = card(f"Student for {skill}", command, course, report, about)
        save_student(student, options.out / "students" / options.course_slug / skill, metrics=metrics, card=text)
    console.print(f"written to {options.out}, {time.monotonic() - began:.0f} s")
    return 0


def _shown(things: Sequence[Thing], label: str) -> Iterator[Thing]:
    """The things, with a progress bar where somebody watches."""
    yield from track(things, label, console=console, transient=True, disable=not console.is_terminal)


if __name__ == "__main__":
    sys.exit(main())
