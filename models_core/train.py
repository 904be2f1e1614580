"""Train what ships, a teacher and the students of a course: `python -m models_core.train --out DIR --course FILE`.

Letters: R rows of a corpus.

The teacher learns from simulated learners of the course and of invented courses, in many invented worlds, and from logs
of real learners where they are given (`--logs`): real logs have the real phenomena, simulated ones have what those logs
lack: texts, prerequisites, times, hints, notes of students, and the truth, from which a model learns how far off it may
be. The students learn from the simulated learners of the course. In the end learners of a world that nobody was trained
on are served event by event by a real Classroom, beside the simulator's own ceiling and fitted BKT.

Step difficulties are invented anew for every world, so that nobody can learn by heart what is only made up.
"""

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models_core import metrics
from models_core.artifacts import save_student, save_teacher
from models_core.bkt import BKT
from models_core.classroom import Classroom
from models_core.commands import logs_by_name, out_folder, positive, width
from models_core.corpus import Corpus, corpus_of, notes_of
from models_core.curriculum import Curriculum, CurriculumError
from models_core.events import Attempt, encode_log
from models_core.item_statistics import ItemStatistics
from models_core.logistic import LogisticRegression
from models_core.logs import LearnerLog, LogFileError, refuse_shared_learners
from models_core.simulator import SimulatedLog, World, WorldConfig, invented_curriculum
from models_core.student import PredictStudent
from models_core.teacher import TeacherModel
from models_core.train_students import Body, StudentConfig, exercises, train_students
from models_core.train_teacher import (
    Lesson,
    TrainConfig,
    console,
    course_of,
    for_any_course,
    predict,
    read,
    shown,
    train_teacher,
)

NOT_STATED = "Data: simulated learners only (`models_core/simulator.py`); no person's data. Licence: Apache-2.0."


@dataclass(frozen=True)
class Plan:
    """How much of everything.

    Attributes:
        learners: simulated learners of the course; as many again practise invented courses.
        learners_per_world: how many of them share one world of step difficulties.
        known_from: how many other learners told how hard the steps of a world are, by turns.
        real_rows: most rows of one file of real logs, which is read `times` times over.
        test_learners: of the held-out world; as many others of it fit BKT and the difficulties.
    """

    learners: int = 1600
    learners_per_world: int = 100
    known_from: tuple[int, ...] = (0, 0, 10, 30, 100, 300)
    real_rows: int = 120_000
    times: int = 2
    test_learners: int = 120


# Learners to learn from -----------------------------------------------------------------------------------------------


def simulated_lesson(curriculum: Curriculum, logs: Sequence[SimulatedLog], known: ItemStatistics | None) -> Lesson:
    """Simulated learners, with the truth about them."""
    corpus = corpus_of(curriculum, [log.events for log in logs], known)
    truth, typical = (np.concatenate([getattr(log, name) for log in logs]) for name in ("truth", "typical"))
    return Lesson(corpus, truth=truth.astype(np.float32), typical=typical.astype(np.float32))


def known_from(world: World, learners: int) -> ItemStatistics | None:
    """What so many other learners of a world tell about its steps."""
    if not learners:
        return None
    others = [log.events for log in world.learners(learners, first=1_000_000)]
    coded = [encode_log(events, world.curriculum) for events in others]
    asked = np.concatenate([code.asked[code.scored] for code in coded])
    correct = np.concatenate([code.correct[code.scored] for code in coded])
    return ItemStatistics.of(asked, correct, world.curriculum.main_skills, len(world.curriculum.skills))


