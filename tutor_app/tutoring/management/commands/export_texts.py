"""`manage.py export_texts COURSE OUT.jsonl`: what a course explains itself with, for `models_core.fit_retrieval`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tutor_app.courses.models import Course
from tutor_app.courses.texts import texts_of
from tutor_app.tutoring.passages import as_read


class Command(BaseCommand):
    help = "Writes a course's passages and general hints to a file that models_core.fit_retrieval reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the course's slug")
        parser.add_argument("out", type=Path, help="the .jsonl file to write")

    def handle(self, *args: Any, course: str, out: Path, **options: Any) -> None:
        found = course_named(course)
        names = dict(found.skills.values_list("slug", "name"))
        texts = [as_read(text) for text in texts_of(found)]
        lines = [json.dumps(asdict(text) | {"skill_names": [names[slug] for slug in text.skills]}) for text in texts]
        try:
            out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{out} can't be written: {error}") from error
        self.stdout.write(f"{found}: {len(lines)} texts in {out}.")


def course_named(slug: str) -> Course:
    """Raises CommandError that names the courses there are."""
    found = Course.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Course.objects.values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no course “{slug}” here. There are: {known}.")
    return found
