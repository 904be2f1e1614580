"""Train a teacher on logs: `python -m models_core.train_teacher --train A.jsonl ... --valid V.jsonl --out DIR`.

Letters: B stretches of logs, T rows of one, R rows of a corpus, G and F features.

The teacher learns to say what comes next: log loss of unaided attempts, asked as they came. A corpus is cut into
stretches of at most `stretch` rows; what lies before a stretch is not attended to in training but is in the record.
Rows are made from statistics of others who are not in the learner's own fold: difficulty never leaks an outcome.
Weights are averaged along the way (Polyak & Juditsky 1992), and the averages of the best epoch on the validation
learners are kept.
"""

import argparse
import math
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from models_core import metrics
from models_core.artifacts import save_teacher
from models_core.commands import logs_by_name, out_folder, positive, width
from models_core.corpus import Corpus, corpus_of, out_of_fold, padded, thinned
from models_core.curriculum import Curriculum, CurriculumError
from models_core.events import NOTE_COLUMNS
from models_core.logistic import LogisticRegression
from models_core.logs import LearnerLog, LogFileError, curriculum_of, log_events, refuse_shared_learners
from models_core.record import as_typical
from models_core.teacher import Batch, Content, Probe, TeacherConfig, TeacherModel

console = Console(stderr=True)
Thing = TypeVar("Thing")

JUDGED = 10  # how often, at most, a training looks at the validation learners
CONSTANT = 1e-3  # a feature that varies less is as good as constant


@dataclass(frozen=True)
class TrainConfig:
    """One setting for every data set.

    Attributes:
        width, heads, layers, dropout: of the teacher; `hidden` is twice the width.
        window: how many events back it may attend.
        names: whether skills and steps get vectors of their own; without, the teacher is for courses never seen.
        step_tries: how often a step must have been tried to get one.
        forget_skill, forget_step: share of rows whose skill or step is treated as unknown in training.
        forget_event: share of events that attention cannot see in training.
        probes: moments of a stretch at which the teacher is also asked about a typical step.
        stretch: T, rows of a log that are learned from together.
        batch_rows: rows per step, padding included.
        epochs: passes over the data; fewer when they would be more than `most_rows` rows in all, and more when they
            would be less than `fewest_steps` steps.
        learning_rate: peak; it warms up over `warm_up` steps and falls along a cosine.
        decay: weight decay; `name_decay` that of the vectors of skills and steps.
        average: how much of the running average of the weights a step keeps.
    """

    width: int = 96
    heads: int = 4
    layers: int = 2
    dropout: float = 0.3
    window: int = 200
    names: bool = True
    step_tries: int = 50
    forget_skill: float = 0.2
    forget_step: float = 0.3
    forget_event: float = 0.15
    probes: int = 16
    stretch: int = 200
    batch_rows: int = 800
    epochs: int = 9
    most_rows: int = 4_000_000
    fewest_steps: int = 500
    learning_rate: float = 1e-3
    warm_up: int = 100
    decay: float = 0.02
    name_decay: float = 0.2
    average: float = 0.998


@dataclass(frozen=True, eq=False)
class Lesson:
    """A corpus to learn from, and what else is known about its R rows.

    Attributes:
        corpus: the rows.
        notes: (R, len(NOTE_COLUMNS)) float32, what a student said before each row, where one did.
        truth: (R,) float32, the true P(correct unaided), of simulated learners; teaches how far off a forecast may be.
        typical: (R,) float32, the same for a typical step of the row's main skill.
    """

    corpus: Corpus
    notes: NDArray[np.float32] | None = None
    truth: NDArray[np.float32] | None = None
    typical: NDArray[np.float32] | None = None


