"""Proof-reading a course: ids given twice, references to nothing, circles, missing keys, and templates that do not make
good problems. Each finding is a `Defect` with its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from tutor_app.courses.folders import Defect
from tutor_app.courses.lettering import flaws_of_mathematics, flaws_of_text
from tutor_app.courses.spec import CourseSpec, ProblemSpec, StepSpec, template_of
from tutor_app.courses.variants import ProblemVariant, TemplateRefused, fill, number_of_variants, read_parameters

SEEDS_TRIED = 12  # per template, when a folder is read
FEWEST_VARIANTS = 20  # so that practice does not run out
FIGURE = re.compile(r"!\[([^\]]*)\]\(\s*([^)\s]*)[^)]*\)")


def defects_of_course(course: CourseSpec, problems: Sequence[tuple[str, ProblemSpec]]) -> Iterator[Defect]:
    """What is wrong between the parts: ids given twice, references to nothing, circles."""
    place = "course.json"
    skills = {skill.slug for skill in course.skills}
    lessons = {lesson.slug for lesson in course.lessons}
    misconceptions = {misconception.slug for misconception in course.misconceptions}
    yield from _repeats(place, "skill", (skill.slug for skill in course.skills))
    yield from _repeats(place, "lesson", (lesson.slug for lesson in course.lessons))
    yield from _repeats(place, "misconception", (misconception.slug for misconception in course.misconceptions))
    yield from _repeats(place, "problem", (problem.slug for _place, problem in problems))
    for skill in course.skills:
        here = f"{place}, skill “{skill.slug}”"
        yield from _unknown(here, "skill", skill.prerequisites, skills)
        yield from _repeats(here, "passage", (PurePosixPath(file).stem for file in skill.passages))
    yield from _circle(place, "skill", {skill.slug: skill.prerequisites for skill in course.skills})
    for lesson in course.lessons:
        here = f"{place}, lesson “{lesson.slug}”"
        yield from _unknown(here, "skill", [goal.skill for goal in lesson.goals()], skills)
        yield from _repeats(here, "skill", (goal.skill for goal in lesson.goals()))
    for here, problem in problems:
        yield from _unknown(here, "lesson", [problem.lesson] if problem.lesson else [], lessons)
        yield from _repeats(here, "step", (step.slug for step in problem.steps))
        yield from _repeats(here, "figure", (figure.name for figure in problem.figures))
        for step in problem.steps:
            yield from _defects_of_step(f"{here}, step “{step.slug}”", step, skills, misconceptions)


def _defects_of_step(place: str, step: StepSpec, skills: set[str], misconceptions: set[str]) -> Iterator[Defect]:
    yield from _unknown(place, "skill", step.skills, skills)
    yield from _repeats(place, "skill", step.skills)
    yield from _unknown(place, "misconception", [error.misconception for error in step.expected_errors], misconceptions)
    yield from _repeats(
        place, "expected error", (f"{error.misconception}: {error.answer}" for error in step.expected_errors)
    )
    if not step.title and not step.body:
        yield Defect(place, _("The step asks nothing: it has neither title nor body."))
    yield from _defects_of_key(place, step.answer_kind, step.answers, step.choices)
    rungs = step.rungs()
    slugs = [slug for slug, _hint in rungs]
    yield from _repeats(place, "hint", slugs)
    yield from _circle(place, "hint", {slug: hint.depends_on for slug, hint in rungs})
    for number, (slug, hint) in enumerate(rungs, start=1):
        here = f"{place}, hint “{slug}”"
        yield from _unknown(here, "hint", hint.depends_on, set(slugs))
        if hint.kind == "scaffold":
            yield from _defects_of_key(here, hint.answer_kind, hint.answers, hint.choices)
        elif hint.answers or hint.choices:
            yield Defect(here, _("Only a scaffold asks something: this hint cannot have answers or choices."))
        if hint.kind == "bottom_out" and number < len(rungs):
            yield Defect(here, _("The worked step (bottom_out) has to be the last rung of the ladder."))


def _defects_of_key(place: str, kind: str, answers: Sequence[str], choices: Sequence[str]) -> Iterator[Defect]:
    if not answers:
        yield Defect(place, _("No answer key is given."))
    if kind == "choice" and len(choices) < 2:
        yield Defect(place, _("A choice needs at least two choices."))
    if kind != "choice" and choices:
        yield Defect(place, _("Choices are given, but the answer is not of the kind “choice”."))
    if kind == "choice":
        for answer in answers:
            if answer not in choices and "[[" not in answer:  # what stands in a hole is looked at when it is filled
                yield Defect(place, _("The answer “%(answer)s” is not among the choices.") % {"answer": answer[:80]})


def _repeats(place: str, kind: str, slugs: Iterable[str]) -> Iterator[Defect]:
    seen: set[str] = set()
    for slug in slugs:
        if slug in seen:
            yield Defect(place, _("The %(kind)s “%(slug)s” is there twice.") % {"kind": kind, "slug": slug[:100]})
        seen.add(slug)


def _unknown(place: str, kind: str, slugs: Iterable[str], known: set[str]) -> Iterator[Defect]:
    for slug in slugs:
        if slug not in known:
            yield Defect(place, _("There is no %(kind)s “%(slug)s”.") % {"kind": kind, "slug": slug[:100]})


def _circle(place: str, kind: str, before: Mapping[str, Sequence[str]]) -> Iterator[Defect]:
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        way = " → ".join(error.args[1])
        yield Defect(place, _("These %(kind)ss wait for each other in a circle: %(way)s.") % {"kind": kind, "way": way})


def defects_of_templates(problems: Sequence[tuple[str, ProblemSpec]]) -> Iterator[Defect]:
    """What is wrong with the texts as learners will read them, for a sample of seeds."""
    for place, problem in problems:
        names = {figure.name for figure in problem.figures}
        template = template_of(problem)
        if not problem.parameters:
            yield from _defects_of_variant(place, template, names)
            continue
        try:
            count = number_of_variants(read_parameters(problem.parameters), FEWEST_VARIANTS)
            if count < FEWEST_VARIANTS:
                yield Defect(
                    place,
                    _("The template makes %(count)d different problems; it needs %(needed)d.")
                    % {"count": count, "needed": FEWEST_VARIANTS},
                )
            for seed in range(SEEDS_TRIED):
                defects = list(_defects_of_variant(place, fill(template, problem.parameters, seed), names))
                yield from (Defect(defect.place, f"{defect.sentence} (seed {seed})") for defect in defects)
                if defects:
                    break  # the other seeds would mostly say the same
        except TemplateRefused as error:
            yield Defect(place, str(error))


def _defects_of_variant(place: str, variant: ProblemVariant, figures: set[str]) -> Iterator[Defect]:
    yield from _defects_of_texts(place, [variant.title, variant.body], figures)
    for step in variant.steps:
        here = f"{place}, step “{step.key}”"
        yield from _defects_of_texts(here, [step.title, step.body, *step.choices], figures)
        yield from _defects_of_answers(here, step.answer_kind, step.answers, step.choices)
        for error in step.expected_errors:
            if step.answer_kind == "choice" and error.answer not in step.choices:
                yield Defect(
                    here, _("The wrong answer “%(answer)s” is not among the choices.") % {"answer": error.answer[:80]}
                )
        for hint in step.hints:
            at_hint = f"{here}, hint “{hint.key}”"
            yield from _defects_of_texts(at_hint, [hint.title, hint.text, *hint.choices], figures)
            yield from _defects_of_answers(at_hint, hint.answer_kind, hint.answers, hint.choices)


def _defects_of_texts(place: str, texts: Iterable[str], figures: set[str]) -> Iterator[Defect]:
    for text in texts:
        for flaw in flaws_of_text(text):
            yield Defect(place, _("It reads badly: %(flaw)s.") % {"flaw": flaw})
        for description, target in FIGURE.findall(text):
            name = target.removeprefix("figure:")
            if name == target:
                yield Defect(
                    place, _("“%(target)s” is a picture from elsewhere; write figure:NAME.") % {"target": target[:80]}
                )
            elif name not in figures:
                yield Defect(place, _("There is no figure “%(name)s”.") % {"name": name[:80]})
            elif not description.strip():
                yield Defect(
                    place, _("The figure “%(name)s” needs words for those who cannot see it.") % {"name": name}
                )


def _defects_of_answers(place: str, kind: str, answers: Sequence[str], choices: Sequence[str]) -> Iterator[Defect]:
    if kind == "choice":
        if len(choices) < 2:
            yield Defect(place, _("Fewer than two different choices are left."))
        if missing := [answer for answer in answers if answer not in choices]:
            yield Defect(place, _("The answer “%(answer)s” is not among the choices.") % {"answer": missing[0][:80]})
    for answer in answers:
        if not answer.strip():
            yield Defect(place, _("An answer comes out empty."))
        elif kind == "arithmetic" and (flaws := flaws_of_mathematics(answer.strip("$"))):
            yield Defect(place, _("It reads badly: %(flaw)s.") % {"flaw": flaws[0]})
