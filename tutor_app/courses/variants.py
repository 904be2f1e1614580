"""From a template and a seed to a concrete problem, the same one for ever.

A template is a problem whose `parameters` are not empty. They say which values are drawn (`given`), which follow from
them (`let`), and what must hold (`where`); its texts carry holes, `[[expression|filter]]`, that are filled with them.

How values are drawn (version 1; a golden test holds it, because learners' logs keep seeds, not texts): try number t,
from 0, picks for the parameter called `name` the value number sha256("1|seed|t|name")[:8] mod n of its n possible
values in their written order, and the first try for which every `where` holds is taken. No parameter's value depends on
the order in which parameters are written (PostgreSQL forgets it), nor on Python's random numbers.

The border with the database is `template_of`; everything else works on plain values.
"""

import hashlib
import itertools
import keyword
import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError

from tutor_app.courses.expressions import ExpressionRefused, Value, evaluate, names_in
from tutor_app.courses.lettering import FUNCTIONS_BY_MODE, Mode, letter

if TYPE_CHECKING:
    from tutor_app.courses.models import Hint, Problem, Step

DRAWING = "1"  # the version of the algorithm above
MOST_TRIES = 1_000
MOST_VALUES = 10_000  # of one parameter
LARGEST_SEED = 2**31  # seeds travel through JavaScript

HOLE = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)


class TemplateRefused(ValueError):
    """A template that cannot be read or realised; the message says why."""


# --- what comes out -----------------------------------------------------------------------------------------------
# The same shapes hold a template: then their texts still have holes.


@dataclass(frozen=True)
class ExpectedErrorVariant:
    misconception_id: int
    slug: str
    name: str
    answer: str


@dataclass(frozen=True)
class HintVariant:
    hint_id: int
    key: str
    kind: str  # "hint", "scaffold" or "bottom_out"
    title: str
    text: str
    answer_kind: str
    answers: tuple[str, ...]
    choices: tuple[str, ...]
    depends_on: tuple[str, ...]  # keys of hints that come before


@dataclass(frozen=True)
class StepVariant:
    step_id: int
    key: str
    title: str
    body: str
    answer_kind: str  # "arithmetic", "string" or "choice"
    answers: tuple[str, ...]
    answer_latex: str
    choices: tuple[str, ...]
    skills: tuple[str, ...]  # slugs
    hints: tuple[HintVariant, ...]  # in ladder order: what a rung depends on stands before it
    expected_errors: tuple[ExpectedErrorVariant, ...]
    asked: str  # the form that is asked for, "" for any


@dataclass(frozen=True)
class ProblemVariant:
    problem_id: int
    seed: int
    title: str
    body: str
    steps: tuple[StepVariant, ...]


# --- parameters ---------------------------------------------------------------------------------------------------


def exact(number: object) -> object:
    """Numbers of a JSON file, and "3/4" written as a string, as fractions."""
    if isinstance(number, bool):
        raise ValueError(_("expected a number"))
    if isinstance(number, int | float):
        return Fraction(str(number))
    if isinstance(number, str):
        try:
            return Fraction(number)
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(_("“%(text)s” is not a number") % {"text": number[:40]}) from error
    return number


def _drawn(value: object) -> object:
    """A value that stands in `one_of`: a number, a text, or a record of such."""
    if isinstance(value, Mapping):
        return {field: _drawn(part) for field, part in value.items()}
    return value if isinstance(value, str) else exact(value)