def simulated(course: Curriculum, plan: Plan, seed: int) -> tuple[list[Lesson], list[Lesson]]:
    """Lessons of the course, and of invented courses; worlds and what is known about them differ."""
    rng = np.random.default_rng(seed)
    size = min(plan.learners_per_world, plan.learners)
    worlds = max(1, plan.learners // size)
    found: tuple[list[Lesson], list[Lesson]] = ([], [])
    for number in shown(range(3 * worlds), "simulating learners"):
        ours = number < worlds
        curriculum = course if ours else invented_curriculum(seed * 1000 + number)
        habits = WorldConfig(
            ability_sd=float(rng.uniform(1.0, 2.5)),
            difficulty_sd=float(rng.uniform(1.0, 3.0)),
            skill_difficulty_sd=float(rng.uniform(0.3, 1.5)),
            learning_rate=float(rng.uniform(0.04, 0.2)),
            mood_sd=float(rng.uniform(1.0, 3.0)),
            mood_steps=float(rng.uniform(3.0, 20.0)),
            hint_leaning=float(rng.uniform(0.0, 0.5)),
            tries=int(rng.choice((1, 3))),
            attempts=int(np.exp(rng.uniform(np.log(20), np.log(200)))),
        )
        world = World(curriculum, habits, seed=seed * 1000 + number)
        known = known_from(world, plan.known_from[number % len(plan.known_from)])
        found[not ours].append(simulated_lesson(curriculum, world.learners(size if ours else size // 2), known))
    return found


def with_notes(lessons: Sequence[Lesson], teacher: TeacherModel) -> list[Lesson]:
    """The same lessons, each attempt with what was said before it: by logistic regression on the record, in place of
    students that do not exist yet, and by a teacher that never heard a note."""
    rows = [lesson.corpus.local[lesson.corpus.scored] for lesson in lessons]
    outcomes = [lesson.corpus.correct[lesson.corpus.scored] for lesson in lessons]
    student = LogisticRegression.fit(np.concatenate(rows), np.concatenate(outcomes))
    return [
        replace(
            lesson, notes=notes_of(lesson.corpus, student.predict(lesson.corpus.local), predict(teacher, lesson.corpus))
        )
        for lesson in lessons
    ]


def first_words(lessons: Sequence[Lesson], valid: Sequence[Corpus], config: TrainConfig, seed: int) -> TeacherModel:
    """A teacher of a quarter of the training, whose word stands in the notes that the real one learns to read."""
    return train_teacher(lessons, valid, replace(config, most_rows=config.most_rows // 4), seed + 1)


# The students of the course -------------------------------------------------------------------------------------------


def students_of(
    teacher: TeacherModel, lessons: Sequence[Lesson], held: Lesson, config: StudentConfig, seed: int
) -> Body:
    """Students for every skill of a course, from its simulated learners."""
    train = [exercises(lesson.corpus, *read(teacher, lesson.corpus), truth=lesson.truth) for lesson in lessons]
    valid = exercises(held.corpus, *read(teacher, held.corpus), truth=held.truth)
    skills = len(held.corpus.curriculum.skills)
    return train_students(teacher, type(valid).together(train), valid, skills, config, seed)


# How good are they ----------------------------------------------------------------------------------------------------


def evaluate(
    teacher: TeacherModel, students: dict[str, PredictStudent], course: Curriculum, learners: int, seed: int
) -> dict[str, Any]:
    """Scores on held-out learners of a world nobody was trained on, beside the ceiling and BKT fitted on the same data.

    "difficulty unknown" is a course just opened; "difficulty known" has the outcomes that BKT was fitted on.
    """
    world = World(course, seed=seed + 777_777)
    test = world.learners(learners)
    others = corpus_of(course, [log.events for log in world.learners(learners, first=10_000)], None)
    mine = corpus_of(course, [log.events for log in test], None)
    fitted = BKT.fit(others.practice())
    outcomes = [y for y, _ in mine.split(np.zeros(len(mine.asked)))]
    truth = np.concatenate([log.truth for log in test])
    typical = np.concatenate([log.typical for log in test])[mine.scored]
    traced = [fitted.predict(practice) for practice in mine.practice() if practice]
    report: dict[str, Any] = {
        "ceiling": metrics.scores(mine.split(truth)),
        "bkt": metrics.scores(list(zip(outcomes, traced, strict=True))),
    }
    known = replace(course, statistics=others.statistics())
    for name, curriculum in (("difficulty unknown", replace(course, statistics=None)), ("difficulty known", known)):
        served = [rows for rows in serve(Classroom(teacher, students, curriculum), test, name) if len(rows)]
        for column, key in ((0, "teacher and students"), (1, "teacher alone")):
            report[f"{key}, {name}"] = metrics.scores(
                [(y, rows[:, column]) for y, rows in zip(outcomes, served, strict=True)]
            )
        rows = np.concatenate(served)
        miss, miss_typical = np.abs(rows[:, 0] - truth[mine.scored]), np.abs(rows[:, 3] - typical)
        report[f"honesty, {name}"] = {
            "truth within 1 sd": round(float(np.mean(miss <= rows[:, 2])), 3),
            "truth within 2 sd": round(float(np.mean(miss <= 2 * rows[:, 2])), 3),
            "mastery within 1 sd": round(float(np.mean(miss_typical <= rows[:, 4])), 3),
            "mastery within 2 sd": round(float(np.mean(miss_typical <= 2 * rows[:, 4])), 3),
            "mastery mean error": round(float(np.mean(miss_typical)), 3),
        }
    return report


def serve(room: Classroom, logs: Sequence[SimulatedLog], label: str) -> list[NDArray[np.float64]]:
    """Live through logs as the site does: predict, record the note, observe.

    Returns:
        per learner, one row per unaided attempt: probability, teacher's probability, sd, mastery mean, mastery sd.
    """
    found = []
    for log in shown(logs, f"serving, {label}"):
        state, rows = room.start(), []
        for event in log.events:
            if isinstance(event, Attempt):
                (said,) = room.predict(state, [event.step], event.at)
                if not event.aided:
                    main = room.curriculum.main_skills[room.curriculum.step_index(event.step)]
                    (skill,) = room.mastery(state, [room.curriculum.skills[main]], event.at)
                    rows.append((said.probability, said.teacher_probability, said.sd, skill.mean, skill.sd))
                event = replace(event, note=said.note())
            state = room.observe(state, event)
        found.append(np.array(rows).reshape(-1, 5))
    return found


# The command ----------------------------------------------------------------------------------------------------------


def card(title: str, command: str, course: Curriculum, report: dict[str, Any], about: str, data: str) -> str:
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
            about,
            "",
            f"Made by `{command}`",
            f"with the course *{course.course}* ({len(course.skills)} skills, {len(course.steps)} steps).",
            "",
            data,
            "",
            "Held-out simulated learners of the course, every unaided attempt scored; the ceiling is the simulator's",
            "own truth, BKT was fitted on other learners of the same world:",
            "",
            "| | AUC | AUC within a learner | log loss | calibration error |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "Are the stated uncertainties honest?",
            *honesty,
            "",
            "Limits: real learners differ from simulated ones. By-group gaps: not measured, as no log here has groups.",
            "",
        ]
    )


def real_logs(
    paths: Sequence[Path], valid: Sequence[Path]
) -> tuple[dict[str, list[LearnerLog]], dict[str, list[LearnerLog]]]:
    """Logs by file name. Raises LogFileError, also when a course has a learner in both."""
    found, held = logs_by_name(list(paths)), logs_by_name(list(valid))
    for name, learners in held.items():
        for other, others in found.items():
            if course_of(name) == course_of(other):
                refuse_shared_learners({other: others, name: learners})
    return found, held


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m models_core.train", description=__doc__)
    parser.add_argument("--out", type=out_folder, required=True, help="folder for teacher/ and students/COURSE/SKILL/")
    parser.add_argument(
        "--course", type=Path, help="a curriculum saved by Curriculum.save; without it, an invented one"
    )
    parser.add_argument("--course-slug", default="linear-equations", help="name of the students' folder")
    parser.add_argument("--logs", type=Path, nargs="*", default=[], help="logs of real learners to learn from as well")
    parser.add_argument("--valid", type=Path, nargs="*", default=[], help="logs of real learners to choose by as well")
    parser.add_argument("--terms", default=NOT_STATED, help="for the cards: what the data are and on which terms")
    parser.add_argument("--learners", type=positive, default=Plan.learners)
    parser.add_argument("--real-rows", type=positive, default=Plan.real_rows)
    parser.add_argument("--width", type=width, default=64)
    parser.add_argument("--most-rows", type=positive, default=2_000_000, help="rows the teacher learns from in all")
    parser.add_argument("--fewest-steps", type=positive, default=TrainConfig.fewest_steps)
    parser.add_argument("--student-steps", type=positive, default=StudentConfig.steps)
    parser.add_argument("--test-learners", type=positive, default=Plan.test_learners)
    parser.add_argument("--threads", type=positive, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    command = "python -m models_core.train " + shlex.join(sys.argv[1:] if arguments is None else arguments)
    plan = Plan(learners=options.learners, test_learners=options.test_learners, real_rows=options.real_rows)
    config = TrainConfig(
        width=options.width,
        names=False,
        dropout=0.1,
        most_rows=options.most_rows,
        fewest_steps=options.fewest_steps,
    )
    try:
        course = Curriculum.load(options.course) if options.course else invented_curriculum(0, skills=12, steps=48)
        logs, held_logs = real_logs(options.logs, options.valid)
    except (CurriculumError, LogFileError) as error:
        print(f"Not trained. {error}", file=sys.stderr)
        return 1
    console.print(f"{course.course}: {len(course.skills)} skills, {len(course.steps)} steps; seed {options.seed}")
    console.print(f"{plan}\n{config}\ntorch {torch.__version__}, {torch.get_num_threads()} thread(s)")
    began = time.monotonic()
    ours, invented = simulated(course, plan, options.seed)
    held = simulated_lesson(course, World(course, seed=options.seed + 555_555).learners(min(100, plan.learners)), None)
    rng = np.random.default_rng(options.seed)
    lessons, valid = [*ours, *invented], [held.corpus]
    for name, those in logs.items():
        lessons += map(Lesson, for_any_course(those, name, plan.real_rows, plan.times, rng))
    for name, those in held_logs.items():
        valid += for_any_course(those, name, 15_000, 1, rng)
    count = sum(len(lesson.corpus.asked) for lesson in lessons)
    console.print(f"{count:,} events to learn from, {time.monotonic() - began:.0f} s")
    lessons = with_notes(lessons, first_words(lessons, valid, config, options.seed))
    teacher = train_teacher(lessons, valid, config, options.seed)
    console.print(f"teacher trained, {time.monotonic() - began:.0f} s")
    settings = StudentConfig(steps=options.student_steps)
    body = students_of(teacher, lessons[: len(ours)], held, settings, options.seed)
    students = body.students(course.skills, teacher.fingerprint())
    console.print(f"{len(students)} students trained ({body.settings}), {time.monotonic() - began:.0f} s")
    report = evaluate(teacher, students, course, plan.test_learners, options.seed)
    for name, values in report.items():
        console.print(f"  {name}: {values}")
    scores = {"scores": report, "seed": options.seed, "plan": asdict(plan), "config": asdict(config), "events": count}
    about = "Reads a learner's whole history; serves any course (content by text, relations and statistics, no names)."
    text = card("Teacher", command, course, report, about, options.terms)
    save_teacher(teacher, options.out / "teacher", metrics=scores, card=text)
    for skill, student in students.items():
        about = f"Serves the skill `{skill}`, task `predict`, for teacher `{student.teacher[:12]}`."
        text = card(f"Student for {skill}", command, course, report, about, options.terms)
        save_student(student, options.out / "students" / options.course_slug / skill, metrics=scores, card=text)
    console.print(f"written to {options.out}, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
