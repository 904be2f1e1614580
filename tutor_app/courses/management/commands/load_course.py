"""`manage.py load_course PATH`: puts a course folder into the database, or says all that is wrong with it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from tutor_app.courses.folders import CourseRefused
from tutor_app.courses.keys import unreadable_keys
from tutor_app.courses.loading import load_course
from tutor_app.courses.models import Course


class Command(BaseCommand):
    help = "Loads a course from a folder in the native format (docs/course-format.md). Can be run again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder that holds course.json")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        try:
            report = load_course(path)
        except CourseRefused as refused:
            for defect in refused.defects:
                self.stderr.write(str(defect))
            count = len(refused.defects)
            self.stderr.write(
                ngettext(
                    "The course was not loaded: %(count)d defect. Nothing has changed.",
                    "The course was not loaded: %(count)d defects. Nothing has changed.",
                    count,
                )
                % {"count": count}
            )
            raise SystemExit(1) from refused
        for line in report.lines():
            self.stdout.write(line)
        for step, sentence in unreadable_keys(Course.objects.get(slug=report.slug)):
            self.stderr.write(f"{step}: {sentence}")
