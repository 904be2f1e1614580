"""`manage.py export_curriculum COURSE OUT.npz`: a course as the models see it, for training without the site."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tutor_app.courses.models import Course
from tutor_app.registry.curricula import curriculum_for


class Command(BaseCommand):
    help = "Writes a course's skills, steps, prerequisites and text vectors to a file that models_core.train reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the course's slug")
        parser.add_argument("out", type=Path, help="the .npz file to write")

    def handle(self, *args: Any, course: str, out: Path, **options: Any) -> None:
        found = Course.objects.filter(slug=course).first()
        if found is None:
            known = ", ".join(Course.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no course “{course}” here. There are: {known}.")
        curriculum = curriculum_for(found)
        curriculum.save(out)
        self.stdout.write(f"{found}: {len(curriculum.skills)} skills, {len(curriculum.steps)} steps in {out}.")
