"""What is behind a wrong answer: the misconceptions that lead to it, or a common slip of no misconception.

In two steps, because the second needs what the models expected of the answer: `misconceptions_fitting` asks the answer
checker, `diagnose` weighs what fits against the learner's earlier answers and names it or abstains
(`models_core.misconceptions`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from models_core.diagnosis.errors import error_texts
from models_core.diagnosis.findings import what_happened
from models_core.misconceptions import (
    ANYWHERE,
    MINUS,
    NAMED_SLIPS,
    NOTHING_FITS,
    ONE_SIGN,
    PART,
    RECIPROCAL,
    TENS,
    Belief,
    Diagnosis,
    lands_on,
    shipped,
)
from tutor_app.courses.models import AnswerKind
from tutor_app.courses.variants import ProblemVariant, StepVariant
from tutor_app.learners.models import MisconceptionState, User
from tutor_app.registry.misconceptions import belief_of, encounter_of, key_number, slip_values_of
from tutor_app.tutoring.checking import CheckerPool, Question, Verdict

# --- misconceptions of the course ---------------------------------------------------------------------------------


def misconceptions_fitting(text: str, step: StepVariant, checker: CheckerPool) -> tuple[str, ...]:
    """Slugs of all misconceptions of the step that lead to just this wrong answer, in the course's order."""
    errors = step.expected_errors
    if step.answer_kind == AnswerKind.CHOICE and step.choices:
        # What was picked may have been typed as a letter or number, so each wrong answer is asked about as if right.
        return tuple(
            dict.fromkeys(
                error.slug
                for error in errors
                if checker.check(Question("choice", (error.answer,), step.choices), text).verdict == Verdict.CORRECT
            )
        )
    fitting, begin = [], 0
    while begin < len(errors):
        match = checker.first_match(text, [error.answer for error in errors[begin:]])
        if match is None:
            break
        fitting.append(errors[begin + match].slug)
        begin += match + 1
    return tuple(dict.fromkeys(fitting))


def diagnose(
    fits: tuple[str, ...],
    variant: ProblemVariant,
    step: StepVariant,
    *,
    beliefs: Mapping[str, Belief],
    forecast: float | None,
) -> Diagnosis:
    """What is behind a wrong answer at a step that `fits` these misconceptions.

    Args:
        fits: slugs, from `misconceptions_fitting`.
        variant: the problem.
        step: the step of it.
        beliefs: of this learner, by slug, before the answer.
        forecast: P(correct unaided answer) before it.
    """
    if not fits:
        return NOTHING_FITS
    encounter = encounter_of(variant, step, correct=False, fits=fits, forecast=forecast)
    return shipped().diagnose(beliefs, encounter)


def beliefs_about(learner: User, step: StepVariant) -> dict[str, Belief]:
    """What is believed of the learner's misconceptions that could show at the step, by slug."""
    slugs = {error.misconception_id: error.slug for error in step.expected_errors}
    rows = MisconceptionState.objects.filter(learner=learner, misconception__in=slugs)
    return {slugs[row.misconception_id]: belief_of(row) for row in rows}


# --- common slips -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GenericSlip:
    """A common slip that no course has to foresee, with a question that brings it to light and what helps."""

    slug: str
    name: str | Promise
    probe: str | Promise
    remedy: str | Promise


GENERIC_SLIPS = {
    slip.slug: slip
    for slip in (
        GenericSlip(
            MINUS,
            _("Has the sign the wrong way round"),
            _("Should the result be above or below zero, and how can you tell?"),
            _("Go through it once more and write the sign in front of each number before you join them."),
        ),
        GenericSlip(
            ONE_SIGN,
            _("Has one sign wrong on the way"),
            _("Do these numbers add up here, or is one taken from the other?"),
            _("Mark each plus and minus with the number after it; then put the numbers together again."),
        ),
        GenericSlip(
            RECIPROCAL,
            _("Has top and bottom exchanged"),
            _("Should the result be larger or smaller than one?"),
            _("Say the division in words: what is divided, and by what? What you divide by goes below the line."),
        ),
        GenericSlip(
            TENS,
            _("Is off by a factor of ten"),
            _("Work it out roughly in your head. Does your answer come out near that?"),
            _("Look where the decimal point or the last zero went: the digits look right."),
        ),
        GenericSlip(
            PART,
            _("Gives a number from on the way"),
            _("What does your number stand for, and is it what this step asks for?"),
            _("Read the last sentence of the question once more, and go on from the number that you have."),
        ),
    )
}


def slip_behind(text: str, variant: ProblemVariant, step: StepVariant, checker: CheckerPool) -> GenericSlip | None:
    """The common slip that explains a wrong number where no misconception fits, if one does so well enough."""
    key = key_number(step)
    if key is None:
        return None
    shapes = slip_values_of(variant, step, key)
    near = list(dict.fromkeys(value for values in shapes.values() for value in values))
    match = checker.first_match(text, [_as_text(value) for value in near])
    if match is None:
        return None
    model = shipped()
    [(shape, probability), *_rest] = model.slip_shapes(lands_on(near[match], key, shapes))
    if shape == ANYWHERE or shape not in NAMED_SLIPS or probability < model.parameters.name_slip_above:
        return None
    return GENERIC_SLIPS[shape]


def _as_text(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


# --- wrong rules of algebra ---------------------------------------------------------------------------------------

MATHEMATICS = re.compile(r"\$+([^$]+)\$+")
PLAIN = (
    (re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"\\(?:cdot|times)(?![a-zA-Z])"), "*"),
    (re.compile(r"\\(?:left|right|,|;|!|quad)"), ""),
    (re.compile(r"[{}]"), ""),
)


def rule_behind(text: str, asked: str) -> GenericSlip | None:
    """The one wrong rule of algebra that leads from the equation that is asked about to a wrong answer, if one does.

    A suspicion to ask about, never more: one in seven answers that are off by one or two fits some rule by chance.

    Args:
        text: the answer, in plain characters.
        asked: the step's own words, with the equation in dollar signs.
    """
    equations = {plain for part in MATHEMATICS.findall(asked) if (plain := _plain(part)).count("=") == 1}
    equations = {each for each in equations if not any(side.strip().isalpha() for side in each.split("="))}
    if len(equations) != 1:
        return None
    findings = what_happened(equations.pop(), _plain(text))
    if not findings:
        return None
    words = error_texts("rules")[findings[0].rule]
    # The words are kept beside the rules; here they are put into the reader's language.
    return GenericSlip(findings[0].rule, translated(words.name), translated(words.probe), translated(words.remedy))


def _plain(latex: str) -> str:
    """LaTeX of an equation as one would type it; what is left over is refused by whoever reads it."""
    for pattern, plain in PLAIN:
        latex = pattern.sub(plain, latex)
    return latex.strip()
