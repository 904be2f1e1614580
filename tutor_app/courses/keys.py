"""Answer keys that cannot be read as mathematics: compared as text meanwhile, and told to the course's author."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils.module_loading import import_string

from tutor_app.courses.models import AnswerKind, Course
from tutor_app.courses.variants import realise


def unreadable_keys(course: Course) -> Iterator[tuple[str, str]]:
    """(problem and step, what is wrong with its key) for every step in use; of a problem with parameters, one variant.

    Who reads keys is named in the settings: this app comes before the one that checks answers.
    """
    problem_of: Callable[[str], str] = import_string(settings.COURSE_KEY_PROBLEM)
    for problem in course.problems.in_use().with_everything():
        for step in realise(problem, 0).steps:
            if step.answer_kind != AnswerKind.ARITHMETIC:
                continue
            for key in step.answers:
                if sentence := problem_of(key):
                    yield f"{problem.slug}/{step.key}", sentence