Exact = Annotated[Fraction, BeforeValidator(exact)]
Drawn = Annotated[Fraction | str | dict[str, Fraction | str], BeforeValidator(_drawn)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Range(Strict):
    """`{"from": 2, "to": 9, "step": 1, "except": [5]}`, ends included."""

    first: Exact = Field(alias="from")
    last: Exact = Field(alias="to")
    step: Exact = Field(default=Fraction(1), gt=0)
    left_out: tuple[Exact, ...] = Field(default=(), alias="except")

    def values(self) -> tuple[Value, ...]:
        count = (self.last - self.first) // self.step + 1
        if count > MOST_VALUES:
            raise TemplateRefused(
                _("A parameter may have %(limit)d values, and this one has %(count)d.")
                % {"limit": MOST_VALUES, "count": count}
            )
        numbers = (self.first + self.step * index for index in range(max(count, 0)))
        return tuple(number for number in numbers if number not in self.left_out)


class Choice(Strict):
    """`{"one_of": [2, 5, 10]}`, or texts, or records that all have the same fields."""

    one_of: tuple[Drawn, ...] = Field(min_length=1, max_length=MOST_VALUES)

    def values(self) -> tuple[Value, ...]:
        shapes = {tuple(sorted(value)) if isinstance(value, Mapping) else None for value in self.one_of}
        if len(shapes) > 1:
            raise TemplateRefused(_("The choices of a parameter have different fields."))
        return self.one_of


def _kind_of_domain(raw: object) -> str:
    return "choice" if isinstance(raw, Choice) or (isinstance(raw, Mapping) and "one_of" in raw) else "range"


Domain = Annotated[Annotated[Range, Tag("range")] | Annotated[Choice, Tag("choice")], Discriminator(_kind_of_domain)]


class Parameters(Strict):
    """What a template's `parameters` say, and how values are drawn from them."""

    given: dict[str, Domain] = Field(min_length=1, max_length=20)
    let: dict[str, str] = Field(default={}, max_length=40)
    where: tuple[str, ...] = Field(default=(), max_length=40)
    shuffle: bool = False  # the choices of multiple-choice steps

    def check(self) -> None:
        """Raises TemplateRefused unless every name is usable, known and free of circles."""
        for name in (*self.given, *self.let):
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", name) or keyword.iskeyword(name):
                raise TemplateRefused(_("“%(name)s” cannot be the name of a parameter.") % {"name": name[:40]})
        if both := self.given.keys() & self.let.keys():
            raise TemplateRefused(_("“%(name)s” is given and let at once.") % {"name": min(both)})
        for name, values in self.domains.items():
            if not values:
                raise TemplateRefused(_("“%(name)s” has no value to take.") % {"name": name})
        known = self.given.keys() | self.let.keys()
        for source in (*(self.let[name] for name in self.lets), *self.where):
            if unknown := names_in(source) - known:
                raise TemplateRefused(
                    _("“%(source)s” uses “%(name)s”, which is not a parameter.")
                    % {"source": source, "name": min(unknown)}
                )

    @cached_property
    def domains(self) -> dict[str, tuple[Value, ...]]:
        """What each given name may be, in its written order."""
        return {name: domain.values() for name, domain in self.given.items()}

    @cached_property
    def lets(self) -> tuple[str, ...]:
        """The derived names so that each stands after those it is made of."""
        needs = {name: names_in(source) & self.let.keys() for name, source in sorted(self.let.items())}
        try:
            return tuple(TopologicalSorter(needs).static_order())
        except CycleError as error:
            raise TemplateRefused(_("“%(name)s” is made of itself.") % {"name": error.args[1][0]}) from error

    def complete(self, given: Mapping[str, Value]) -> dict[str, Value] | None:
        """The given values and those that follow, or None where a `where` does not hold. A `where` is asked as soon as
        its names are known, so that it can keep a later `let` from dividing by zero."""
        values = dict(given)
        pending = list(self.where)
        for name in (None, *self.lets):
            if name is not None:
                values[name] = evaluate(self.let[name], values)
            for source in [source for source in pending if names_in(source) <= values.keys()]:
                pending.remove(source)
                holds = evaluate(source, values)
                if not isinstance(holds, bool):
                    raise TemplateRefused(_("“%(source)s” is neither true nor false.") % {"source": source})
                if not holds:
                    return None
        return values


def read_parameters(raw: Mapping[str, Any]) -> Parameters:
    """The parameters of a template. Raises TemplateRefused with a sentence that says what is wrong."""
    try:
        parameters = Parameters.model_validate(raw)
        parameters.check()
    except ExpressionRefused as error:
        raise TemplateRefused(str(error)) from error
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()[:3]]
        raise TemplateRefused(
            _("The parameters cannot be read (%(faults)s).") % {"faults": "; ".join(faults)}
        ) from error
    return parameters


def draw(parameters: Parameters, seed: int) -> dict[str, Value]:
    """The values of every parameter for a seed. Raises TemplateRefused where the constraints are never met."""
    try:
        for attempt in range(MOST_TRIES):
            given = {
                name: values[_draw(seed, attempt, name, len(values))] for name, values in parameters.domains.items()
            }
            if (complete := parameters.complete(given)) is not None:
                return complete
    except ExpressionRefused as error:
        raise TemplateRefused(str(error)) from error
    raise TemplateRefused(
        _("No values meet “where” in %(tries)d tries with seed %(seed)d: loosen it, or narrow “given”.")
        % {"tries": MOST_TRIES, "seed": seed}
    )


