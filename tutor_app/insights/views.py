"""An instructor's pages. Who may not look finds nothing: 404, so that not even the existence of a class is told."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tutor_app.courses.models import Lesson, Skill
from tutor_app.insights.alerts import calls_for
from tutor_app.insights.beliefs import Belief
from tutor_app.insights.conversations import Said, sessions_of
from tutor_app.insights.evidence import attempts_with_questions
from tutor_app.insights.forms import RenameForm, SectionForm
from tutor_app.insights.heat_map import LEARNERS_PER_PAGE, ORDERS, heat_map, learners_of
from tutor_app.insights.misconceptions import Held, answers_behind, held_by
from tutor_app.learners.joining import leave_section, open_section
from tutor_app.learners.models import Event, EventQuerySet, Membership, MisconceptionState, Section, SkillState, User
from tutor_app.learners.requests import SignedInRequest

ATTEMPTS_PER_PAGE = 25
SESSIONS_PER_PAGE = 20
TURNS_PER_PAGE = 100


# --- classes ------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sections(request: SignedInRequest) -> HttpResponse:
    """The classes one watches, and opening a new one."""
    may_open = request.user.is_instructor or request.user.has_perm("learners.add_section")
    watched = Section.objects.visible_to(request.user)
    if not may_open and (request.method == "POST" or not watched.exists()):
        raise Http404
    form = SectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        section = open_section(**form.cleaned_data, instructor=request.user)
        messages.success(request, _("%(section)s is open. Give its code to your learners.") % {"section": section})
        return redirect(section)
    learner_count = Count("memberships", filter=Q(memberships__role=Membership.Role.LEARNER))
    context = {
        "sections": Section.objects.filter(pk__in=watched.values("pk"))
        .select_related("course")
        .annotate(learner_count=learner_count),
        "form": form,
        "may_open": may_open,
        "calls": calls_for(request.user),
    }
    return render(request, "insights/sections.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def section(request: SignedInRequest, pk: int) -> HttpResponse:
    """A class: who is here, and how far everybody is."""
    section = visible_section(request, pk)
    return render_section(request, section, RenameForm(instance=section))


def render_section(request: SignedInRequest, section: Section, form: RenameForm, status: int = 200) -> HttpResponse:
    lessons = list(Lesson.objects.filter(course=section.course_id))
    lesson = next((lesson for lesson in lessons if lesson.slug == request.GET.get("lesson")), None)
    order = request.GET.get("order", "need")
    if order not in ORDERS:
        order = "need"
    context = {
        "section": section,
        "form": form,
        "may_change": may_change(request, section),
        "join_link": request.build_absolute_uri(f"{reverse('learners:join')}?code={section.join_code}"),
        "instructors": section.memberships.instructors().select_related("user"),
        "calls": calls_for(request.user),
        "map": heat_map(section, order=order, lesson=lesson, page=request.GET.get("page")),
        "lessons": lessons,
        "lesson": lesson,
        "order": order,
        "keep": urlencode({"order": order, "lesson": lesson.slug if lesson else ""}) + "&",
    }
    return render(request, "insights/section.html", context, status=status)


@login_required
@require_POST
def rename(request: SignedInRequest, pk: int) -> HttpResponse:
    section = managed_section(request, pk)
    form = RenameForm(request.POST, instance=section)
    if form.is_valid():
        form.save()
        messages.success(request, _("The class is called %(name)s now.") % {"name": section.name})
        return redirect(section)
    section.refresh_from_db()
    return render_section(request, section, form, status=400)


@login_required
@require_POST
def renew_code(request: SignedInRequest, pk: int) -> HttpResponse:
    section = managed_section(request, pk)
    section.renew_join_code()
    messages.success(request, _("The class has a new code. The old one and its link do not work any more."))
    return redirect(section)


@login_required
@require_POST
def remove_learner(request: SignedInRequest, pk: int, learner: int) -> HttpResponse:
    section = managed_section(request, pk)
    person = learner_of(section, learner)
    leave_section(user=person, section=section)
    messages.success(
        request,
        _("%(learner)s is not in the class any more, and keeps their work.")
        % {"learner": person.get_full_name() or person.username},
    )
    return redirect(section)


@login_required
@require_safe
def skill(request: SignedInRequest, pk: int, skill: int) -> HttpResponse:
    """Everybody of a class in one skill, the least sure-footed first."""
    section = visible_section(request, pk)
    the_skill = get_object_or_404(Skill, pk=skill, course=section.course_id)
    paginator = Paginator(learners_of(section).order_by(*ORDERS["name"]), LEARNERS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    states = {
        state.learner_id: state
        for state in SkillState.objects.filter(skill=the_skill, learner__in=[row.user_id for row in page])
    }
    rows = [(membership.user, Belief(the_skill, states.get(membership.user_id))) for membership in page]
    context = {"section": section, "skill": the_skill, "page": page, "rows": rows}
    return render(request, "insights/skill.html", context)


# --- one learner --------------------------------------------------------------------------------------------------


@login_required
@require_safe
def learner(request: SignedInRequest, pk: int, learner: int) -> HttpResponse:
    """One learner's work in the course of the class."""
    section = visible_section(request, pk)
    person = learner_of(section, learner)
    skills = list(Skill.objects.filter(course=section.course_id))
    states = {
        state.skill_id: state for state in SkillState.objects.filter(learner=person, skill__course=section.course_id)
    }
    page = page_of_attempts(request, attempts_of(person, section))
    sessions = Paginator(sessions_of(person, section.course), SESSIONS_PER_PAGE)
    context = {
        "section": section,
        "learner": person,
        "may_change": may_change(request, section),
        "beliefs": [Belief(skill, states.get(skill.pk)) for skill in skills],
        "misconceptions": held_by(person, section.course),
        "page": page,
        "attempts": attempts_with_questions(page),
        "sessions": sessions.get_page(request.GET.get("sessions")),
    }
    return render(request, "insights/learner.html", context)