def train_teacher(
    lessons: Sequence[Lesson],
    valid: Sequence[Corpus],
    config: TrainConfig,
    seed: int,
    say: Callable[[str], None] = console.print,
) -> TeacherModel:
    """Train on one or more corpora; the epoch that predicts the validation learners best is kept.

    The same seed gives the same teacher.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    shape = TeacherConfig(
        width=config.width,
        heads=config.heads,
        layers=config.layers,
        hidden=2 * config.width,
        window=config.window,
        skills=known_skills(lessons) if config.names else (),
        steps=known_steps(lessons, config.step_tries) if config.names else (),
        dropout=config.dropout,
    )
    teacher = TeacherModel(shape)
    begin_with_counting(teacher, [lesson.corpus for lesson in lessons])
    ignore_unseen(teacher, lessons)
    contents = [Content.of(lesson.corpus.curriculum, shape) for lesson in lessons]
    stretches = [stretches_of(lesson.corpus, config.stretch) for lesson in lessons]
    rows = sum(len(lesson.corpus.asked) for lesson in lessons)
    epochs = max(1, min(config.epochs, round(config.most_rows / rows)))
    epochs = max(epochs, math.ceil(config.fewest_steps / len(epoch_of(stretches, config.batch_rows, rng))))
    plan = [epoch_of(stretches, config.batch_rows, rng) for _ in range(epochs)]
    steps = sum(map(len, plan))
    names = {"skill_ids.weight": teacher.skill_ids.weight, "step_ids.weight": teacher.step_ids.weight}
    others = [parameter for name, parameter in teacher.named_parameters() if name not in names]
    optimiser = torch.optim.AdamW(
        [
            {"params": others, "weight_decay": config.decay},
            {"params": list(names.values()), "weight_decay": config.name_decay},
        ],
        lr=config.learning_rate,
    )
    average = Average(teacher, config.average)
    best, best_loss, step = average.model().state_dict(), math.inf, 0
    for epoch, batches in enumerate(plan):
        teacher.train()
        for which, parts in shown(batches, f"teacher, epoch {epoch + 1} of {epochs}"):
            for group in optimiser.param_groups:
                group["lr"] = config.learning_rate * pace(step, steps, config.warm_up)
            loss = lesson_loss(teacher, contents[which], lessons[which], parts, config)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimiser.step()
            average.update(teacher)
            step += 1
        if (epoch + 1) * JUDGED // epochs == epoch * JUDGED // epochs:
            continue
        kept = average.model()
        loss_now, auc_now = judged(kept, valid)
        say(f"  epoch {epoch + 1}/{epochs}: validation log loss {loss_now:.4f}, AUC {auc_now:.4f}")
        if loss_now < best_loss:
            best, best_loss = kept.state_dict(), loss_now
    frozen = TeacherModel(replace(shape, dropout=0.0))
    frozen.load_state_dict(best)
    return frozen.eval().requires_grad_(False)


def judged(teacher: TeacherModel, valid: Sequence[Corpus]) -> tuple[float, float]:
    """Log loss and AUC on validation learners, the mean over corpora."""
    found = []
    for corpus in valid:
        y, p = corpus.correct[corpus.scored], predict(teacher, corpus)[corpus.scored]
        found.append((metrics.log_loss(y, p), metrics.auc(y, p)))
    loss, auc = np.mean(found, axis=0)
    return float(loss), float(auc)


def lesson_loss(
    teacher: TeacherModel, content: Content, lesson: Lesson, parts: Sequence[slice], config: TrainConfig
) -> Tensor:
    """Log loss of the unaided attempts in some stretches, asked as the steps that came and, at a few moments, as
    typical steps of their skills; where the truth is known, a little of the spread's loss too."""
    corpus = lesson.corpus
    batch = corpus.batch(content, parts)
    y, scored = _padded(corpus.correct, parts), _padded(corpus.scored, parts)
    if lesson.notes is not None:  # a third of the learners have no notes, a third some, a third all
        noted = torch.rand(scored.shape) < torch.randint(0, 3, (len(parts), 1)) / 2
        notes = _padded(lesson.notes, parts) * noted[..., None]
        batch = replace(batch, happened=torch.cat([batch.happened[..., : NOTE_COLUMNS.start], notes], -1))
    batch = replace(
        batch,
        known_skill=torch.rand(batch.asked.shape) >= config.forget_skill,
        known_step=torch.rand(batch.asked.shape) >= config.forget_step,
        forgotten=torch.rand(batch.asked.shape) < config.forget_event,
    )
    size = batch.asked.shape[1]
    moments = torch.randperm(size)[: config.probes]
    reading, probed = teacher(batch, probe_of(batch, moments))
    loss = binary_cross_entropy_with_logits(reading.logit[scored], y[scored])
    asked = scored[:, moments]
    if asked.any():
        loss = loss + 0.25 * binary_cross_entropy_with_logits(probed.logit[asked], y[:, moments][asked])
    if lesson.truth is not None and lesson.typical is not None:
        truth, typical = _padded(lesson.truth, parts), _padded(lesson.typical, parts)
        loss = loss + 0.1 * spread_loss(reading.log_sd, reading.logit, truth)[scored].mean()
        if asked.any():
            loss = loss + 0.1 * spread_loss(probed.log_sd, probed.logit, typical[:, moments])[asked].mean()
    return loss


def probe_of(batch: Batch, moments: Tensor) -> Probe:
    """A typical step of the main skill of what was asked, at these moments (n,)."""
    local = torch.from_numpy(as_typical(batch.local[:, moments].numpy()))
    return Probe(batch.content.main_skill[batch.asked[:, moments]], local, moments)


