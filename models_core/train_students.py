"""Train `predict` students: one small network for all skills, and for each skill a last layer of its own.

Letters: R rows of a corpus, D width of the context, G local features, K features of the last layer.

A student begins where the teacher stands: its offset is the teacher's own head. Then, from everybody to one learner,
each stage is a Gaussian prior for the next one's last layer w (log-odds z = offset + w.phi):

    everybody   the network phi and w by gradient, on outcomes and on the teacher's word      `fit_shared`
    a skill     w_s ~ N(w, skill_variance): the posterior mode of the skill's data, by Newton  `fit_skill`
    a learner   w_l ~ N(w_s, prior_variance): the fast update, after every answer              `fast.FastLayer`

So a skill that nobody has practised is served by the shared w, which is the teacher's voice; each answer moves it as
far as the answers of other skills have shown to be worth. Adding a skill fits one last layer and touches nothing else.

A student must do with what context there is, so it learns with three: fresh, as old as the learner's last event on the
skill, and none at all (the short route).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from models_core.corpus import Corpus
from models_core.fast import FastLayer, Floats
from models_core.record import CONTEXT_AGE, CONTEXT_GIVEN
from models_core.student import PredictConfig, PredictNet, PredictStudent
from models_core.teacher import TeacherModel
from models_core.train_teacher import spread_loss

STATES = ("fresh", "stale", "none")
SHARES = (0.5, 0.3, 0.2)  # of the three contexts in training


@dataclass(frozen=True, eq=False)
class Exercises:
    """The scored rows of a corpus as students meet them.

    Attributes:
        context: (R, D) what the teacher gave at every row of the corpus.
        row: (n,) the corpus row of each exercise.
        before: (n,) the learner's row of the last earlier event on the same skill, -1 = none.
        age: (n,) how many events ago that was.
        begin: (n,) the row where the learner's log begins.
        local: (n, G) the record.
        correct: (n,) outcomes.
        teacher: (n,) the teacher's probability.
        skill, learner: (n,) positions.
        truth: (n,) the true P(correct unaided), of simulated learners only.
    """

    context: NDArray[np.float32]
    row: NDArray[np.int64]
    before: NDArray[np.int64]
    age: NDArray[np.int64]
    begin: NDArray[np.int64]
    local: NDArray[np.float32]
    correct: NDArray[np.float32]
    teacher: NDArray[np.float64]
    skill: NDArray[np.int64]
    learner: NDArray[np.int64]
    truth: NDArray[np.float32] | None = None

    @classmethod
    def together(cls, parts: Sequence["Exercises"]) -> "Exercises":
        """Several populations of learners as one."""
        rows = np.cumsum([0, *(len(part.context) for part in parts)])
        people = np.cumsum([0, *(int(part.learner.max()) + 1 if len(part.learner) else 0 for part in parts)])
        shifted = [
            replace(
                part,
                row=part.row + rows[i],
                begin=part.begin + rows[i],
                before=np.where(part.before < 0, -1, part.before + rows[i]),
                learner=part.learner + people[i],
            )
            for i, part in enumerate(parts)
        ]
        columns: dict[str, Any] = {}
        for field in fields(cls):
            values = [getattr(part, field.name) for part in shifted]
            columns[field.name] = None if values[0] is None else np.concatenate(values)
        return cls(**columns)

    def given(self, state: str, which: NDArray[np.int64] | slice = slice(None)) -> tuple[torch.Tensor, torch.Tensor]:
        """Context (n, D) and local features (n, G) when the context is fresh, stale or missing."""
        local = self.local[which].copy()
        if state == "fresh":
            return torch.from_numpy(self.context[self.row[which]]), torch.from_numpy(local)
        context = np.zeros((len(local), self.context.shape[1]), np.float32)
        local[:, [CONTEXT_GIVEN, CONTEXT_AGE]] = 0
        if state == "stale":
            known = self.before[which] >= 0
            context[known] = self.context[self.before[which][known]]
            local[known, CONTEXT_GIVEN] = 1
            local[known, CONTEXT_AGE] = np.log1p(self.age[which][known])
        return torch.from_numpy(context), torch.from_numpy(local)


def exercises(
    corpus: Corpus,
    logits: NDArray[np.float32],
    contexts: NDArray[np.float32],
    truth: NDArray[np.float32] | None = None,
) -> Exercises:
    """The scored rows of a corpus, with what the teacher said before each of its rows, see `train_teacher.read`."""
    main = np.array(corpus.curriculum.main_skills, np.int64)
    skill_at = np.where(corpus.asked < len(main), main[np.minimum(corpus.asked, len(main) - 1)], -1)
    before, age = np.full(len(skill_at), -1, np.int64), np.zeros(len(skill_at), np.int64)
    learner_at = np.repeat(np.arange(corpus.learners), np.diff(corpus.begins))
    for learner in range(corpus.learners):
        last: dict[int, int] = {}
        for row in range(int(corpus.begins[learner]), int(corpus.begins[learner + 1])):
            skill = int(skill_at[row])
            if skill in last:
                before[row], age[row] = last[skill], row - last[skill]
            last[skill] = row
    rows = np.flatnonzero(corpus.scored)
    return Exercises(
        context=contexts,
        row=rows,
        before=before[rows],
        age=age[rows],
        begin=corpus.begins[learner_at[rows]],
        local=corpus.local[rows],
        correct=corpus.correct[rows],
        teacher=1 / (1 + np.exp(-logits[rows].astype(np.float64))),
        skill=skill_at[rows],
        learner=learner_at[rows],
        truth=None if truth is None else truth[rows],
    )


def shared_net(teacher: TeacherModel, settings: PredictConfig) -> PredictNet:
    """A network that says exactly what the teacher says."""
    net = PredictNet(settings)
    with torch.no_grad():
        net.local_mean.copy_(teacher.local_mean)
        net.local_gain.copy_(teacher.local_gain)
        for column in (CONTEXT_GIVEN, CONTEXT_AGE):  # of which teachers know nothing, as their context is always fresh
            net.local_mean[column], net.local_gain[column] = 0.0, 1.0
        weights = torch.cat([teacher.to_logit.weight, teacher.from_record.weight], 1)
        weights[0, teacher.config.width + CONTEXT_GIVEN] = weights[0, teacher.config.width + CONTEXT_AGE] = 0
        net.offset.weight.copy_(weights)
        net.offset.bias.copy_(teacher.to_logit.bias + teacher.from_record.bias)
    return net


def fit_shared(
    net: PredictNet, data: Exercises, *, steps: int, rate: float, distillation: float, seed: int, batch: int = 512
) -> Iterator[float]:
    """Learn from outcomes and, by the share `distillation`, from the teacher's word. Yields each step's loss."""
    rng = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, max(steps, 20), pct_start=0.1)
    target = (1 - distillation) * data.correct + distillation * data.teacher.astype(np.float32)
    net.train()
    for _ in range(steps):
        losses = []
        for state, share in zip(STATES, SHARES, strict=True):
            which = rng.integers(len(data.correct), size=max(1, round(share * batch)))
            phi, offset, log_sd = net(*data.given(state, which))
            logit = offset + phi @ net.last
            losses.append(binary_cross_entropy_with_logits(logit, torch.from_numpy(target[which]), reduction="sum"))
            if data.truth is not None:
                losses.append(0.1 * spread_loss(log_sd, logit, torch.from_numpy(data.truth[which])).sum())
        loss = torch.stack(losses).sum() / batch
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        yield float(loss.detach())
    net.eval()


def fit_skill(phi: Floats, offset: Floats, correct: Floats, prior: Floats, variance: float, rounds: int = 25) -> Floats:
    """The last layer that a skill's answers make most likely: argmax of sum log p(y) - |w - prior|^2 / (2 variance).

    Args:
        phi: (n, K); offset, correct: (n,).
        prior: (K,) the shared last layer, which comes back exactly where there are no answers.
        variance: how far skills differ from it, squared logits; 0 = not at all.
    """
    if not len(phi) or not variance:
        return prior
    w = prior.copy()
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(offset + phi @ w, -30, 30)))
        slope = phi.T @ (correct - p) - (w - prior) / variance
        curvature = (phi * (p * (1 - p))[:, None]).T @ phi + np.eye(len(w)) / variance
        step = np.linalg.solve(curvature, slope)
        w += step * min(1.0, 2.0 / (np.abs(step).max() + 1e-12))  # a wild step is held back
        if np.abs(step).max() < 1e-8:
            break
    return w


@dataclass(frozen=True)
class StudentConfig:
    """One setting for every data set.

    Attributes:
        steps, rate: of the shared network's training, and its peak learning rate.
        distillation: the share of the teacher's word (against the real outcome) in a student's target.
        hidden, features: of the network; K features.
        skill_variances, prior_variances: what is tried for either, see the head of the file.
    """

    steps: int = 2000
    rate: float = 1e-3
    distillation: float = 0.3
    hidden: int = 32
    features: int = 6
    skill_variances: tuple[float, ...] = (0.0, 0.03, 0.1, 0.3, 1.0)
    prior_variances: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1)


@dataclass(frozen=True, eq=False)
class Body:
    """All students of a course, before they go their own ways.

    Attributes:
        net: the shared network.
        last: (S, K) each skill's last layer; skills without data have the shared one.
        settings: of every student.
        skill_variance: how far skills were found to differ.
    """

    net: PredictNet
    last: Floats
    settings: PredictConfig
    skill_variance: float

    def students(
        self, skills: Sequence[str], teacher: str, only: Sequence[int] | None = None
    ) -> dict[str, PredictStudent]:
        """One student per skill (of those in `only`), by name."""
        found = {}
        for number in range(len(skills)) if only is None else only:
            net = PredictNet(self.settings)
            net.load_state_dict(self.net.state_dict())
            with torch.no_grad():
                net.last.copy_(torch.from_numpy(self.last[number]))
            found[skills[number]] = PredictStudent(net, self.settings, skill=skills[number], teacher=teacher)
        return found

    @torch.inference_mode()
    def look(self, data: Exercises, state: str) -> tuple[Floats, Floats, Floats]:
        """Features (n, K), offsets (n,) and noises (n,) of exercises in one state of the context."""
        parts = [
            self.net(*data.given(state, np.arange(begin, min(begin + 8192, len(data.correct)))))
            for begin in range(0, len(data.correct), 8192)
        ]
        phi, offset, log_sd = (torch.cat(columns).numpy().astype(np.float64) for columns in zip(*parts, strict=True))
        return phi, offset, self.settings.noise_scale * np.exp(2 * np.clip(log_sd, -5, 2))


def train_students(
    teacher: TeacherModel, train: Exercises, valid: Exercises, skills: int, config: StudentConfig, seed: int
) -> Body:
    """Students for S skills. `valid` has the same skills, and other learners; it chooses the two variances."""
    torch.manual_seed(seed)
    settings = PredictConfig(context_width=teacher.config.width, hidden=config.hidden, features=config.features)
    net = shared_net(teacher, settings)
    for _loss in fit_shared(
        net, train, steps=config.steps, rate=config.rate, distillation=config.distillation, seed=seed
    ):
        pass
    shared = net.last.detach().numpy().astype(np.float64)
    body = Body(net, np.tile(shared, (skills, 1)), settings, 0.0)
    body = with_skills(body, train, valid, skills, config.skill_variances)
    return with_learners(body, valid, config.prior_variances)


def with_skills(body: Body, train: Exercises, valid: Exercises, skills: int, variances: Sequence[float]) -> Body:
    """Fit each skill's last layer, with the variance between skills that predicts other learners best."""
    phi, offset, _ = body.look(train, "fresh")
    phi_valid, offset_valid, _ = body.look(valid, "fresh")
    shared = body.net.last.detach().numpy().astype(np.float64)
    order = np.argsort(train.skill, kind="stable")
    bounds = np.searchsorted(train.skill[order], np.arange(skills + 1))
    best, best_loss = body, np.inf
    for variance in variances:
        last = np.tile(shared, (skills, 1))
        for skill in range(skills):
            rows = order[bounds[skill] : bounds[skill + 1]]
            last[skill] = fit_skill(phi[rows], offset[rows], train.correct[rows].astype(np.float64), shared, variance)
        logit = offset_valid + (phi_valid * last[valid.skill]).sum(1)
        loss = float(np.mean(np.logaddexp(0, logit) - valid.correct * logit))
        if loss < best_loss:
            best, best_loss = replace(body, last=last, skill_variance=variance), loss
    return best


