"""`manage.py score_questions FILE --course SLUG`: how well the `answer` student finds what answers known questions.

A line of FILE: `{"question": ..., "passages": ["skill/passage"], "answerable": true}`, or `"skills"` by name instead of
passages. Nothing of the questions is printed; the last line is JSON.
"""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from models_core.fit_retrieval import QuestionsRefused, Tally, calibration_error, plain_name, question_of, read_lines
from tutor_app.tutoring.management.commands.export_texts import course_named
from tutor_app.tutoring.passages import MOST_TEXTS, shelves


class Command(BaseCommand):
    help = "Scores the answers to a file of questions: right text among three, first, abstentions, milliseconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="FILE")
        parser.add_argument("--course", required=True, metavar="SLUG")

    def handle(self, *args: Any, path: Path, course: str, **options: Any) -> None:
        found = course_named(course)
        try:
            questions = read_lines(path, question_of)
        except QuestionsRefused as refused:
            raise CommandError(str(refused)) from refused
        begun = time.perf_counter()
        shelf = shelves.shelf(found)
        built_s = time.perf_counter() - begun
        names = {slug: {plain_name(slug), plain_name(name)} for slug, name in found.skills.values_list("slug", "name")}
        known = {name for both in names.values() for name in both}
        known |= {text.name for text in shelf.texts}
        ours = [
            question
            for question in questions
            if not question.answerable
            or not known.isdisjoint({*question.passages, *(plain_name(name) for name in question.skills)})
        ]
        shelf.answerer.answer("a first one, to load the encoder")
        tally, said, took_ms = Tally(), [], []
        for question in ours:
            begun = time.perf_counter()
            answer = shelf.answerer.answer(question.text, most=MOST_TEXTS)
            took_ms.append(1000 * (time.perf_counter() - begun))
            texts = [shelf.texts[each.position] for each in answer.found]
            wanted = {plain_name(name) for name in question.skills}
            right = [
                text.name in question.passages or any(names[slug] & wanted for slug in text.skills) for text in texts
            ]
            tally.count(question, answer, right)
            said.append((answer.probability, bool(right) and right[0]))
        self.stdout.write(str(tally))
        size_mib = shelf.answerer.index.size_bytes / 2**20
        self.stdout.write(f"{len(shelf.texts)} texts, index of {size_mib:.1f} MiB, ready in {built_s:.1f} s")
        if len(ours) < len(questions):
            self.stderr.write(f"{len(questions) - len(ours)} left out: what answers them is not in this course.")
        result = vars(tally) | {
            "calibration_error": round(calibration_error(said), 3),
            "ms_p50": round(float(np.percentile(took_ms, 50)), 1),
            "ms_p99": round(float(np.percentile(took_ms, 99)), 1),
        }
        self.stdout.write(json.dumps(result))
