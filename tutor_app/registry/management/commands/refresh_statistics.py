"""`manage.py refresh_statistics [COURSE ...]`: counts how hard the steps proved, as is done every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tutor_app.courses.models import Course
from tutor_app.registry.statistics import refresh


class Command(BaseCommand):
    help = "Counts what courses' logs say about their steps and mends the forecasts: of all courses, or of those named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("courses", nargs="*", metavar="COURSE", help="a course's slug")

    def handle(self, *args: Any, courses: list[str], **options: Any) -> None:
        known = {course.slug: course for course in Course.objects.order_by("slug")}
        if strangers := [slug for slug in courses if slug not in known]:
            raise CommandError(f"There is no course “{strangers[0]}” here. There are: {', '.join(known) or 'none'}.")
        for slug in dict.fromkeys(courses) or known:
            found = refresh(known[slug], now=timezone.now())
            if found is None:
                self.stdout.write(f"{slug}: nobody has tried it yet.")
            else:
                self.stdout.write(
                    f"{slug}: {found.attempts} attempts, {found.learners} learners, "
                    f"scale {found.scale:.3f}, shift {found.shift:+.3f}"
                )
