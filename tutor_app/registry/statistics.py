"""What all learners of a course say about it: how hard its steps proved, and how far its forecasts can be trusted.

The log is the truth; `refresh` counts it again from the beginning, so whoever left is not in the numbers any more. The
calibration is a chain: forecasts made under the present one show what it still lacks, and the next one is the present
one mended by that.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from models_core.calibration import NOTHING_TO_MEND, Calibration
from tutor_app.courses.models import Course
from tutor_app.learners.models import Event
from tutor_app.registry.curricula import step_key
from tutor_app.registry.models import CourseStatistics, TeacherVersion

# Fewer forecasts, or forecasts about fewer people, say too little about a course.
FEWEST_FORECASTS, FEWEST_LEARNERS = 200, 10
# The latest say enough, and fit into memory on any site.
MOST_FORECASTS = 20_000
# So long after a change no turn is in the works any more that was forecast before it.
SETTLED_AFTER = timedelta(minutes=1)
# Beyond these a calibration hides that the models are wrong, and a chain of them could not find back.
SCALES, SHIFTS = (0.25, 4.0), (-3.0, 3.0)


@transaction.atomic
def refresh(course: Course, *, now: datetime) -> CourseStatistics | None:
    """Makes the course's statistics again from the log, and mends its calibration where there is enough to go by.

    None where nobody has tried anything: then there is no row either.
    """
    teacher = TeacherVersion.objects.active()
    # The row is the lock: who refreshes the same course at the same time counts after us.
    row, created = CourseStatistics.objects.select_for_update().get_or_create(
        course=course,
        # No forecast can be the teacher's that is older than the teacher; and until now none was mended.
        defaults={"teacher": teacher, "calibrated_at": teacher.created_at if teacher else None, "refreshed_at": now},
    )
    row.counts = _counts(course)
    if not row.counts:
        row.delete()
        return None
    row.attempts = sum(tried for tried, _right in row.counts.values())
    row.learners = Event.objects.unaided().filter(course=course).values("learner").distinct().count()
    if not created and row.teacher != teacher:
        row.teacher, row.scale, row.shift, row.calibrated_at = teacher, 1.0, 0.0, now
    if (lacking := _lacking(row)) is not None:
        mended = composed(Calibration(row.scale, row.shift), lacking)
        row.scale, row.shift, row.calibrated_at = mended.scale, mended.shift, now
    row.refreshed_at = now
    row.save()
    return row


def calibration_for(course: Course, teacher: TeacherVersion) -> Calibration:
    """What this teacher's classroom needs on the course; nothing where it was made for another teacher."""
    row = CourseStatistics.objects.filter(course=course, teacher=teacher).first()
    return Calibration(row.scale, row.shift) if row else NOTHING_TO_MEND


def composed(first: Calibration, then: Calibration) -> Calibration:
    """Both in one: `then` was fitted to what `first` had mended. Kept within what a calibration should mend."""
    scale, shift = first.scale * then.scale, first.shift * then.scale + then.shift
    return Calibration(min(max(scale, SCALES[0]), SCALES[1]), min(max(shift, SHIFTS[0]), SHIFTS[1]))


def _counts(course: Course) -> dict[str, list[int]]:
    """By step, retired ones too: how many unaided attempts there were and how many of them were right."""
    rows = (
        Event.objects.unaided()
        .filter(course=course)
        .order_by("step__problem__slug", "step__slug")
        .values_list("step__problem__slug", "step__slug")
        .annotate(tried=Count("pk"), right=Count("pk", filter=Q(correct=True)))
    )
    return {step_key(problem, step): [tried, right] for problem, step, tried, right in rows}


def _lacking(row: CourseStatistics) -> Calibration | None:
    """What the forecasts made under the present calibration still lack; None while there are too few of them."""
    if row.teacher is None or row.calibrated_at is None:
        return None
    made = (
        Event.objects.unaided()
        .filter(course=row.course, student_probability__isnull=False, at__gte=row.calibrated_at + SETTLED_AFTER)
        .order_by("-at", "-pk")
        .values_list("learner", "student_probability", "correct")[:MOST_FORECASTS]
    )
    learners, said, happened = zip(*made, strict=True) if made else ((), (), ())
    if len(said) < FEWEST_FORECASTS or len(set(learners)) < FEWEST_LEARNERS:
        return None
    return Calibration.fit(said, happened)
