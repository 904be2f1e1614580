"""What a course says to explain itself: its passages and, for a skill that has none, the general hints of its ladders.

A hint is general when it can be read away from its problem: it defines or gives a rule, it is not about this problem's
numbers or people, and it states no answer. Only where a skill has none is the next best taken: a rule that is the
answer to its problem ("any number to the power 0 is 1"), or else a step. Scaffolds are never taken. The same words in
many ladders are one text, which knows all its problems: it is not quoted while one of them is on the table.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.urls import reverse

from tutor_app.courses.models import Course, ExpectedError, Hint, Passage, Skill

# A skill keeps its best so many hints; more add to what is searched, not to what is found.
MOST_PER_SKILL = 16
MOST_SKILLS_NAMED = 4
MOST_TITLES, MOST_PROBLEMS, MOST_OF_A_PROBLEM = 10, 6, 300
LESSON_NUMBER = re.compile(r"^Lesson [\w.]+:? ?")
# From this generality on a hint is taken; of less general ones, so many make up for what a skill lacks.
GENERAL = 0.5
LEAST_BEARABLE = -1.5
FEWEST_PER_SKILL = 2
NEVER = 4  # the tier of what is not taken
# A hint with fewer words names a move ("Isolate the variable"), and a longer one works an example.
FEWEST_WORDS = 6
MOST_CHARACTERS = 900
# Two hints of a skill that share so much of their words are one.
ALIKE = 0.75


@dataclass(frozen=True)
class CourseText:
    """A text that explains; `skills` are slugs, the one whose page shows it first. `problems` have it as a hint."""

    name: str
    title: str
    text: str
    skills: tuple[str, ...]
    about: str  # the names of its skills, in words
    also: tuple[str, ...]  # what else the course says of them: descriptions, lessons, misconceptions, problems
    url: str
    attribution: str = ""
    attribution_url: str = ""
    licence: str = ""
    licence_url: str = ""
    problems: frozenset[int] = frozenset()

    @property
    def anchor(self) -> str:
        """Its place on the page of its skill."""
        return self.name.rsplit("/", 1)[1]

    @property
    def is_hint(self) -> bool:
        return bool(self.problems)


@dataclass
class _Candidate:
    """A hint's words, wherever they occur."""

    hint: Hint
    generality: float
    skills: Counter[str] = field(default_factory=Counter)
    problems: set[int] = field(default_factory=set)
    states_an_answer: bool = False
    is_last: bool = True  # the last rung of every ladder that it is on

    @property
    def tier(self) -> int:
        """A skill's texts are of its first tier that has any."""
        enough, gives_away = says_enough(self.hint.title, self.hint.text), self.states_an_answer or self.is_last
        if enough and not gives_away and self.generality > LEAST_BEARABLE:
            return 0
        if enough and gives_away and self.generality > GENERAL:
            return 1
        return 2 if not gives_away else 3 if is_rule(self.hint.text) else NEVER


def remembered_texts(course: Course) -> tuple[CourseText, ...]:
    """`texts_of` for pages: a process makes them once for the course as it is now, which takes a second or two."""
    return _texts_of_version(course.pk, course.updated_at)


@lru_cache(maxsize=8)
def _texts_of_version(course_id: int, _updated_at: datetime) -> tuple[CourseText, ...]:
    return tuple(texts_of(Course.objects.get(pk=course_id)))


def texts_of(course: Course) -> list[CourseText]:
    """All that the course can be quoted with, in the order of its skills."""
    skills = {skill.slug: skill for skill in course.skills.all()}
    passages = Passage.objects.filter(skill__course=course).select_related("skill")
    by_skill: dict[str, list[CourseText]] = defaultdict(list)
    also = said_of_skills(course)
    for passage in passages.order_by("skill__position", "skill__slug", "position"):
        by_skill[passage.skill.slug].append(_of_passage(passage, course, also))
    without = [skills[slug] for slug in skills if slug not in by_skill]
    by_skill |= general_hints(course, without, also) if without else {}
    return [text for slug in skills for text in by_skill.get(slug, ())]


