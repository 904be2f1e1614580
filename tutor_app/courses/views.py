"""Pictures of problems, and the places where a course explains something: a passage, or all it says of a skill.

A course is open to everybody who is signed in, as the learner's home is.
"""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tutor_app.courses.models import Course, Figure, Passage, Skill
from tutor_app.courses.texts import not_from, remembered_texts


@login_required
@cache_control(private=True, max_age=86_400)
def figure(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """A figure's file. It was checked to be a picture when it was imported; the browser is told not to guess."""
    picture = get_object_or_404(Figure, pk=pk, name=name)
    return FileResponse(picture.file.open("rb"), filename=picture.name, headers={"X-Content-Type-Options": "nosniff"})


@login_required
@require_safe
def passage(request: HttpRequest, course: str, skill: str, passage: str) -> HttpResponse:
    """One passage, to be read at leisure."""
    passages = Passage.objects.select_related("skill__course")
    found = get_object_or_404(passages, skill__course__slug=course, skill__slug=skill, slug=passage)
    others = [each for each in found.skill.passages.all() if each != found]
    context = {"passage": found, "skill": found.skill, "course": found.skill.course, "others": others}
    return render(request, "courses/passage.html", context)


@login_required
@require_safe
def skill(request: HttpRequest, course: str, skill: str) -> HttpResponse:
    """All that the course says to explain a skill. Hints of a problem that lies open before the reader are left out:
    these the tutor gives, one by one."""
    about = get_object_or_404(Skill.objects.select_related("course"), course__slug=course, slug=skill)
    texts = [text for text in remembered_texts(about.course) if text.skills[0] == about.slug]
    return render(
        request,
        "courses/skill.html",
        {
            "skill": about,
            "course": about.course,
            "texts": not_from(texts, open_problems(request, about.course)),
            "lessons": about.lessons.all(),
        },
    )


def open_problems(request: HttpRequest, course: Course) -> set[int]:
    """The problems on the reader's table, by the conversations that are going on (apps above this one own these)."""
    going_on = course.tutoring_sessions.filter(learner=request.user.pk, ended_at=None, problem__isnull=False)
    return set(going_on.values_list("problem", flat=True))
