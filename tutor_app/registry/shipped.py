"""Registering the weights that come with the project: one teacher, and students for the built-in course."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from models_core import artifacts
from tutor_app.courses.models import Skill
from tutor_app.registry.models import Promotion, StudentModel, StudentVersion, TeacherVersion

State = StudentVersion.State


@dataclass(frozen=True)
class Registered:
    """What is served from now on, and what was refused, each with its reason."""

    teacher: TeacherVersion
    students: int
    refused: tuple[str, ...]


@transaction.atomic
def register_weights(folder: Path | None = None) -> Registered:
    """Registers the teacher and the students of a folder of weights and makes them serve. Done again, changes nothing.

    A teacher that an administrator has put in place stays. Raises ArtifactRefused when the teacher's is broken.
    """
    folder = folder or Path(settings.WEIGHTS_PATH)
    teacher = artifacts.load_teacher(folder / "teacher")
    version, _created = TeacherVersion.objects.get_or_create(
        fingerprint=teacher.fingerprint(),
        defaults={
            "name": "shipped",
            "path": stored_path(folder / "teacher"),
            "metrics": artifacts.read_metrics(folder / "teacher"),
        },
    )
    in_place = TeacherVersion.objects.active()
    if in_place is None or (in_place.name == "shipped" and in_place != version):
        TeacherVersion.objects.filter(active=True).update(active=False)
        version.active = True
        version.save(update_fields=["active"])
    refused, students = [], 0
    for path in sorted((folder / "students").glob("*/*/")):
        skill = Skill.objects.filter(course__slug=path.parent.name, slug=path.name).first()
        if skill is None:
            continue  # the course is not loaded here
        try:
            artifacts.load_student(path, teacher=version.fingerprint)
        except artifacts.ArtifactRefused as refusal:
            refused.append(f"{path.parent.name}/{path.name}: {refusal}")
            continue
        students += register_student(path, skill, version)
    return Registered(version, students, tuple(refused))


def register_student(path: Path, skill: Skill, teacher: TeacherVersion) -> bool:
    """Makes the shipped student of a skill serve, unless it is known already: then somebody has decided about it."""
    fingerprint = fingerprint_of(path)
    student, _created = StudentModel.objects.get_or_create(
        course=skill.course, skill=skill, task=StudentModel.Task.PREDICT
    )
    if student.versions.filter(fingerprint=fingerprint, teacher=teacher).exists():
        return False
    last = student.versions.order_by("-number").values_list("number", flat=True).first() or 0
    serving = student.versions.filter(state=State.ACTIVE).first()
    if serving is not None:
        StudentVersion.objects.filter(pk=serving.pk).update(state=State.RETIRED)
        Promotion.objects.create(
            version=serving,
            from_state=State.ACTIVE,
            to_state=State.RETIRED,
            reason="Newer weights came with the project.",
        )
    version = StudentVersion.objects.create(
        student=student,
        number=last + 1,
        teacher=teacher,
        state=State.ACTIVE,
        path=stored_path(path),
        fingerprint=fingerprint,
        metrics=artifacts.read_metrics(path),
    )
    Promotion.objects.create(version=version, to_state=State.ACTIVE, reason="Came with the project.")
    return True


def fingerprint_of(path: Path) -> str:
    """sha256 of the weights as they lie on disk."""
    return hashlib.sha256((path / artifacts.WEIGHTS).read_bytes()).hexdigest()


def stored_path(path: Path) -> str:
    """Relative to the checkout where it can be, so that a moved installation finds it."""
    try:
        return str(path.resolve().relative_to(Path(settings.BASE_DIR)))
    except ValueError:
        return str(path.resolve())