@login_required
@require_safe
def evidence(request: SignedInRequest, pk: int, learner: int, skill: int) -> HttpResponse:
    """The attempts behind what is believed about one skill of one learner."""
    section = visible_section(request, pk)
    person = learner_of(section, learner)
    the_skill = get_object_or_404(Skill, pk=skill, course=section.course_id)
    page = page_of_attempts(request, attempts_of(person, section).filter(step__skills=the_skill))
    context = {
        "section": section,
        "learner": person,
        "belief": Belief(the_skill, SkillState.objects.filter(learner=person, skill=the_skill).first()),
        "page": page,
        "attempts": attempts_with_questions(page),
    }
    return render(request, "insights/evidence.html", context)


@login_required
@require_safe
def misconception(request: SignedInRequest, pk: int, learner: int, misconception: int) -> HttpResponse:
    """What is believed about one misconception of one learner, and the answers behind it."""
    section = visible_section(request, pk)
    person = learner_of(section, learner)
    states = MisconceptionState.objects.met().filter(learner=person, misconception__course=section.course_id)
    state = get_object_or_404(states.select_related("misconception__course"), misconception=misconception)
    page = page_of_attempts(request, answers_behind(person, state.misconception))
    context = {
        "section": section,
        "learner": person,
        "held": Held(state),
        "page": page,
        "attempts": attempts_with_questions(page),
    }
    return render(request, "insights/misconception.html", context)


@login_required
@require_safe
def conversation(request: SignedInRequest, pk: int, learner: int, session: str) -> HttpResponse:
    """One conversation, to read."""
    section = visible_section(request, pk)
    person = learner_of(section, learner)
    the_session = get_object_or_404(sessions_of(person, section.course), pk=session)
    page = Paginator(the_session.turns.order_by("number"), TURNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": section,
        "learner": person,
        "session": the_session,
        "page": page,
        "said": [Said(turn) for turn in page],
    }
    return render(request, "insights/conversation.html", context)


# --- who may see what ---------------------------------------------------------------------------------------------


def visible_section(request: SignedInRequest, pk: int) -> Section:
    return get_object_or_404(Section.objects.visible_to(request.user).select_related("course"), pk=pk)


def managed_section(request: SignedInRequest, pk: int) -> Section:
    return get_object_or_404(Section.objects.managed_by(request.user).select_related("course"), pk=pk)


def may_change(request: SignedInRequest, section: Section) -> bool:
    return Section.objects.managed_by(request.user).filter(pk=section.pk).exists()


def learner_of(section: Section, learner: int) -> User:
    """A learner who is in the class now; of anybody else there is nothing to see here."""
    return get_object_or_404(User, pk=learner, memberships__section=section, memberships__role=Membership.Role.LEARNER)


def attempts_of(learner: User, section: Section) -> EventQuerySet:
    """Latest first, within the section's course."""
    return Event.objects.of(learner, section.course).attempts().select_related("step").order_by("-number")


def page_of_attempts(request: SignedInRequest, attempts: EventQuerySet) -> Page[Event]:
    return Paginator(attempts, ATTEMPTS_PER_PAGE).get_page(request.GET.get("page"))
