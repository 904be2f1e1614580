"""What `docs/course-format.md` shows is true: its example loads, its table of holes is what comes out."""

import json
import re
from fractions import Fraction
from pathlib import Path

from tutor_app.courses.native import read_course
from tutor_app.courses.variants import draw, fill_text, read_parameters

DOCUMENT = (Path(__file__).parents[2] / "docs" / "course-format.md").read_text()


def test_the_example_is_a_course(tmp_path: Path) -> None:
    example = DOCUMENT.split("## A small complete course")[1]
    files = re.findall(r"`([\w/.-]+)`:\n\n```\w+\n(.*?)```", example, re.DOTALL)
    for name, content in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    tree = read_course(tmp_path)
    assert [problem.slug for problem in tree.problems] == ["undo-a-plus"]
    assert tree.passages["add"][0].title == "Putting together"


def test_the_parameters_that_it_shows_can_be_drawn() -> None:
    shown = re.search(r'```json\n"parameters": (\{.*?\n\})\n```', DOCUMENT, re.DOTALL)
    assert shown
    values = draw(read_parameters(json.loads(shown.group(1))), 1)
    assert values["c"] < 30


def test_the_table_of_holes_is_what_comes_out() -> None:
    rows = re.findall(r"^\| `\$(.*?)\$` \| (.*?) \| (.*?) \| (.*?) \|$", DOCUMENT, re.MULTILINE)
    assert len(rows) == 7
    for hole, *written in rows:
        for value, expected in zip((3, -1, 1), written, strict=True):
            filled = fill_text(hole.replace("\\|", "|"), {"a": Fraction(value)}, "math")
            assert filled.replace("\\cdot", "·") == expected
