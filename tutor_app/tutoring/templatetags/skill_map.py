"""`{% skill_map skills %}`: the skills of a course as a map that reads from left to right.

What comes first stands before what builds on it.

A skill here is a dict: the fields of `messages.SkillView`, and `position`, `prerequisites` (slugs) and `due`.
The layout is plain geometry made on the server: no script draws it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from django import template

register = template.Library()

NODE_WIDTH, NODE_HEIGHT = 152, 104  # px, as in home.css
COLUMN_GAP, ROW_GAP = 28, 14
MOST_NODES = 60  # beyond, a map is a tangle: a list says more
FIRST_SHOWN = 9  # of a list, before "all skills"
REACHED = 0.85

Skill = Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """A skill in its place: the left upper corner in px, and how it stands."""

    skill: Skill
    x: int
    y: int
    standing: str  # reached, begun, unsure (begun, too little data), ready (could be begun), later
    mean: int  # points of 100
    low: int
    high: int
    needs: tuple[str, ...]  # names of what it builds on
    opens: str = ""  # to which side its details open, where there is no room below and to the right


@dataclass(frozen=True)
class Map:
    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, bool], ...]  # SVG path, and whether what it comes from is reached
    width: int
    height: int
    is_list: bool
    rest: tuple[Node, ...] = ()


@register.inclusion_tag("tutoring/_skill_map.html")
def skill_map(skills: Sequence[Skill], title: str) -> dict[str, Any]:
    return {"map": lay_out(skills), "title": title}


def lay_out(skills: Sequence[Skill]) -> Map:
    """Places every skill: its column is the longest way to it, its row as near as can be to what it builds on."""
    by_slug = {skill["slug"]: skill for skill in sorted(skills, key=lambda skill: skill["position"])}
    before = {
        slug: [needed for needed in skill["prerequisites"] if needed in by_slug] for slug, skill in by_slug.items()
    }
    if len(by_slug) > MOST_NODES or not any(before.values()):
        return _as_list(by_slug, before)
    columns = _columns(before)
    tops = _tops(columns, before)
    height = max(tops.values()) + NODE_HEIGHT
    places = {
        slug: (column * (NODE_WIDTH + COLUMN_GAP), tops[slug]) for column, slugs in enumerate(columns) for slug in slugs
    }
    width = len(columns) * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP
    nodes = tuple(_node(by_slug, before, slug, x, y, _opens(x, y, width, height)) for slug, (x, y) in places.items())
    edges = tuple(
        (_path(places[needed], places[slug]), _is_reached(by_slug[needed]))
        for slug in places
        for needed in _nearest(slug, before)
    )
    return Map(nodes, edges, width, height, is_list=False)


def _as_list(by_slug: Mapping[str, Skill], before: Mapping[str, list[str]]) -> Map:
    """Without an order to draw: what is due, what was begun, what comes next; the rest behind one more click."""
    order = sorted(by_slug.values(), key=lambda skill: (not skill["due"], skill["attempts"] == 0, skill["position"]))
    nodes = tuple(_node(by_slug, before, skill["slug"], 0, 0) for skill in order)
    shown = max(FIRST_SHOWN, sum(skill["attempts"] > 0 for skill in order[: 3 * FIRST_SHOWN]))
    return Map(nodes[:shown], (), 0, 0, is_list=True, rest=nodes[shown:])


def _columns(before: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Slugs by the longest chain of prerequisites that leads to them. A cycle, which no course should have, is cut."""
    depth: dict[str, int] = {}

    def depth_of(slug: str, path: tuple[str, ...]) -> int:
        if slug not in depth:
            needed = [depth_of(other, (*path, slug)) for other in before[slug] if other not in path and other != slug]
            depth[slug] = max(needed, default=-1) + 1
        return depth[slug]

    for slug in before:
        depth_of(slug, ())
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for slug in before:
        columns[depth[slug]].append(slug)
    return columns


def _tops(columns: Sequence[Sequence[str]], before: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The upper edge of every node in px; nodes of a column keep their distance."""
    pitch = NODE_HEIGHT + ROW_GAP
    tops: dict[str, float] = {}
    for column in columns:
        wished = {
            slug: fmean(tops[needed] for needed in before[slug] if needed in tops)
            if any(needed in tops for needed in before[slug])
            else row * pitch
            for row, slug in enumerate(column)
        }
        lowest = 0.0
        for slug in sorted(column, key=lambda slug: wished[slug]):
            tops[slug] = max(wished[slug], lowest)
            lowest = tops[slug] + pitch
    return {slug: round(top) for slug, top in tops.items()}


def _nearest(slug: str, before: Mapping[str, Sequence[str]]) -> list[str]:
    """Its prerequisites without those that another of them builds on: the line through that one says it already."""
    behind: set[str] = set()
    ahead = [further for needed in before[slug] for further in before[needed]]
    while ahead:
        further = ahead.pop()
        if further not in behind:
            behind.add(further)
            ahead.extend(before[further])
    return [needed for needed in before[slug] if needed not in behind]


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1 = start[0] + NODE_WIDTH, start[1] + NODE_HEIGHT // 2
    x2, y2 = end[0], end[1] + NODE_HEIGHT // 2
    bend = COLUMN_GAP * 0.6
    return f"M{x1} {y1}C{x1 + bend:.0f} {y1} {x2 - bend:.0f} {y2} {x2} {y2}"


def _is_reached(skill: Skill) -> bool:
    return bool(skill["enough"]) and skill["mastery"] >= REACHED


def _opens(x: int, y: int, width: int, height: int) -> str:
    upwards = "up " if y + NODE_HEIGHT / 2 > height / 2 else ""
    return upwards + ("left" if x > 0 and x + NODE_WIDTH >= width else "")


def _node(
    by_slug: Mapping[str, Skill],
    before: Mapping[str, Sequence[str]],
    slug: str,
    x: int,
    y: int,
    opens: str = "",
) -> Node:
    skill = by_slug[slug]
    needed = [by_slug[other] for other in before[slug]]
    if _is_reached(skill):
        standing = "reached"
    elif skill["attempts"]:
        standing = "begun" if skill["enough"] else "unsure"
    else:
        standing = "ready" if all(_is_reached(other) for other in needed) else "later"
    mean, sd = skill["mastery"], skill["sd"]
    low, middle, high = (round(100 * min(1.0, max(0.0, value))) for value in (mean - sd, mean, mean + sd))
    names = tuple(other["name"] for other in needed)
    return Node(skill, x, y, standing, middle, low, high, names, opens)
