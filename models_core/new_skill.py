"""How soon does a new skill get a good student? `python -m models_core.new_skill --train A --valid V --test T ...`

Letters: R rows of a corpus, n learners who have practised the new skill, K features of a last layer.

Some skills are kept out of the training of teacher and students altogether: their rows are taken out of the training
and validation logs. Then they are added, one last layer each, with the answers of 0, 3, 10, 30 and 100 learners, and
judged on the test learners, beside BKT fitted on *all* training learners of these skills. Nothing else is trained
again.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from models_core import metrics
from models_core.bkt import BKT
from models_core.commands import add_split_options, add_training_options, out_folder, positive
from models_core.corpus import Corpus, corpus_of, out_of_fold
from models_core.curriculum import Curriculum, CurriculumError
from models_core.events import Attempt
from models_core.item_statistics import ItemStatistics
from models_core.logs import LogFileError, curriculum_of, log_events, read_logs, refuse_shared_learners
from models_core.teacher import TeacherModel
from models_core.train_students import Body, Exercises, StudentConfig, exercises, fit_skill, follow, train_students
from models_core.train_teacher import Lesson, TrainConfig, console, read, shown, train_teacher

LEARNERS = (0, 3, 10, 30, 100)
ENOUGH_LEARNERS, ENOUGH_ROWS = 150, 200  # of a skill, in training and in the test, to be one of those kept out

Logs = Sequence[Sequence[Attempt]]


@dataclass(frozen=True, eq=False)
class Trained:
    """Models that have never met the skills that were kept out, and what all others say about the steps."""

    teacher: TeacherModel
    body: Body
    known: ItemStatistics


def chosen_skills(curriculum: Curriculum, train: Logs, test: Logs, count: int) -> list[int]:
    """Skills to keep out, from rare to frequent among those with enough learners and rows to judge by.

    Raises LogFileError when there are not so many.
    """
    learners, rows = np.zeros(len(curriculum.skills), np.int64), np.zeros(len(curriculum.skills), np.int64)
    for log in train:
        learners[list({skill_of(curriculum, event) for event in log})] += 1
    for log in test:
        np.add.at(rows, [skill_of(curriculum, event) for event in log], 1)
    fit = np.flatnonzero((learners >= ENOUGH_LEARNERS) & (rows >= ENOUGH_ROWS))
    if len(fit) < count:
        raise LogFileError(f"Only {len(fit)} skills have enough data to be kept out, not {count}.")
    by_size = fit[np.argsort(learners[fit], kind="stable")]
    return by_size[np.linspace(0, len(by_size) - 1, count).round().astype(int)].tolist()


def skill_of(curriculum: Curriculum, event: Attempt) -> int:
    """The main skill of an attempt."""
    return curriculum.main_skills[curriculum.step_index(event.step)]


def without(curriculum: Curriculum, logs: Logs, skills: set[int]) -> list[list[Attempt]]:
    """The logs without these skills' rows; learners of whom nothing is left are left out."""
    kept = ([event for event in log if skill_of(curriculum, event) not in skills] for log in logs)
    return [log for log in kept if log]


def train_without(
    curriculum: Curriculum, train: Logs, valid: Logs, config: TrainConfig, students: StudentConfig, seed: int
) -> Trained:
    """Teacher and students, from logs that do not hold the skills."""
    plain = corpus_of(curriculum, train, None)
    known = plain.statistics()
    lessons = corpus_of(curriculum, train, out_of_fold(plain), lambda rows: shown(rows, "reading the training logs"))
    held = corpus_of(curriculum, valid, known, lambda rows: shown(rows, "reading the validation logs"))
    teacher = train_teacher([Lesson(lessons)], [held], config, seed)
    mine, theirs = (exercises(corpus, *read(teacher, corpus)) for corpus in (lessons, held))
    return Trained(teacher, train_students(teacher, mine, theirs, len(curriculum.skills), students, seed), known)


