"""`manage.py register_weights`: puts the teacher and the students that come with the project into service."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from models_core.artifacts import ArtifactRefused
from tutor_app.registry.shipped import register_weights


class Command(BaseCommand):
    help = "Registers the shipped weights (or those of a folder laid out alike) and makes them serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="a folder with teacher/ and students/COURSE/SKILL/")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registered = register_weights(options["folder"])
        except (ArtifactRefused, FileNotFoundError) as refusal:
            raise CommandError(f"The weights were refused: {refusal}") from refusal
        for reason in registered.refused:
            self.stderr.write(f"Refused: {reason}")
        self.stdout.write(f"Teacher {registered.teacher}; {registered.students} students newly in service.")
