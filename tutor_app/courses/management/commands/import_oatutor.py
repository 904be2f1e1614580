"""`manage.py import_oatutor PATH [--course NAME]`: courses in OATutor's content layout into the database.

Can be run again: what is unchanged stays untouched. The last line printed is JSON: steps seen, imported, refused.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tutor_app.courses.keys import unreadable_keys
from tutor_app.courses.models import Course
from tutor_app.courses.oatutor.folder import ContentFolder, FileRefused, FolderRefused
from tutor_app.courses.oatutor.reading import read_courses
from tutor_app.courses.oatutor.records import CourseRecord, Findings, Remark
from tutor_app.courses.oatutor.writing import Changes, CourseTaken, write_course

SHOWN = 20  # refusals and remarks, unless all are asked for


class Command(BaseCommand):
    help = _("Imports courses from a folder in OATutor's content layout; can be run again without duplicating.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help=_("the folder with coursePlans.json and content-pool"))
        parser.add_argument("--course", metavar="NAME", help=_("import this course only"))
        parser.add_argument("--report", type=Path, metavar="FILE", help=_("write all refusals and remarks to FILE"))

    def handle(self, *args: Any, path: Path, course: str | None, report: Path | None, **options: Any) -> None:
        try:
            courses, findings = self._read(path, course)
        except FolderRefused as refused:
            raise CommandError(str(refused)) from refused
        failures = [failure for record in courses if (failure := self._write(record, findings))]
        self._tell(findings, everything=options["verbosity"] >= 2)
        if report:
            self._write_report(report, findings)
        imported = findings.steps - findings.refused_steps
        self.stdout.write(
            json.dumps({"steps": findings.steps, "imported": imported, "refused": findings.refused_steps})
        )
        if failures:
            sys.exit(1)

    def _read(self, path: Path, course: str | None) -> tuple[list[CourseRecord], Findings]:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task(_("Reading problems"), total=None)
            return read_courses(
                ContentFolder(path), course, lambda done, total: progress.update(task, completed=done, total=total)
            )

    def _write(self, record: CourseRecord, findings: Findings) -> bool:
        """Write one course and say how it went; whether it failed (then nothing of it was written)."""
        steps = sum(len(problem.steps) for problem in record.problems)
        if not steps:  # a folder that is half there must not retire a course
            findings.refusals.append(
                Remark(record.slug, _("the course has no step that can be used; it was left alone"))
            )
            return False
        try:
            changes = write_course(record=record)
        except (CourseTaken, FileRefused, DatabaseError, OSError) as error:
            findings.refused_steps += steps
            findings.refusals.append(Remark(record.slug, _("nothing of the course was imported: %s") % error))
            return True
        self.stdout.write(_course_line(record, steps, changes))
        course = Course.objects.get(slug=record.slug)
        findings.remarks.extend(Remark(step, sentence) for step, sentence in unreadable_keys(course))
        return False

    def _tell(self, findings: Findings, *, everything: bool) -> None:
        for title, remarks in (
            (ngettext("%d refusal:", "%d refusals:", len(findings.refusals)), findings.refusals),
            (ngettext("%d remark:", "%d remarks:", len(findings.remarks)), findings.remarks),
        ):
            if not remarks:
                continue
            self.stdout.write(title % len(remarks))
            shown = remarks if everything else remarks[:SHOWN]
            for remark in shown:
                self.stdout.write(f"  {_printable(remark)}")
            if len(shown) < len(remarks):
                self.stdout.write(
                    _("  ... and %d more (all of them with -v 2 or --report FILE)") % (len(remarks) - len(shown))
                )

    def _write_report(self, report: Path, findings: Findings) -> None:
        lines = [
            _("Refused"),
            *map(_printable, findings.refusals),
            "",
            _("Remarks"),
            *map(_printable, findings.remarks),
        ]
        try:
            report.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            self.stderr.write(
                _("The report could not be written to %(file)s: %(why)s") % {"file": report, "why": error}
            )


def _course_line(record: CourseRecord, steps: int, changes: Changes) -> str:
    return _(
        "%(title)s. Problems: %(problems)d, steps: %(steps)d, skills: %(skills)d, lessons: %(lessons)d. "
        "Rows new: %(created)d, changed: %(updated)d, retired: %(retired)d."
    ) % {
        "title": record.title,
        "problems": len(record.problems),
        "steps": steps,
        "skills": len(record.skills),
        "lessons": len(record.lessons),
        "created": changes.created,
        "updated": changes.updated,
        "retired": changes.retired,
    }


def _printable(remark: Remark) -> str:
    """A remark in one line; names in it come from strangers' files."""
    return "".join(character if character.isprintable() else "?" for character in str(remark))