def added(
    trained: Trained, curriculum: Curriculum, train: Logs, skills: Sequence[int], n: int, seed: int
) -> tuple[Body, ItemStatistics]:
    """The students with a last layer for each new skill, and the statistics with the new skills' steps in them: from
    the answers of the first n of the training learners, in random order, who practised the skill."""
    rng = np.random.default_rng(seed)
    people: dict[int, list[int]] = {skill: [] for skill in skills}
    for learner in rng.permutation(len(train)):
        for skill in {skill_of(curriculum, event) for event in train[learner]} & people.keys():
            people[skill].append(int(learner))
    told, last = trained.known, trained.body.last.copy()
    for skill in skills:
        chosen = people[skill][:n]
        if not chosen:
            continue
        logs = [train[learner] for learner in chosen]
        mine = _of_skill(corpus_of(curriculum, logs, None), skill)
        told = _together(told, mine.statistics())
        folds = [_together(trained.known, each) for each in out_of_fold(mine)]
        corpus = corpus_of(curriculum, logs, folds)
        data = exercises(corpus, *read(trained.teacher, corpus))
        rows = np.flatnonzero(data.skill == skill)
        phi, offset, _ = trained.body.look(data, "fresh")
        # with no variance between skills found worth while, a new one may still differ a little
        variance = max(trained.body.skill_variance, 0.03)
        last[skill] = fit_skill(phi[rows], offset[rows], data.correct[rows].astype(float), last[skill], variance)
    return replace(trained.body, last=last), told


def _of_skill(corpus: Corpus, skill: int) -> Corpus:
    """The corpus with only the rows of one skill scored."""
    main = np.array(corpus.curriculum.main_skills)[corpus.asked]
    return replace(corpus, scored=corpus.scored & (main == skill))


def _together(one: ItemStatistics, other: ItemStatistics) -> ItemStatistics:
    return replace(one, tried=one.tried + other.tried, right=one.right + other.right)


def score(data: Exercises, said: NDArray[np.float64], skills: Sequence[int]) -> dict[str, float]:
    """Pooled AUC over the new skills' rows, the mean of the AUCs of each, and log loss."""
    rows = np.isin(data.skill, skills)
    each = [metrics.auc(data.correct[mine], said[mine]) for skill in skills if (mine := data.skill == skill).any()]
    return {
        "auc": round(metrics.auc(data.correct[rows], said[rows]), 4),
        "auc_by_skill": round(float(np.nanmean(each)), 4),
        "log_loss": round(metrics.log_loss(data.correct[rows], said[rows]), 4),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.new_skill", description=__doc__)
    add_split_options(parser)
    parser.add_argument("--out", type=out_folder, required=True)
    parser.add_argument("--skills", type=positive, default=12, help="how many are kept out")
    add_training_options(
        parser, epochs=TrainConfig.epochs, width_of=TrainConfig.width, student_steps=StudentConfig.steps
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    command = "python -m models_core.new_skill " + shlex.join(sys.argv[1:] if arguments is None else arguments)
    try:
        logs = {name: read_logs(getattr(options, name)) for name in ("train", "valid", "test")}
        refuse_shared_learners(logs)
        curriculum = curriculum_of([log for split in logs.values() for log in split], course=options.train.stem)
        train, valid, test = ([log_events(log) for log in split] for split in logs.values())
        skills = chosen_skills(curriculum, train, test, options.skills)
    except (LogFileError, CurriculumError) as error:
        print(f"Not measured. {error}", file=sys.stderr)
        return 1
    config = TrainConfig(epochs=options.epochs, width=options.width)
    console.print(f"kept out: {[curriculum.skills[skill] for skill in skills]}\n{config}\nseed {options.seed}")
    rest, held = (without(curriculum, split, set(skills)) for split in (train, valid))
    trained = train_without(curriculum, rest, held, config, StudentConfig(steps=options.student_steps), options.seed)
    found: dict[str, dict[str, float]] = {}
    for n in LEARNERS:
        body, told = added(trained, curriculum, train, skills, n, options.seed)
        corpus = corpus_of(curriculum, test, told, lambda rows: shown(rows, "reading the test logs"))
        data = exercises(corpus, *read(trained.teacher, corpus))
        said = follow(body, data, *body.look(data, "fresh"))
        found[f"student, {n} learners"] = score(data, said, skills)
        found[f"teacher alone, {n} learners"] = score(data, data.teacher, skills)
    everybody = corpus_of(curriculum, train, None)
    fitted = BKT.fit(everybody.practice())
    traced = np.concatenate([fitted.predict(practice) for practice in corpus.practice()])
    found["BKT, all learners"] = score(data, traced, skills)
    for name, row in found.items():
        console.print(f"{name:28} {row}")
    about = {"command": command, "seed": options.seed, "skills": [curriculum.skills[skill] for skill in skills]}
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"about": about, "scores": found}, indent=2)
    (options.out / "new_skill.json").write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