def spread_loss(log_sd: Tensor, logit: Tensor, truth: Tensor) -> Tensor:
    """Gaussian negative log-likelihood of the true log-odds: how far off a forecast may be. All of one shape."""
    log_sd = log_sd.clamp(-5, 2)
    miss = torch.logit(truth, eps=0.02) - logit.detach()
    return log_sd + 0.5 * miss**2 * torch.exp(-2 * log_sd)


def known_skills(lessons: Sequence[Lesson]) -> tuple[str, ...]:
    """The skills that anybody was asked about."""
    found: dict[str, None] = {}
    for lesson in lessons:
        tried = lesson.corpus.statistics().skill_tried
        found |= dict.fromkeys(name for name, n in zip(lesson.corpus.curriculum.skills, tried, strict=True) if n)
    return tuple(found)


def known_steps(lessons: Sequence[Lesson], tries: int) -> tuple[str, ...]:
    """The steps that were tried often enough to be known by name; a step that is all of its skill is known by that."""
    found: dict[str, None] = {}
    for lesson in lessons:
        curriculum, tried = lesson.corpus.curriculum, lesson.corpus.statistics().tried
        alone = np.bincount(curriculum.main_skills, minlength=len(curriculum.skills)) == 1
        for step, name in enumerate(curriculum.steps):
            if tried[step] >= tries and not alone[curriculum.main_skills[step]]:
                found[name] = None
    return tuple(found)


class Average:
    """A running average of a teacher's weights, hardly held back at first."""

    def __init__(self, teacher: TeacherModel, keep: float) -> None:
        self._keep, self._steps = keep, 0
        self._config = teacher.config
        self._weights = {name: tensor.detach().clone() for name, tensor in teacher.state_dict().items()}

    @torch.no_grad()
    def update(self, teacher: TeacherModel) -> None:
        self._steps += 1
        keep = min(self._keep, (self._steps + 1) / (self._steps + 10))
        for name, tensor in teacher.state_dict().items():
            self._weights[name].lerp_(tensor, 1 - keep)

    def model(self) -> TeacherModel:
        """A teacher with the average as it is now."""
        teacher = TeacherModel(replace(self._config, dropout=0.0))
        teacher.load_state_dict({name: tensor.clone() for name, tensor in self._weights.items()})
        return teacher.eval()


def pace(step: int, steps: int, warm_up: int) -> float:
    """The learning rate's share of its peak."""
    return min(1.0, (step + 1) / warm_up) * max(0.02, 0.5 + 0.5 * math.cos(math.pi * step / steps))


def begin_with_counting(teacher: TeacherModel, corpora: Sequence[Corpus]) -> None:
    """Tell the teacher what records usually say, and let it begin where logistic regression on them gets; attention
    learns the rest. A feature that never varies is left out: training says nothing about it."""
    kept = [corpus.scored for corpus in corpora]
    rows = np.concatenate([corpus.local[scored] for corpus, scored in zip(corpora, kept, strict=True)])
    fitted = LogisticRegression.fit(
        rows, np.concatenate([corpus.correct[scored] for corpus, scored in zip(corpora, kept, strict=True)])
    )
    spread = rows.std(0, dtype=np.float64)
    varies = spread > CONSTANT
    with torch.no_grad():
        teacher.local_mean.copy_(torch.from_numpy(rows.mean(0, dtype=np.float64)))
        teacher.local_gain.copy_(torch.from_numpy(varies / np.where(varies, spread, 1.0)))
        teacher.from_record.weight.copy_(torch.from_numpy(fitted.weights * varies)[None])
        teacher.from_record.bias.fill_(fitted.intercept)
        teacher.to_logit.weight.zero_()
        teacher.to_logit.bias.zero_()


def ignore_unseen(teacher: TeacherModel, lessons: Sequence[Lesson]) -> None:
    """What no event of the training has (notes, times, hints of some logs) must say nothing, not something random."""
    seen = np.zeros(teacher.config.happened_width, bool)
    for lesson in lessons:
        seen |= lesson.corpus.happened.any(0)
        if lesson.notes is not None:
            seen[NOTE_COLUMNS] |= lesson.notes.any(0)
    entry = teacher.happened[0]
    assert isinstance(entry, nn.Linear)
    with torch.no_grad():
        entry.weight[:, torch.from_numpy(~seen)] = 0


