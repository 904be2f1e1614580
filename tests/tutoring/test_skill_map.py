"""The map of skills: what comes first stands to the left, nothing lies on anything, and bad courses still have one."""

from itertools import pairwise
from typing import Any

import pytest

from tutor_app.tutoring.templatetags.skill_map import MOST_NODES, NODE_HEIGHT, Map, lay_out


def skill(
    slug: str, *needs: str, position: int = 0, mastery: float = 0.5, attempts: int = 5, **more: Any
) -> dict[str, Any]:
    given = {"name": slug.title(), "sd": 0.1, "enough": attempts >= 3, "due": False, **more}
    return {
        "slug": slug,
        "prerequisites": list(needs),
        "position": position,
        "mastery": mastery,
        "attempts": attempts,
        **given,
    }


def column_of(drawn: Map) -> dict[str, int]:
    xs = sorted({node.x for node in drawn.nodes})
    return {node.skill["slug"]: xs.index(node.x) for node in drawn.nodes}


def test_a_skill_stands_to_the_right_of_all_it_builds_on() -> None:
    drawn = lay_out([skill("c", "a", "b"), skill("b", "a"), skill("a"), skill("d")])
    assert column_of(drawn) == {"a": 0, "d": 0, "b": 1, "c": 2}


def test_no_two_skills_of_a_column_touch() -> None:
    drawn = lay_out([skill("root"), *(skill(f"s{n}", "root", position=n) for n in range(12))])
    tops = sorted(node.y for node in drawn.nodes if node.x > 0)
    assert len(tops) == 12
    assert all(below - above > NODE_HEIGHT for above, below in pairwise(tops))
    assert drawn.height >= tops[-1] + NODE_HEIGHT


def test_a_line_that_another_says_already_is_not_drawn_but_stays_in_the_words() -> None:
    drawn = lay_out([skill("a"), skill("b", "a"), skill("c", "a", "b")])
    assert len(drawn.edges) == 2  # a-b, b-c
    assert drawn.nodes[-1].needs == ("A", "B")


@pytest.mark.parametrize(
    ("mastery", "attempts", "standing"),
    [(0.9, 5, "reached"), (0.5, 5, "begun"), (0.9, 1, "unsure"), (0.0, 0, "ready")],
)
def test_how_a_skill_stands(mastery: float, attempts: int, standing: str) -> None:
    assert lay_out([skill("a", mastery=mastery, attempts=attempts)]).nodes[0].standing == standing


def test_a_skill_whose_ground_is_missing_comes_later() -> None:
    drawn = lay_out([skill("a", mastery=0.5), skill("b", "a", attempts=0), skill("c", attempts=0)])
    assert {node.skill["slug"]: node.standing for node in drawn.nodes} == {"a": "begun", "b": "later", "c": "ready"}


def test_the_band_stays_between_0_and_100() -> None:
    node = lay_out([skill("a", mastery=0.98, sd=0.3)]).nodes[0]
    assert (node.low, node.mean, node.high) == (68, 98, 100)


def test_a_cycle_or_a_prerequisite_of_another_course_is_no_reason_to_fail() -> None:
    drawn = lay_out([skill("a", "b"), skill("b", "a"), skill("c", "c", "elsewhere")])
    assert {node.skill["slug"] for node in drawn.nodes} == {"a", "b", "c"}


def test_a_course_without_skills_has_an_empty_map() -> None:
    assert lay_out([]).nodes == ()


def test_a_large_course_is_a_list_that_begins_with_what_is_due_and_what_was_begun() -> None:
    many = [skill(f"s{n:03}", position=n, attempts=0) for n in range(MOST_NODES + 40)]
    many[50] = skill("begun", position=50)
    many[70] = skill("due", position=70, due=True)
    drawn = lay_out(many)
    assert drawn.is_list
    assert [node.skill["slug"] for node in drawn.nodes][:3] == ["due", "begun", "s000"]
    assert len(drawn.nodes) + len(drawn.rest) == len(many)
