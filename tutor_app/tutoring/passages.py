"""Finding the course's own words on what a learner asks about."""

import re
from collections.abc import Sequence

from tutor_app.courses.models import Course, Passage

WORD = re.compile(r"[a-z]{3,}")
# Words that say that something is asked, not what.
ASKING = (
    "what does mean means meaning the are how why can you explain define about tell remind this that called stand for "
    "when should would did and with not have use please help"
)


def passage_for(question: str, *, course: Course, skills_in_play: Sequence[str]) -> Passage | None:
    """The passage that shares most words with the question, those of the skills in play first; None if the course says
    nothing. A question that names nothing ("what does this mean?") is about the skill in play."""
    passages = list(Passage.objects.filter(skill__course=course).select_related("skill"))
    asked = stems(question) - stems(ASKING)
    in_play = [passage for passage in passages if passage.skill.slug in skills_in_play]
    if not asked:
        return in_play[0] if in_play else None

    def closeness(passage: Passage) -> tuple[float, bool]:
        title = len(asked & stems(f"{passage.title} {passage.skill.name}"))
        text = len(asked & stems(passage.text))
        return (3 * title + text) / len(asked), passage in in_play

    best = max(passages, key=closeness, default=None)
    return best if best is not None and closeness(best)[0] >= 1 else None


def stems(text: str) -> frozenset[str]:
    """The words without their commonest endings: "terms" and "term" are one."""
    return frozenset(re.sub(r"(ing|ed|es|s)$", "", word) for word in WORD.findall(text.lower()))