def stretches_of(corpus: Corpus, most: int) -> list[slice]:
    """The learners' rows, cut into pieces of at most `most`."""
    found = []
    for learner in range(corpus.learners):
        rows = corpus.rows(learner)
        found += [slice(begin, min(begin + most, rows.stop)) for begin in range(rows.start, rows.stop, most)]
    return found


def epoch_of(
    stretches: Sequence[Sequence[slice]], batch_rows: int, rng: np.random.Generator
) -> list[tuple[int, list[slice]]]:
    """Every stretch once: (which corpus, about equally long stretches that fill a batch), in random order."""
    batches = []
    for which, parts in enumerate(stretches):
        length = np.array([part.stop - part.start for part in parts])
        order = np.argsort(length * rng.uniform(0.9, 1.1, len(parts)), kind="stable")
        batch: list[slice] = []
        longest = 0
        for place in order:
            longest = max(longest, int(length[place]))
            if batch and longest * (len(batch) + 1) > batch_rows:
                batches.append((which, batch))
                batch, longest = [], int(length[place])
            batch.append(parts[place])
        batches.append((which, batch))
    return [batches[place] for place in rng.permutation(len(batches))]


@torch.inference_mode()
def read(
    teacher: TeacherModel, corpus: Corpus, happened: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the teacher says before each row, each learner's whole past read at once: logits (R,), contexts (R, D)."""
    content = Content.of(corpus.curriculum, teacher.config)
    logits = np.empty(len(corpus.asked), np.float32)
    contexts = np.empty((len(corpus.asked), teacher.config.width), np.float32)
    if happened is not None:
        corpus = replace(corpus, happened=happened)
    length = np.diff(corpus.begins)
    batch: list[slice] = []
    order = np.argsort(length, kind="stable")
    for place, learner in enumerate(order):
        batch.append(corpus.rows(int(learner)))
        size = int(length[learner])
        following = int(length[order[place + 1]]) if place + 1 < len(order) else size
        if place + 1 == len(order) or following * (len(batch) + 1) > 8192:
            reading, _ = teacher(corpus.batch(content, batch))
            for i, part in enumerate(batch):
                logits[part] = reading.logit[i, : part.stop - part.start]
                contexts[part] = reading.context[i, : part.stop - part.start]
            batch = []
    return logits, contexts


def predict(teacher: TeacherModel, corpus: Corpus) -> NDArray[np.float64]:
    """(R,) the teacher's probability of each row, before it."""
    return 1 / (1 + np.exp(-read(teacher, corpus)[0].astype(np.float64)))


def _padded(values: NDArray[Any], parts: Sequence[slice]) -> Tensor:
    return padded([values[part] for part in parts], 0)


def shown(things: Sequence[Thing], label: str) -> Iterator[Thing]:
    """The things, with a progress bar where somebody watches."""
    yield from track(things, label, console=console, transient=True, disable=not console.is_terminal)


# Lessons for courses never seen ---------------------------------------------------------------------------------------

POPULATIONS = (0, 0, 3, 10, 30, 100, 300, 1000)  # learners who tell how hard the steps are


def for_any_course(
    logs: Sequence[LearnerLog], course: str, rows: int, times: int, rng: np.random.Generator
) -> list[Corpus]:
    """The same learners `times` times over, each time told by populations of other sizes; at most `rows` rows a time.

    So a teacher learns how far to trust what others did, from a course that opens today to one that is well known.
    """
    curriculum = curriculum_of(logs, course=course)
    found = []
    for _ in range(times):
        chosen, size = [], 0
        for learner in rng.permutation(len(logs)):
            if size < rows:
                chosen.append(log_events(logs[learner]))
                size += len(logs[learner])
        plain = corpus_of(curriculum, chosen, None, lambda those: shown(those, f"reading {course}"))
        found.append(
            corpus_of(
                curriculum, chosen, thinned(plain, POPULATIONS, rng), lambda those: shown(those, f"thinning {course}")
            )
        )
    return found


# The command ----------------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.train_teacher", description=__doc__)
    parser.add_argument(
        "--train",
        type=Path,
        nargs="+",
        required=True,
        help="logs to learn from; of one course, its skills and steps are known by name",
    )
    parser.add_argument("--valid", type=Path, nargs="+", required=True, help="logs to choose the best epoch by")
    parser.add_argument("--out", type=out_folder, required=True, help="folder of the artifact")
    parser.add_argument("--any-course", action="store_true", help="no names: for courses that it has never seen")
    parser.add_argument("--rows", type=positive, default=170_000, help="most rows of one file, with --any-course")
    parser.add_argument("--times", type=positive, default=2, help="how often over they are read, with --any-course")
    parser.add_argument("--licence", default="", help="terms of the data, for the card")
    parser.add_argument("--epochs", type=positive, default=TrainConfig.epochs)
    parser.add_argument("--width", type=width, default=TrainConfig.width)
    parser.add_argument("--most-rows", type=positive, default=TrainConfig.most_rows, help="rows to learn from in all")
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    command = "python -m models_core.train_teacher " + shlex.join(sys.argv[1:] if arguments is None else arguments)
    one_course = len(options.train) == 1 and not options.any_course  # the same id means another thing in another course
    config = TrainConfig(epochs=options.epochs, width=options.width, most_rows=options.most_rows, names=one_course)
    console.print(f"{config}\nseed {options.seed}, torch {torch.__version__}, {options.threads} thread(s)")
    began = time.monotonic()
    try:
        logs, held = logs_by_name(options.train), logs_by_name(options.valid)
        belongs = {name: home_of(name, list(logs)) for name in held}
        for name, home in belongs.items():
            if home is not None:
                refuse_shared_learners({home: logs[home], name: held[name]})
        for name, learners in (logs | held).items():
            if not any(not event.aided for log in learners for event in log_events(log)):
                raise LogFileError(f"{name} holds no answer without hints: there is nothing to learn from.")
        rng = np.random.default_rng(options.seed)
        if options.any_course:
            lessons = [
                each
                for name, those in logs.items()
                for each in for_any_course(those, name, options.rows, options.times, rng)
            ]
            valid = [each for name, those in held.items() for each in for_any_course(those, name, 20_000, 1, rng)]
        else:
            lessons, valid = [], []
            for name, those in logs.items():
                same = [held[other] for other, home in belongs.items() if home == name]
                curriculum = curriculum_of([*those, *(log for learners in same for log in learners)], course=name)
                lessons.append(told_by_others(curriculum, those))
                everybody = lessons[-1].statistics()
                valid += [corpus_of(curriculum, [log_events(log) for log in learners], everybody) for learners in same]
            strangers = [held[name] for name, home in belongs.items() if home is None]
            valid += [told_by_others(curriculum_of(those, course="another course"), those) for those in strangers]
    except (LogFileError, CurriculumError) as error:
        print(f"Not trained. {error}", file=sys.stderr)
        return 1
    console.print(f"{sum(len(corpus.asked) for corpus in lessons):,} rows read, {time.monotonic() - began:.0f} s")
    teacher = train_teacher([Lesson(corpus) for corpus in lessons], valid, config, options.seed)
    loss, auc = judged(teacher, valid)
    metrics_found = {"validation": {"log_loss": loss, "auc": auc}, "config": asdict(config), "seed": options.seed}
    save_teacher(
        teacher, options.out, metrics=metrics_found, card=card(command, teacher, metrics_found, logs, options.licence)
    )
    console.print(f"written to {options.out}, {time.monotonic() - began:.0f} s")
    return 0


def home_of(name: str, courses: Sequence[str]) -> str | None:
    """The training file of whose course a validation file is: the only one, or the one of its name; None = of none."""
    if len(courses) == 1:
        return courses[0]
    return next((course for course in courses if course_of(course) == course_of(name)), None)


def told_by_others(curriculum: Curriculum, logs: Sequence[LearnerLog]) -> Corpus:
    """A corpus in which learners of the other folds tell how hard the steps are."""
    events = [log_events(log) for log in logs]
    return corpus_of(curriculum, events, out_of_fold(corpus_of(curriculum, events, None)))


def course_of(name: str) -> str:
    """What a file's name says before _train, _valid or _test: its course."""
    return name.rsplit("_", 1)[0]


def card(
    command: str, teacher: TeacherModel, found: dict[str, Any], logs: dict[str, list[LearnerLog]], licence: str
) -> str:
    """A model card: what it is, how it was made, what it is not."""
    count = sum(p.numel() for p in teacher.parameters())
    about = (
        "It knows no skill or step by name and serves any course."
        if not teacher.config.skills
        else (f"It knows {len(teacher.config.skills)} skills and {len(teacher.config.steps)} steps by name.")
    )
    data = [f"- {name}: {len(those):,} learners, {sum(map(len, those)):,} rows" for name, those in logs.items()]
    return "\n".join(
        [
            "# Teacher",
            "",
            f"Reads a learner's whole history and says what to expect next. {about} {count:,} parameters.",
            "",
            f"Made by `{command}`",
            "",
            "## Data",
            *data,
            "",
            licence or "Terms of the data: not stated.",
            "",
            "## Scores on validation learners",
            f"Log loss {found['validation']['log_loss']:.4f}, AUC {found['validation']['auc']:.4f}.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