def said_of_skills(course: Course) -> dict[str, tuple[str, ...]]:
    """By skill: its description and lessons, the titles over its hints, the misconceptions known in it, and some
    of its problems."""
    said: dict[str, list[str]] = defaultdict(list)
    for slug, name, description in course.skills.values_list("slug", "name", "description"):
        said[slug].append(f"{name}. {description}")
    for slug, title in course.skills.order_by("lessons__position").values_list("slug", "lessons__title"):
        said[slug][0] += f" {re.sub(LESSON_NUMBER, '', title or '')}"
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    hints = Hint.objects.filter(step__problem__course=course, retired=False).exclude(title="")
    for slug, title in hints.values_list("step__skills__slug", "title"):
        titles[slug][title] += 1
    for slug, counts in titles.items():
        said[slug].append(". ".join(title for title, _uses in counts.most_common(MOST_TITLES)))
    known = ExpectedError.objects.filter(step__problem__course=course).order_by("misconception__slug")
    named = known.values_list("step__skills__slug", "misconception__name", "misconception__description").distinct()
    for slug, name, description in named:
        said[slug].append(f"{name}. {description}")
    for slug, asked in _problems_by_skill(course).items():
        said[slug] += asked[:: max(1, -(-len(asked) // MOST_PROBLEMS))]  # spread over all of them
    return {slug: tuple(dict.fromkeys(parts)) for slug, parts in said.items() if slug}


def _problems_by_skill(course: Course) -> dict[str, list[str]]:
    """What is asked, in words and mathematics."""
    asked: dict[str, list[str]] = defaultdict(list)
    steps = course.problems.in_use().filter(steps__retired=False).order_by("slug", "steps__position")
    for slug, *parts in steps.values_list("steps__skills__slug", "title", "body", "steps__title", "steps__body"):
        if slug:
            asked[slug].append(" ".join(readable(part) for part in dict.fromkeys(parts) if part)[:MOST_OF_A_PROBLEM])
    return asked


def _of_passage(passage: Passage, course: Course, also: Mapping[str, Sequence[str]]) -> CourseText:
    return CourseText(
        name=f"{passage.skill.slug}/{passage.slug}",
        title=passage.title,
        text=passage.text,
        skills=(passage.skill.slug,),
        about=passage.skill.name,
        also=tuple(also.get(passage.skill.slug, ())),
        url=reverse("courses:passage", args=[course.slug, passage.skill.slug, passage.slug]),
        attribution=course.attribution,
        attribution_url=course.attribution_url,
        licence=course.licence,
        licence_url=course.licence_url,
    )


def general_hints(
    course: Course, skills: Sequence[Skill], also: Mapping[str, Sequence[str]] | None = None
) -> dict[str, list[CourseText]]:
    """The best general hints of these skills, best first, by slug; a text stands with the skill that uses it most."""
    wanted = {skill.slug: skill for skill in skills}
    candidates = _candidates(course).values()
    by_home: dict[str, list[_Candidate]] = {}
    for tier in range(NEVER):
        found = defaultdict(list)
        for candidate in candidates:
            used = [slug for slug, _uses in candidate.skills.most_common() if slug in wanted]
            if candidate.tier == tier and used and not (set(used) & by_home.keys() if tier else ()):
                found[used[0]].append(candidate)
        by_home |= found
    titles = Counter((title, slug) for slug, own in by_home.items() for title in {each.hint.title for each in own})
    common = Counter(title for title, _slug in titles)
    return {
        slug: [
            _of_hint(each, course, wanted, also or {}, titled=common[each.hint.title] <= 2)
            for each in _best(by_home[slug])
        ]
        for slug in wanted
        if slug in by_home
    }


def _candidates(course: Course) -> dict[str, _Candidate]:
    """Every hint that is plain text, by its words. A template's hints speak of numbers that are not yet chosen."""
    found: dict[str, _Candidate] = {}
    rows = (
        Hint.objects.filter(
            step__problem__course=course, step__problem__retired=False, step__problem__parameters={}, retired=False
        )
        .filter(kind__in=(Hint.Kind.HINT, Hint.Kind.BOTTOM_OUT), step__retired=False)
        .select_related("step__problem")
        .order_by("step__problem__slug", "step__position", "position")
    )
    keys = _keys_by_problem(course)
    skills_of = _skills_by_step(course)
    for hint in rows.iterator(chunk_size=1000):
        text = readable(hint.text)
        hint.text, hint.title = text, readable(hint.title)
        if len(text) > MOST_CHARACTERS or len(words_of(f"{hint.title} {text}")) < 2:
            continue
        candidate = found.setdefault(" ".join(words_of(text)) + _figures(text), _Candidate(hint, 0.0))
        candidate.problems.add(hint.step.problem_id)
        candidate.skills.update(skills_of.get(hint.step_id, ()))
        candidate.is_last &= hint.kind == Hint.Kind.BOTTOM_OUT
        candidate.states_an_answer |= states_an_answer(f"{hint.title} {text}", keys[hint.step.problem_id])
    for candidate in found.values():
        candidate.generality = generality(candidate.hint.title, candidate.hint.text, len(candidate.problems))
    return found


def _keys_by_problem(course: Course) -> dict[int, set[str]]:
    keys: dict[int, set[str]] = defaultdict(set)
    steps = course.problems.in_use().values_list("pk", "steps__answers", "steps__answer_latex")
    for problem, answers, latex in steps:
        keys[problem].update(str(answer) for answer in (*(answers or ()), latex or ""))
    return keys


def _skills_by_step(course: Course) -> dict[int, list[str]]:
    skills: dict[int, list[str]] = defaultdict(list)
    for step, slug in course.skills.order_by("position").values_list("steps", "slug"):
        if step is not None:
            skills[step].append(slug)
    return skills


def _best(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The most general first, none that says the same as one before it; where there are few, what can just be borne."""
    kept: list[tuple[_Candidate, set[str]]] = []
    for candidate in sorted(candidates, key=lambda each: (-each.generality, each.hint.pk)):
        if candidate.generality <= GENERAL and len(kept) >= FEWEST_PER_SKILL:
            break
        words = set(words_of(f"{candidate.hint.title} {candidate.hint.text}"))
        if not any(len(words & other) > ALIKE * min(len(words), len(other)) for _kept, other in kept):
            kept.append((candidate, words))
        if len(kept) == MOST_PER_SKILL:
            break
    return [candidate for candidate, _words in kept]


def _of_hint(
    candidate: _Candidate,
    course: Course,
    skills: Mapping[str, Skill],
    also: Mapping[str, Sequence[str]],
    *,
    titled: bool,
) -> CourseText:
    """`titled`: its title is its own; "Simplify" stands over half of a course and says nothing."""
    hint, problem = candidate.hint, candidate.hint.step.problem
    used = [slug for slug, _uses in candidate.skills.most_common() if slug in skills]
    anchor = "hint-" + hashlib.sha256(hint.text.encode()).hexdigest()[:8]
    owner = problem if problem.attribution else course
    return CourseText(
        name=f"{used[0]}/{anchor}",
        title=(titled and hint.title) or skills[used[0]].name,
        text=hint.text,
        skills=tuple(used),
        about=", ".join(skills[slug].name for slug in used[:MOST_SKILLS_NAMED]),
        also=tuple(part for slug in used[:MOST_SKILLS_NAMED] for part in also.get(slug, ())),
        url=reverse("courses:skill", args=[course.slug, used[0]]) + f"#{anchor}",
        attribution=owner.attribution,
        attribution_url=owner.attribution_url,
        licence=problem.licence or course.licence,
        licence_url=problem.licence_url or course.licence_url,
        problems=frozenset(candidate.problems),
    )


def not_from(texts: Iterable[CourseText], problems: Collection[int]) -> list[CourseText]:
    """Without the texts that are hints of these problems."""
    return [text for text in texts if text.problems.isdisjoint(problems)]


# --- what makes a hint general -------------------------------------------------------------------------------------

FIGURE = re.compile(r"!\[[^\]]*\]\(figure:[^)]*\)")
MATHEMATICS = re.compile(r"\$+([^$]*)\$+")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
NUMBER = re.compile(r"\d+(?:\.\d+)?")

# Words that point at this problem, or tell what was just done to it.
POINTS_HERE = re.compile(
    r"\b(?:this (?:problem|question|equation|case|step|expression|system|triangle|graph)|our|we (?:get|have|know|need|"
    r"find|want|are|can see)|here|now|next|above|below|therefore|thus|hence|so far|becomes?|given (?:that|equation|"
    r"information)|the (?:first|second|third|last|next|final) (?:step|equation|sentence|choice|option)|choices?|"
    r"options?|previous|original|remaining|left with|results? in|simplif(?:y|ies) to|let's|let us|picture|figure|"
    r"hints?|she|he|her|his)\b",
    re.IGNORECASE,
)
# Words of a definition, a rule, or a way to do it.
SPEAKS_GENERALLY = re.compile(
    r"\b(?:means?|is called|are called|is (?:an?|the) \w+|are (?:the )?\w+s (?:that|which|of)|defined|definition|"
    r"property|propert(?:y|ies)|rules?|formula|law|theorem|identity|always|never|any|every|each|whenever|when|if|"
    r"in order to|to (?:find|solve|add|subtract|multiply|divide|factor|simplify|graph|convert|write|check|evaluate|"
    r"determine|eliminate|isolate)|in general|for example|such as|a (?:number|fraction|line|function|equation|"
    r"polynomial|term|solution|variable)|remember|recall|note that|states?|form)\b",
    re.IGNORECASE,
)
NAME_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")  # a capital in mid-sentence: somebody of a word problem


def readable(text: str) -> str:
    """The text without pictures: they stand with their problem."""
    return FIGURE.sub("", text).strip()


def words_of(text: str) -> list[str]:
    """Words outside of mathematics, in small letters."""
    return WORD.findall(MATHEMATICS.sub(" ", text).lower().replace("’", "'"))


def _figures(text: str) -> str:
    """What mathematics a text holds: two that differ in it alone are two."""
    return "".join("".join(MATHEMATICS.findall(text)).split())


def says_enough(title: str, text: str) -> bool:
    """Enough words; or a telling title over mathematics; or a rule in letters."""
    words, with_title = len(words_of(text)), len(words_of(f"{title} {text}"))
    return words >= FEWEST_WORDS or with_title >= FEWEST_WORDS - 1 or (is_rule(text) and with_title >= 2)


def is_rule(text: str) -> bool:
    """Its mathematics is an equation of letters, as $a + b = b + a$ is."""
    mathematics = " ".join(MATHEMATICS.findall(text))
    return "=" in mathematics and set(NUMBER.findall(mathematics)) <= {"0", "1", "2"}


def generality(title: str, text: str, uses: int) -> float:
    """How well a hint can be read away from its problem; 0 and below: it can't. The weights were set by reading."""
    mathematics = " ".join(MATHEMATICS.findall(text))
    plain = MATHEMATICS.sub(" ", text)
    numbers = len(set(NUMBER.findall(mathematics)) - {"0", "1", "2"}) + len(NUMBER.findall(plain))
    words = len(words_of(text))
    points = 0.0
    points += 1.0 * min(len(SPEAKS_GENERALLY.findall(plain)), 4)
    points += min(words / 12, 2.5)
    points += 1.0 if is_rule(text) else 0.0
    points += min(uses - 1, 8) / 4
    points -= 1.5 * len(POINTS_HERE.findall(plain))
    points -= 0.5 * min(numbers, 8)
    points -= 1.0 * len(NAME_INSIDE.findall(plain.replace(title, "")))
    points -= 1.0 if mathematics.count("=") > 1 and numbers else 0.0
    return points


TYPESETTING = re.compile(r"\\(?:left|right|displaystyle|[,;!:])|[\s{}]")
SAY_NOTHING = {"yes", "no", "true", "false"}
SHORT = 2  # characters: such an answer is part of much else, and only stated where it stands alone


def states_an_answer(text: str, keys: Collection[str]) -> bool:
    """Whether the text holds one of the answers, as a whole and however it is spaced or typeset. A single letter or a
    yes is no answer by itself: it is in every text."""
    said = squeezed(text)
    for key in keys:
        wanted = squeezed(key)
        if not wanted or wanted in SAY_NOTHING or (len(wanted) == 1 and wanted.isalpha()):
            continue
        before, after = (
            (r"(?:^|[\s=≈:])", r"(?=$|[\s,;)!?]|\.(?!\d))") if len(wanted) <= SHORT else (r"(?<![\w.])", r"(?!\w|\.\d)")
        )
        if re.search(before + re.escape(wanted) + after, said):
            return True
    return False


def squeezed(text: str) -> str:
    """Small letters; mathematics without its spaces and typesetting, set off from the words round it."""
    parts = text.lower().split("$")
    odd = [TYPESETTING.sub("", part) for part in parts[1::2]]
    even = [" ".join(part.split()) for part in parts[::2]]
    if len(parts) == 1:
        return (
            even[0] if WORD.search(TYPESETTING.sub(" ", even[0])) and " " in even[0] else TYPESETTING.sub("", even[0])
        )
    mixed = [part for pair in zip(even, [*odd, ""], strict=False) for part in pair]
    return " ".join(part for part in mixed if part)