def number_of_variants(parameters: Parameters, enough: int = 100) -> int:
    """How many different problems the template makes: exact up to `enough`, and not counted beyond."""
    found: set[tuple[Any, ...]] = set()
    try:
        for given in itertools.islice(_combinations(parameters.domains), MOST_TRIES * enough):
            if parameters.complete(given) is not None:
                found.add(_fingerprint(given))
                if len(found) >= enough:
                    break
    except ExpressionRefused as error:
        raise TemplateRefused(str(error)) from error
    return len(found)


def _combinations(domains: Mapping[str, tuple[Value, ...]]) -> Iterator[dict[str, Value]]:
    """All combinations where they are few, else a fixed sample of them."""
    size = 1
    for values in domains.values():
        size *= len(values)
    if size <= 5_000:
        for values in itertools.product(*domains.values()):
            yield dict(zip(domains, values, strict=True))
    else:
        for attempt in itertools.count():
            yield {name: values[_draw(0, attempt, name, len(values))] for name, values in domains.items()}


def _draw(seed: int, attempt: int, name: str, size: int) -> int:
    digest = hashlib.sha256(f"{DRAWING}|{seed}|{attempt}|{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % size


def _fingerprint(values: Mapping[str, Value]) -> tuple[Any, ...]:
    return tuple(
        (name, tuple(sorted(value.items())) if isinstance(value, Mapping) else value)
        for name, value in sorted(values.items())
    )


# --- filling ------------------------------------------------------------------------------------------------------


def fill_text(text: str, values: Mapping[str, Value], mode: Mode | None = None) -> str:
    """The text with its holes filled. Without a mode, each hole is lettered for where it stands: in mathematics
    (between `$`) or in words."""

    def fill(hole: re.Match[str]) -> str:
        source, *filters = (part.strip() for part in hole.group(1).split("|"))
        here = mode or ("math" if _inside_mathematics(text[: hole.start()]) else "words")
        try:
            return letter(evaluate(source, values, FUNCTIONS_BY_MODE[here]), filters, here)
        except ExpressionRefused as error:
            raise TemplateRefused(str(error)) from error

    return HOLE.sub(fill, text)


def _inside_mathematics(before: str) -> bool:
    return len(re.findall(r"(?<!\\)\${1,2}", before)) % 2 == 1


def fill(template: ProblemVariant, raw_parameters: Mapping[str, Any], seed: int) -> ProblemVariant:
    """The problem that the template makes of the seed. Raises TemplateRefused."""
    parameters = read_parameters(raw_parameters)
    values = draw(parameters, seed)
    return replace(
        template,
        seed=seed,
        title=fill_text(template.title, values),
        body=fill_text(template.body, values),
        steps=tuple(_fill_step(step, parameters, values, seed) for step in template.steps),
    )


def _fill_step(step: StepVariant, parameters: Parameters, values: Mapping[str, Value], seed: int) -> StepVariant:
    answers = _fill_answers(step.answer_kind, step.answers, values)
    return replace(
        step,
        title=fill_text(step.title, values),
        body=fill_text(step.body, values),
        answers=answers,
        answer_latex=fill_text(step.answer_latex, values, "math"),
        choices=_fill_choices(step.choices, parameters, values, seed, step.key),
        hints=tuple(_fill_hint(hint, step.key, parameters, values, seed) for hint in step.hints),
        expected_errors=tuple(_fill_errors(step, values, answers)),
    )


def _fill_hint(
    hint: HintVariant, step: str, parameters: Parameters, values: Mapping[str, Value], seed: int
) -> HintVariant:
    return replace(
        hint,
        title=fill_text(hint.title, values),
        text=fill_text(hint.text, values),
        answers=_fill_answers(hint.answer_kind, hint.answers, values),
        choices=_fill_choices(hint.choices, parameters, values, seed, f"{step}/{hint.key}"),
    )


def _fill_answers(kind: str, answers: Sequence[str], values: Mapping[str, Value]) -> tuple[str, ...]:
    mode: Mode | None = "math" if kind == "arithmetic" else None
    return tuple(dict.fromkeys(fill_text(answer, values, mode) for answer in answers))


def _fill_choices(
    choices: Sequence[str], parameters: Parameters, values: Mapping[str, Value], seed: int, key: str
) -> tuple[str, ...]:
    """The choices; two that come out alike are one, and a template may have them shuffled."""
    filled = list(dict.fromkeys(fill_text(choice, values) for choice in choices))
    if parameters.shuffle:
        filled.sort(key=lambda choice: hashlib.sha256(f"{DRAWING}|{seed}|{key}|{choice}".encode()).digest())
    return tuple(filled)


def _fill_errors(
    step: StepVariant, values: Mapping[str, Value], answers: Sequence[str]
) -> Iterable[ExpectedErrorVariant]:
    """The wrong answers that can be told from the right one: a wrong idea that happens to lead to the right answer
    here, or to none, shows nothing."""
    for error in step.expected_errors:
        (answer,) = _fill_answers(step.answer_kind, (error.answer,), values)
        if answer and not any(same_answer(answer, right) for right in answers):
            yield replace(error, answer=answer)


def same_answer(one: str, other: str) -> bool:
    """Whether two keys are the same number, or else the same text. A quick look, not the answer checker."""
    numbers = _as_number(one), _as_number(other)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return re.sub(r"\s", "", one).casefold() == re.sub(r"\s", "", other).casefold()


def _as_number(key: str) -> Fraction | None:
    plain = re.sub(r"\\frac\{(\d+)\}\{(\d+)\}", r"\1/\2", re.sub(r"\s|\$", "", key))
    try:
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        return None


# --- the database's side ------------------------------------------------------------------------------------------


def realise(problem: "Problem", seed: int) -> ProblemVariant:
    """The concrete problem for a seed; a problem without parameters is the same for every seed.

    Reads `problem` with what `ProblemQuerySet.with_everything` fetches. Raises TemplateRefused.
    """
    template = template_of(problem)
    return fill(template, problem.parameters, seed) if problem.parameters else template


def fresh_seed(problem: "Problem", used_seeds: Collection[int], rng: random.Random) -> int:
    """A seed whose variant differs from those of the used seeds, as far as the template has that many. Raises
    TemplateRefused."""
    if not problem.parameters:
        return 0
    parameters = read_parameters(problem.parameters)
    used = {_fingerprint(draw(parameters, seed)) for seed in used_seeds}
    seed = 0
    for _try in range(50):
        seed = rng.randrange(LARGEST_SEED)
        if _fingerprint(draw(parameters, seed)) not in used:
            break
    return seed


def template_of(problem: "Problem") -> ProblemVariant:
    """The problem's rows as plain values, texts untouched; what has retired is left out."""
    return ProblemVariant(
        problem_id=problem.pk,
        seed=0,
        title=problem.title,
        body=problem.body,
        steps=tuple(_template_of_step(step) for step in problem.steps.all() if not step.retired),
    )


def _template_of_step(step: "Step") -> StepVariant:
    return StepVariant(
        step_id=step.pk,
        key=step.slug,
        title=step.title,
        body=step.body,
        answer_kind=step.answer_kind,
        answers=tuple(step.answers),
        answer_latex=step.answer_latex,
        choices=tuple(step.choices),
        skills=tuple(skill.slug for skill in step.skills.all()),
        hints=ladder([_template_of_hint(hint) for hint in step.hints.all() if not hint.retired]),
        expected_errors=tuple(
            ExpectedErrorVariant(
                misconception_id=error.misconception_id,
                slug=error.misconception.slug,
                name=error.misconception.name,
                answer=error.answer,
            )
            for error in sorted(step.expected_errors.all(), key=lambda error: error.pk)
        ),
        asked=step.asked,
    )


def _template_of_hint(hint: "Hint") -> HintVariant:
    return HintVariant(
        hint_id=hint.pk,
        key=hint.slug,
        kind=hint.kind,
        title=hint.title,
        text=hint.text,
        answer_kind=hint.answer_kind,
        answers=tuple(hint.answers),
        choices=tuple(hint.choices),
        depends_on=tuple(sorted(before.slug for before in hint.dependencies.all())),
    )


def ladder(hints: Sequence[HintVariant]) -> tuple[HintVariant, ...]:
    """The rungs in their written order, except that what a rung depends on comes before it.

    A circle of dependencies, which importing refuses, is cut where it is first met rather than losing rungs.
    """
    by_key = {hint.key: hint for hint in hints}
    placed: dict[str, HintVariant] = {}
    entered: set[str] = set()

    def place(hint: HintVariant) -> None:
        if hint.key in entered:
            return
        entered.add(hint.key)
        for key in hint.depends_on:
            if key in by_key:
                place(by_key[key])
        placed[hint.key] = hint

    for hint in hints:
        place(hint)
    return tuple(placed.values())