def with_learners(body: Body, valid: Exercises, variances: Sequence[float]) -> Body:
    """Choose how freely a last layer follows one learner: the variance that predicts best with stale contexts, which is
    where the fast update has work to do, so long as it does no harm with fresh ones."""
    seen = {state: body.look(valid, state) for state in ("fresh", "stale")}
    losses = {}
    for variance in variances:
        trial = replace(body, settings=replace(body.settings, prior_variance=variance))
        losses[variance] = sum(log_loss_of(trial, valid, *seen[state]) for state in seen)
    best = min(losses, key=losses.__getitem__)
    return replace(body, settings=replace(body.settings, prior_variance=best))


def log_loss_of(body: Body, data: Exercises, phi: Floats, offset: Floats, noise: Floats) -> float:
    p = follow(body, data, phi, offset, noise)
    return float(-np.mean(np.where(data.correct > 0, np.log(p), np.log1p(-p))))


def follow(body: Body, data: Exercises, phi: Floats, offset: Floats, noise: Floats, *, fast: bool = True) -> Floats:
    """(n,) what the students say of each exercise, learning from each learner's answers on the way.

    With `fast` off, or a prior variance of 0, they stay what they were for everybody.
    """
    if not fast or not body.settings.prior_variance:
        return 1 / (1 + np.exp(-np.clip(offset + (phi * body.last[data.skill]).sum(1), -30, 30)))
    start = body.settings.prior_variance * np.eye(body.settings.features)
    said = np.empty(len(offset))
    layers: dict[int, FastLayer] = {}
    learner = -1
    for i, (who, skill) in enumerate(zip(data.learner.tolist(), data.skill.tolist(), strict=True)):
        if who != learner:
            learner, layers = who, {}
        layer = layers.get(skill)
        if layer is None:
            layer = FastLayer(body.last[skill], start)
        said[i], _ = layer.predict(phi[i], offset[i])
        layers[skill] = layer.after(phi[i], offset[i], bool(data.correct[i]), float(noise[i]))
    return np.clip(said, 1e-6, 1 - 1e-6)
