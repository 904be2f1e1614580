"""A folder is read whole, or refused with every defect and its place."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.courses.folders import fixed_problem, png, small_course, template_problem, write_course
from tutor_app.courses.folders import CourseRefused
from tutor_app.courses.native import LARGEST_PICTURE, read_course


def defects_of(folder: Path) -> list[str]:
    with pytest.raises(CourseRefused) as refused:
        read_course(folder)
    return [str(defect) for defect in refused.value.defects]


def test_a_good_folder_becomes_a_tree(tmp_path: Path) -> None:
    tree = read_course(write_course(tmp_path))
    assert [problem.slug for problem in tree.problems] == ["undo-a-sum", "sum"]
    assert tree.passages["add"][0].title == "Adding"
    assert tree.pictures == {"figures/balance.png": png()}


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.pop("title"), "course.json, title: “title” is not given."),
        (lambda c: c.update(colour="red"), "course.json, colour: “colour” is not a field of the format."),
        (lambda c: c.update(format=2), "course.json, format"),
        (lambda c: c.update(slug="Small Course"), "course.json, slug"),
        (lambda c: c.update(slug="a" * 101), "course.json, slug"),
        (lambda c: c.update(licence_url="javascript:alert(1)"), "is not a web address"),
        (lambda c: c.update(skills=[]), "course.json, skills: “skills” is empty."),
        (lambda c: c["skills"][1].update(name=5), "course.json, skill “undo”, name"),
        (lambda c: c["skills"].append({"slug": "add", "name": "Again"}), "The skill “add” is there twice."),
        (lambda c: c["skills"][1].update(prerequisites=["fly"]), "skill “undo”: There is no skill “fly”."),
        (lambda c: c["skills"][0].update(prerequisites=["undo"]), "wait for each other in a circle: "),
        (lambda c: c["skills"][0].update(prerequisites=["add"]), "circle: add → add"),
        (lambda c: c["lessons"].append(c["lessons"][0]), "The lesson “one” is there twice."),
        (lambda c: c["lessons"][0]["skills"].append("fly"), "lesson “one”: There is no skill “fly”."),
        (lambda c: c["lessons"][0]["skills"][1].update(goal=1.5), "goal"),
        (lambda c: c["misconceptions"].append(c["misconceptions"][0]), "The misconception “adds-instead” is there"),
        (lambda c: c["problems"].append(fixed_problem()), "The problem “sum” is there twice."),
        (lambda c: c["problems"].append("problems/gone.json"), "“problems/gone.json” is missing."),
        (lambda c: c["problems"].append("figures/balance.png"), "is not one of .json."),
        (lambda c: c["skills"][0].update(passages=["passages/gone.md"]), "“passages/gone.md” is missing."),
        (lambda c: c["skills"][0].update(passages=["../secret.md"]), "does not name a file of the course folder."),
        (lambda c: c["skills"][0].update(passages=["/etc/passwd"]), "does not name a file of the course folder."),
        (lambda c: c["skills"][0].update(passages=["passages\\add.md"]), "does not name a file of the course folder."),
        (lambda c: c["skills"][0].update(passages=["passages"]), "is not one of .md."),
        (lambda c: c.update(title="a\0b"), "holds a character that is no text."),
        (lambda c: c.update(title="\ud800"), "holds a character that is no text."),
    ],
)  # fmt: skip
def test_a_defect_of_the_course_is_named_with_its_place(tmp_path: Path, change: Change, said: str) -> None:
    course = small_course()
    change(course)
    assert any(said in defect for defect in defects_of(write_course(tmp_path, course)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p["steps"].clear(), "problem “undo-a-sum”, steps: “steps” is empty."),
        (lambda p: p["steps"][1].pop("answers"), "step “solve”, answers: “answers” is not given."),
        (lambda p: p["steps"][1].update(answers=[]), "step “solve”: No answer key is given."),
        (lambda p: p["steps"][1].update(answers=["[['']]"]), "step “solve”: An answer comes out empty."),
        (lambda p: p["steps"][1].update(slug="undo"), "The step “undo” is there twice."),
        (lambda p: p["steps"][1].update(skills=["fly"]), "There is no skill “fly”."),
        (lambda p: p["steps"][1].update(skills=[]), "“skills” is empty."),
        (lambda p: p["steps"][1].update(title=""), "The step asks nothing"),
        (lambda p: p.update(lesson="nine"), "There is no lesson “nine”."),
        (lambda p: p["steps"][1]["expected_errors"][0].update(misconception="what"), "no misconception “what”."),
        (lambda p: p["steps"][1]["hints"][1].update(slug="look"), "The hint “look” is there twice."),
        (lambda p: p["steps"][1]["hints"][0].update(depends_on=["small"]), "hints wait for each other in a circle"),
        (lambda p: p["steps"][1]["hints"][0].update(depends_on=["what"]), "There is no hint “what”."),
        (lambda p: p["steps"][1]["hints"][1].update(answers=[]), "hint “small”: No answer key is given."),
        (lambda p: p["steps"][1]["hints"][0].update(answers=["1"]), "Only a scaffold asks something"),
        (lambda p: p["steps"][1]["hints"].reverse(), "has to be the last rung"),
        (lambda p: p["steps"][1].update(choices=["1"]), "not of the kind “choice”"),
        (lambda p: p["steps"][1].update(answer_kind="choice", choices=["a", "b"]), "is not among the choices."),
        (lambda p: p["steps"][1].update(title="Solve $x + [[b]] = [[c]]$."), "It reads badly: “+ -"),
        (lambda p: p["steps"][1].update(title="Solve $x"), "It reads badly: a $ has no partner."),
        (lambda p: p["steps"][1].update(title="Solve [[x"), "It reads badly: a hole is left open."),
        (lambda p: p["steps"][1].update(title="Solve [[y]]"), "nothing here is called “y”"),
        (lambda p: p["steps"][1].update(title="Solve [[__import__('os')]]"), "there is no function “__import__”"),
        (lambda p: p["parameters"]["let"].update(c="x + b / 0"), "it divides by zero"),
        (lambda p: p["parameters"].update(where=["x > 10"]), "makes 0 different problems"),
        (lambda p: p["parameters"].update(where=["x > 8"]), "makes 18 different problems; it needs 20."),
        (lambda p: p["parameters"].update(given={}), "The parameters cannot be read"),
        (lambda p: p.update(body="![x](figure:gone.png)"), "There is no figure “gone.png”."),
        (lambda p: p.update(body="![](figure:balance.png)"), "needs words"),
        (lambda p: p.update(body="![x](https://elsewhere.example/x.png)"), "is a picture from elsewhere"),
        (lambda p: p["figures"][0].update(file="figures/gone.png"), "“figures/gone.png” is missing."),
        (lambda p: p["figures"][0].update(file="../../../../etc/passwd"), "does not name a file of the course folder."),
        (lambda p: p["figures"][0].update(file="problems/undo.json"), "is not one of .gif, .jpeg, .jpg, .png, .webp."),
        (lambda p: p["figures"].append(p["figures"][0]), "The figure “balance.png” is there twice."),
    ],
)  # fmt: skip
def test_a_defect_of_a_problem_is_named_with_its_place(tmp_path: Path, change: Change, said: str) -> None:
    problem = template_problem()
    change(problem)
    defects = defects_of(write_course(tmp_path, problems=[problem]))
    assert any(said in defect for defect in defects), defects
    assert all(defect.startswith(("problems/undo.json, problem “undo-a-sum”", "course.json")) for defect in defects)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{\n  "format": 1,\n  "slug": \n}', "course.json, line 4, column 1: This is not valid JSON"),
        (b"", "course.json, line 1, column 1: This is not valid JSON"),
        (b"[]", "course.json: “[]” will not do"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"format": 1, "format": 1}', "“format” is given twice"),
        (b'{"format": NaN}', "NaN"),
        (b'{"format": ' + b"9" * 5_000 + b"}", "course.json"),
        (b"\xff\xfe\x00", "This is not UTF-8 text (byte 0)."),
        (b'{"title": "\0"}', "zero byte"),
        (b" " * 2_000_001, "2000000 are allowed"),
    ],
)
def test_a_course_file_that_is_no_json_is_refused_at_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    write_course(tmp_path)
    (tmp_path / "course.json").write_bytes(content)
    assert any(said in defect for defect in defects_of(tmp_path))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a PNG, JPEG, GIF or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a PNG, JPEG, GIF or WebP"),
        (png()[:-8], "cut off"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "The picture is really a gif."),
        (b"\0" * (LARGEST_PICTURE + 1), "2000000 are allowed"),
    ],
)
def test_a_picture_that_is_none_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    write_course(tmp_path)
    (tmp_path / "figures" / "balance.png").write_bytes(content)
    defects = defects_of(tmp_path)
    assert any(said in defect and "balance.png" in defect for defect in defects), defects


def test_an_svg_is_refused_by_name(tmp_path: Path) -> None:
    problem = template_problem()
    problem["figures"][0]["file"] = "figures/balance.svg"
    assert any("is not one of" in defect for defect in defects_of(write_course(tmp_path, problems=[problem])))


@pytest.mark.parametrize("link", ["figures/balance.png", "figures", "course.json"])
def test_no_link_is_followed(tmp_path: Path, link: str) -> None:
    folder = write_course(tmp_path / "course")
    (folder / link).rename(tmp_path / "elsewhere")
    (folder / link).symlink_to(tmp_path / "elsewhere")
    assert any("links are not followed" in defect for defect in defects_of(folder))


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    (folder / "course.json").unlink()
    os.mkfifo(folder / "course.json")  # opening it would wait for ever
    assert defects_of(folder) == ["course.json: “course.json” is not a plain file."]


@pytest.mark.parametrize(
    "text", ["No title", "# Only a title", "# T\n\n![x](figure:balance.png)", "# T\n\n$x", "# T\n\n" + "a" * 20_001]
)
def test_a_passage_has_a_title_and_a_text_that_reads_well(tmp_path: Path, text: str) -> None:
    folder = write_course(tmp_path)
    (folder / "passages" / "add.md").write_text(text)
    assert defects_of(folder)[0].startswith("passages/add.md: ")


def test_no_folder_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    assert "This is not a folder." in defects_of(tmp_path / "nowhere")[0]
    assert defects_of(tmp_path) == ["course.json: “course.json” is missing."]


def test_all_defects_are_said_at_once(tmp_path: Path) -> None:
    course = small_course()
    course["skills"][1]["prerequisites"] = ["fly"]
    course["lessons"][0]["skills"].append("swim")
    problem = template_problem()
    problem["steps"][0]["answers"] = []
    folder = write_course(tmp_path, course, [problem])
    (folder / "figures" / "balance.png").unlink()
    assert len(defects_of(folder)) == 4


def test_a_file_of_problems_holds_a_list(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    (folder / "problems" / "undo.json").write_text(json.dumps(template_problem()))
    assert defects_of(folder) == ["problems/undo.json: A file of problems holds a list of them."]
