"""What a learner's answers say about their misconceptions, as rows.

The live turn and `rebuild` both go through `update_misconception_states`, so that they can't drift apart. What an
answer was found to fit is in the log (`Event.fits`); the learner's words are not read again.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from models_core.misconceptions import CHOICE, TEXT, Belief, Encounter, Lands, Stage, lands_on, shipped, slip_values
from tutor_app.courses.models import AnswerKind
from tutor_app.courses.variants import ProblemVariant, StepVariant, same_answer
from tutor_app.learners.models import Event, MisconceptionState, User

NUMBER = re.compile(r"\\d?frac\{(?P<top>\d+)\}\{(?P<bottom>\d+)\}|(?P<plain>\d+(?:\.\d+)?)")
MOST_DIGITS = 12


# --- an answer, as the model sees it ------------------------------------------------------------------------------


def encounter_of(
    variant: ProblemVariant,
    step: StepVariant,
    *,
    correct: bool,
    fits: Sequence[str] = (),
    forecast: float | None = None,
    counts: bool = True,
) -> Encounter:
    """An answer to a step of a problem; `fits` are the slugs of the misconceptions that lead to it."""
    could_show = tuple(dict.fromkeys((*(error.slug for error in step.expected_errors), *fits)))
    given = next((error.answer for error in step.expected_errors if error.slug in fits), None)
    lands: Lands = ((TEXT, 1),) if fits else ()
    if given is not None:
        lands = lands_of(variant, step, given)
    return Encounter(could_show, correct, tuple(dict.fromkeys(fits)), lands, forecast, counts)


def lands_of(variant: ProblemVariant, step: StepVariant, answer: str) -> Lands:
    """The shapes of a wrong answer: how likely a slip is to land there."""
    if step.answer_kind == AnswerKind.CHOICE and step.choices:
        wrong = [choice for choice in step.choices if not any(same_answer(choice, key) for key in step.answers)]
        return ((CHOICE, max(len(wrong), 1)),)
    key, value = key_number(step), number_of(answer)
    if key is None or value is None:
        return ((TEXT, 1),)
    return lands_on(value, key, slip_values_of(variant, step, key))


def slip_values_of(variant: ProblemVariant, step: StepVariant, key: Fraction) -> dict[str, tuple[Fraction, ...]]:
    """The wrong answers near the key of a step, by shape."""
    parts = [number_of(rung.answers[0]) for rung in step.hints if rung.answers]
    parts += [number_of(other.answers[0]) for other in variant.steps if other is not step and other.answers]
    words = f"{variant.body} {step.title} {step.body}"
    return slip_values(key, parts=[part for part in parts if part is not None], numbers=numbers_in(words))


def key_number(step: StepVariant) -> Fraction | None:
    """The step's key where it is one number."""
    if step.answer_kind != AnswerKind.ARITHMETIC or not step.answers:
        return None
    return number_of(step.answers[0])


def number_of(answer: str) -> Fraction | None:
    """The number that an author's answer is, alone or after `x =`; None where it is anything else."""
    text = re.sub(r"\s|\$", "", answer)
    text = re.sub(r"^[a-zA-Z]=", "", text)
    sign = -1 if text.startswith("-") else 1
    found = NUMBER.fullmatch(text.removeprefix("-"))
    if found is None:
        top, slash, bottom = text.removeprefix("-").partition("/")
        whole = slash and top.isdecimal() and bottom.isdecimal() and int(bottom[:MOST_DIGITS])
        return sign * Fraction(int(top[:MOST_DIGITS]), int(bottom[:MOST_DIGITS])) if whole else None
    return None if (size := _size(found)) is None else sign * size


def numbers_in(words: str) -> tuple[Fraction, ...]:
    """The numbers that stand in a text, without their signs."""
    sizes = (_size(found) for found in NUMBER.finditer(words))
    return tuple(dict.fromkeys(size for size in sizes if size is not None))


def _size(found: re.Match[str]) -> Fraction | None:
    if found["plain"]:
        return Fraction(found["plain"]) if len(found["plain"]) <= MOST_DIGITS else None
    top, bottom = found["top"], found["bottom"]
    return Fraction(int(top), int(bottom)) if len(top + bottom) <= MOST_DIGITS and int(bottom) else None


# --- what is believed, as rows ------------------------------------------------------------------------------------


def update_misconception_states(
    states: dict[str, MisconceptionState],
    *,
    learner: User,
    event: Event,
    variant: ProblemVariant | None,
    ids: Mapping[str, int],
) -> None:
    """Brings the learner's rows of one course (by slug, in memory) up to date with an attempt.

    Args:
        states: the rows; those of misconceptions that were never near yet are made.
        learner: whose they are.
        event: an attempt of the log.
        variant: the problem as this learner had it; None where the course has changed too much to tell. Then only what
            the log itself says counts.
        ids: the course's misconceptions by slug, at least those of the step.
    """
    encounter = encounter_in(event, variant, known=ids.keys())
    before = {slug: belief_of(states[slug]) for slug in encounter.could_show if slug in states}
    after = shipped().after(before, encounter, named=event.misconception or None, probed=event.probed)
    for slug, belief in after.items():
        row = states.setdefault(slug, MisconceptionState(learner=learner, misconception_id=ids[slug]))
        put_belief(row, belief, event)


def encounter_in(event: Event, variant: ProblemVariant | None, *, known: Collection[str]) -> Encounter:
    """An attempt of the log, as the model sees it."""
    fits = [slug for slug in event.fits or [event.misconception] if slug in known]
    counts = event.hints == 0 and event.try_number == 1
    step = next((one for one in variant.steps if one.step_id == event.step_id), None) if variant else None
    if variant is None or step is None:
        lands: Lands = ((TEXT, 1),) if fits else ()
        return Encounter(tuple(fits), bool(event.correct), tuple(fits), lands, event.student_probability, counts)
    return encounter_of(
        variant, step, correct=bool(event.correct), fits=fits, forecast=event.student_probability, counts=counts
    )


def belief_of(row: MisconceptionState) -> Belief:
    return Belief(row.probability, Stage(row.stage), row.times_met, row.opportunities_since)


def put_belief(row: MisconceptionState, belief: Belief, event: Event) -> None:
    """The row says what is believed after the event."""
    if belief.times_met > row.times_met:
        row.first_met = row.first_met or event.at
        row.last_met = event.at
    if belief.stage != row.stage:
        row.resolved_at = event.at if belief.stage == Stage.RESOLVED else None
    row.probability, row.stage = belief.probability, belief.stage.value
    row.times_met, row.opportunities_since = belief.times_met, belief.opportunities_since


def save_misconception_states(states: Iterable[MisconceptionState]) -> None:
    MisconceptionState.objects.bulk_create(
        states,
        update_conflicts=True,
        unique_fields=["learner", "misconception"],
        update_fields=[
            *("stage", "probability", "times_met", "opportunities_since"),
            *("first_met", "last_met", "resolved_at"),
        ],
    )
