"""Courses in OATutor's layout become rows, again without duplicates; what is hostile or broken is refused alone."""

import json
import os
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tutor_app.courses.models import Course, Figure, Hint, Lesson, LessonSkill, Problem, Skill, Step

SAMPLE = Path(__file__).parent / "oatutor_sample"

pytestmark = pytest.mark.django_db


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """The sample, to be changed at will."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "content"))


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def run(path: Path, **options: Any) -> tuple[dict[str, int], str]:
    out = StringIO()
    call_command("import_oatutor", str(path), stdout=out, stderr=StringIO(), **options)
    return json.loads(out.getvalue().splitlines()[-1]), out.getvalue()


def change(path: Path, change_it: Callable[[Any], Any]) -> None:
    raw = json.loads(path.read_text())
    path.write_text(json.dumps(change_it(raw) or raw))


def step_file(content: Path, step: str) -> Path:
    return content / "content-pool" / step[:-1] / "steps" / step / f"{step}.json"


def pathway_file(content: Path, step: str) -> Path:
    return step_file(content, step).parent / "tutoring" / f"{step}DefaultPathway.json"


# --- what is imported ---------------------------------------------------------------------------------------------


def test_the_sample_is_imported_but_for_the_two_steps_that_cannot_be_answered() -> None:
    counts, said = run(SAMPLE)
    assert counts == {"steps": 6, "imported": 4, "refused": 2}
    assert "g1beds2/g1beds2a: its picture figure9.gif is missing or broken" in said
    assert "k1soup2/k1soup2a: it has no answer key" in said
    assert [course.slug for course in Course.objects.all()] == ["garden-arithmetic", "kitchen-algebra"]
    assert set(Problem.objects.values_list("slug", flat=True)) == {"g1beds1", "g2seeds1", "k1soup1"}


def test_lessons_carry_their_skills_and_goals() -> None:
    run(SAMPLE)
    beds, seeds = Lesson.objects.filter(course__slug="garden-arithmetic")
    assert (beds.title, seeds.title) == ("Lesson 1: Beds and paths", "Lesson 2: Seeds")
    goals = {(row.lesson.slug, row.skill.slug): row.goal for row in LessonSkill.objects.all()}
    assert goals["beds-1", "add_lengths_of_beds"] == 0.9
    assert goals["seeds-2", "add_lengths_of_beds"] == 0.8
    assert Skill.objects.get(slug="add_lengths_of_beds").name == "Add lengths of beds"
    powers = Skill.objects.get(slug__startswith="use_powers_x_2_for_squares_")
    assert powers.name == "Use powers x^2 for squares"


def test_a_problem_says_whose_it_is_and_on_what_terms() -> None:
    run(SAMPLE)
    garden = Problem.objects.get(slug="g1beds1")
    assert garden.attribution == "The Garden Book (hints: Hint Writers)"
    assert garden.attribution_url == "https://example.org/garden-book"
    assert (garden.licence, garden.licence_url) == ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/")
    assert Problem.objects.get(slug="k1soup1").licence == "CC BY 4.0", "the course's, where the problem says nothing"


def test_steps_have_texts_keys_choices_and_all_their_skills() -> None:
    run(SAMPLE)
    first, second = Step.objects.filter(problem__slug="g1beds1")
    assert first.problem.body == (
        "A path runs along two beds of $2\\frac{1}{2}$ m and $x$ m; a bed costs \\$12."
        "\n\n![Figure 1](figure:figure1.gif)"
    )
    assert (first.answer_kind, first.answers) == ("arithmetic", [r"x+\frac{5}{2}"])
    assert (second.answer_kind, second.answers) == ("choice", ["The second"])
    assert sorted(second.choices) == ["Neither", "The first", "The second"]
    assert {skill.slug for skill in second.skills.all()} == {"add_lengths_of_beds", "read_a_plan_of_the_garden"}
    seeds = Step.objects.get(slug="g2seeds1a")
    assert seeds.title == "Seeds in terms of the area $A=4^{2}$?"
    assert seeds.choices == ["$9A$", "$A^{2}$"], "the lesson keeps their order"


def test_the_ladder_has_sub_hints_behind_their_scaffold_and_the_answer_at_its_bottom() -> None:
    run(SAMPLE)
    ladder = list(Hint.objects.filter(step__slug="g1beds1a"))
    assert [(hint.slug, hint.kind) for hint in ladder] == [
        ("g1beds1a-h1", "hint"),
        ("g1beds1a-h2", "scaffold"),
        ("g1beds1a-h2-s1", "hint"),
        ("g1beds1a-h3", "bottom_out"),
    ]
    assert ladder[1].answers == [r"\frac{5}{2}"]
    assert [before.slug for before in ladder[2].dependencies.all()] == ["g1beds1a-h2"]
    assert [before.slug for before in ladder[3].dependencies.all()] == ["g1beds1a-h2"]


def test_a_picture_is_stored_by_its_content_with_the_ending_of_what_it_is() -> None:
    run(SAMPLE)
    figure = Figure.objects.get()
    assert (figure.problem.slug, figure.name) == ("g1beds1", "figure1.gif")
    assert figure.file.name.endswith(".png"), "the .gif is a PNG, as most of OATutor's are"
    source = SAMPLE / "content-pool/g1beds1/figures/figure1.gif"
    with default_storage.open(figure.file.name) as stored:
        assert stored.read() == source.read_bytes()


def test_one_course_can_be_imported_by_name_or_slug() -> None:
    assert run(SAMPLE, course="kitchen algebra")[0] == {"steps": 2, "imported": 1, "refused": 1}
    assert run(SAMPLE, course="garden-arithmetic")[0]["steps"] == 4
    assert Course.objects.count() == 2


def test_a_problem_that_names_no_course_goes_where_its_skill_is_taught(content: Path) -> None:
    change(
        content / "content-pool/k1soup1/k1soup1.json", lambda raw: [raw.pop("courseName"), raw.pop("lessonId")] and raw
    )
    run(content)
    assert Problem.objects.get(slug="k1soup1").lesson == Lesson.objects.get(slug="soup-1")


# --- again --------------------------------------------------------------------------------------------------------


def everything() -> dict[str, list[tuple[Any, ...]]]:
    models = (Course, Skill, Lesson, LessonSkill, Problem, Step, Hint, Figure)
    pairs = (Step.skills.through, Hint.dependencies.through)
    return {model.__name__: sorted(model._default_manager.values_list(), key=str) for model in (*models, *pairs)}


def test_a_second_import_of_the_same_files_writes_nothing() -> None:
    run(SAMPLE)
    before = everything()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        run(SAMPLE)
    written = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    assert everything() == before


def test_what_changed_is_changed_in_the_rows_that_are_there(content: Path) -> None:
    run(content)
    step = Step.objects.get(slug="k1soup1a")
    change(step_file(content, "k1soup1a"), lambda raw: raw.update(stepAnswer=["$$s=4$$"]))
    change(content / "skillModel.json", lambda raw: raw.update(k1soup1a=["weigh_salt", "solve_for_salt"]))
    change(pathway_file(content, "k1soup1a"), lambda raw: raw[1].update(dependencies=[]))
    run(content)
    step.refresh_from_db()
    assert step.answers == ["s=4"]
    assert {skill.slug for skill in step.skills.all()} == {"weigh_salt", "solve_for_salt"}
    assert not Hint.dependencies.through.objects.filter(from_hint__step=step).exists()


def test_what_is_gone_retires_and_comes_back_as_the_same_row(content: Path) -> None:
    run(content)
    step, problem = Step.objects.get(slug="g1beds1b"), Problem.objects.get(slug="g2seeds1")
    hint = Hint.objects.get(slug="g1beds1a-h3")
    away = content.parent / "away"
    away.mkdir()
    shutil.move(content / "content-pool/g2seeds1", away)
    shutil.move(content / "content-pool/g1beds1/steps/g1beds1b", away)
    change(pathway_file(content, "g1beds1a"), lambda raw: raw[:2])
    run(content)
    for row in (step, problem, hint):
        row.refresh_from_db()
        assert row.retired
    shutil.move(away / "g2seeds1", content / "content-pool")
    run(content)
    problem.refresh_from_db()
    assert not problem.retired


def test_a_step_that_is_refused_now_retires(content: Path) -> None:
    run(content)
    change(step_file(content, "k1soup1a"), lambda raw: raw.update(stepAnswer=None))
    change(step_file(content, "k1soup2a"), lambda raw: raw.update(stepAnswer=["3"]))
    run(content)
    assert Problem.objects.get(slug="k1soup1").retired
    assert not Problem.objects.get(slug="k1soup2").retired


def test_an_empty_folder_does_not_retire_a_course(content: Path) -> None:
    run(content)
    shutil.rmtree(content / "content-pool")
    (content / "content-pool").mkdir()
    counts, said = run(content)
    assert counts == {"steps": 0, "imported": 0, "refused": 0}
    assert "it was left alone" in said
    assert not Problem.objects.filter(retired=True).exists()


def test_a_course_folder_of_that_name_is_not_overwritten() -> None:
    native = Course.objects.create(slug="kitchen-algebra", title="Mine", source=Course.Source.NATIVE)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_oatutor", str(SAMPLE), stdout=out)
    assert json.loads(out.getvalue().splitlines()[-1]) == {"steps": 6, "imported": 3, "refused": 3}
    assert "does not come from OATutor" in out.getvalue()
    native.refresh_from_db()
    assert (native.title, native.problems.count()) == ("Mine", 0)


def test_a_course_is_written_whole_or_not_at_all(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(*_args: object) -> str:
        raise OSError("No space left on device")

    monkeypatch.setattr(default_storage, "save", disk_full)
    with pytest.raises(SystemExit):
        call_command("import_oatutor", str(content), stdout=StringIO())
    assert [course.slug for course in Course.objects.all()] == ["kitchen-algebra"]


def test_what_a_person_wrote_beside_the_data_stays(content: Path) -> None:
    run(content)
    Step.objects.filter(slug="k1soup1a").update(asked="an equation")
    Figure.objects.update(description="Two beds side by side")
    change(content / "content-pool/g1beds1/g1beds1.json", lambda raw: raw.update(title="Beds"))
    run(content)
    assert Step.objects.get(slug="k1soup1a").asked == "an equation"
    assert Figure.objects.get().description == "Two beds side by side"


# --- the command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["coursePlans.json", "skillModel.json", "content-pool"])
def test_a_folder_that_is_something_else_is_refused_with_a_sentence(content: Path, missing: str) -> None:
    target = content / missing
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    with pytest.raises(CommandError, match=missing):
        run(content)
    assert not Course.objects.exists()


@pytest.mark.parametrize("broken", [b"", b"[", b"{}", b"[]", b"\xff\xfe", b"null", b"[null, 3, {}]"])
def test_an_index_that_cannot_be_read_is_refused_with_a_sentence(content: Path, broken: bytes) -> None:
    (content / "coursePlans.json").write_bytes(broken)
    with pytest.raises(CommandError, match=r"coursePlans\.json"):
        run(content)


def test_an_unknown_course_is_answered_with_those_there_are() -> None:
    with pytest.raises(CommandError, match="Garden Arithmetic, Kitchen Algebra"):
        run(SAMPLE, course="Geometry")


def test_a_long_list_of_refusals_is_cut_unless_asked_for(content: Path) -> None:
    for number in range(30):
        shutil.copytree(
            content / "content-pool/k1soup2/steps/k1soup2a", content / f"content-pool/k1soup2/steps/s{number}"
        )
    _counts, said = run(content)
    assert said.count("k1soup2/") == 19
    assert "12 more" in said
    _counts, said = run(content, verbosity=2, report=content / "report.txt")
    assert said.count("k1soup2/") == 31
    assert (content / "report.txt").read_text().count("k1soup2/") == 31


# --- hostile content ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe\x00",
        b'{"stepAnswer": NaN}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"stepAnswer": ' + b"9" * 5000 + b"}",
        b'{"stepTitle": "\\ud800", "stepAnswer": ["\\udfff"], "problemType": "TextBox"}',
        b'{"stepTitle": ["list"], "stepBody": {"a": 1}, "stepAnswer": {"x": 2}, "choices": 5}',
        b" " * 3_000_000,
    ],
    ids=lambda written: repr(written[:20]),
)
def test_a_broken_step_is_refused_and_the_rest_imported(content: Path, written: bytes) -> None:
    step_file(content, "g1beds1b").write_bytes(written)
    counts, said = run(content)
    assert counts == {"steps": 6, "imported": 3, "refused": 3}
    assert "g1beds1/g1beds1b: " in said


@pytest.mark.parametrize("written", [b"", b"[]", b"{", b'{"courseName": "Elsewhere"}', b'{"courseName": 5}'])
def test_a_broken_problem_is_refused_with_its_steps(content: Path, written: bytes) -> None:
    (content / "content-pool/g2seeds1/g2seeds1.json").write_bytes(written)
    assert run(content)[0]["steps"] == 6
    assert not Problem.objects.filter(slug="g2seeds1", steps__answers=["$9A$"]).exists()


@pytest.mark.parametrize(
    "pathway",
    [
        b"",
        b"{}",
        b"null",
        b"[1, null, [], {}]",
        b'[{"id": "a", "text": "x", "dependencies": ["b"]}, {"id": "b", "text": "y", "dependencies": ["a"]}]',
        b'[{"id": "a", "text": "x", "dependencies": ["a", 5, null]}]',
        b'[{"id": "../../x\\u0000", "text": "\\u0000", "title": 7, "subHints": {"a": 1}}]',
        b'[{"id": "a", "type": "scaffold", "text": "How many?", "hintAnswer": []}]',
        b'[{"id": "a", "text": "@{nothing}"}, {"id": "b", "text": "b", "dependencies": ["a"]}]',
        b'[{"id": "a", "text": "Look:\\\\n##figure7.gif##"}]',
        b"[" + b",".join([b'{"text": "t"}'] * 500) + b"]",
        b'[{"text": "t", "subHints": [{"text": "u", "subHints": [{"text": "v"}]}]}]',
    ],
    ids=lambda written: repr(written[:30]),
)
def test_a_broken_pathway_costs_hints_but_not_the_step(content: Path, pathway: bytes) -> None:
    pathway_file(content, "g1beds1b").write_bytes(pathway)
    assert run(content)[0]["imported"] == 4
    hints = list(Hint.objects.filter(step__slug="g1beds1b"))
    assert len(hints) <= 200
    placed: set[str] = set()
    for hint in hints:
        assert hint.text
        assert "@{" not in hint.text
        assert {before.slug for before in hint.dependencies.all()} <= placed
        placed.add(hint.slug)


def test_folders_and_files_that_are_links_are_not_followed(content: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"stepTitle": "secret", "stepAnswer": ["1"], "problemType": "TextBox"}')
    step_file(content, "g1beds1b").unlink()
    step_file(content, "g1beds1b").symlink_to(secret)
    shutil.move(content / "content-pool/g2seeds1", tmp_path / "outside")
    (content / "content-pool/g2seeds1").symlink_to(tmp_path / "outside")
    figure = content / "content-pool/g1beds1/figures/figure1.gif"
    figure.unlink()
    figure.symlink_to(tmp_path / "outside/g2seeds1.json")
    assert run(content)[0]["imported"] == 1
    assert not Step.objects.filter(title__contains="secret").exists()


def test_a_pipe_instead_of_a_file_does_not_make_the_import_wait(content: Path) -> None:
    step_file(content, "k1soup1a").unlink()
    os.mkfifo(step_file(content, "k1soup1a"))
    assert run(content)[0]["imported"] == 3


@pytest.mark.parametrize("name", ["has space", "-dash", "ünïcode", "a" * 200, "..hidden"])
def test_a_folder_whose_name_is_no_identifier_is_refused(content: Path, name: str) -> None:
    shutil.move(content / "content-pool/k1soup1", content / "content-pool" / name)
    shutil.move(content / "content-pool" / name / "k1soup1.json", content / "content-pool" / name / f"{name}.json")
    counts, said = run(content)
    assert counts == {"steps": 6, "imported": 3, "refused": 3}
    assert "no identifier" in said


@pytest.mark.parametrize("picture", [b"", b"<svg onload='alert(1)'/>", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_picture_refuses_the_problem_that_shows_it(content: Path, picture: bytes) -> None:
    (content / "content-pool/g1beds1/figures/figure1.gif").write_bytes(picture)
    assert run(content)[0]["imported"] == 2
    assert not Figure.objects.exists()


@pytest.mark.parametrize(
    "plans",
    [
        [{"courseName": "Kitchen Algebra", "lessons": None}, {"courseName": "Kitchen algebra!"}],
        [{"courseName": "Kitchen Algebra", "lessons": [5, {}, {"id": "soup-1", "learningObjectives": []}]}],
        [{"courseName": "Kitchen Algebra", "lessons": [{"id": "soup-1", "learningObjectives": {"solve_for_salt": g}}]}
         for g in ("high", None, True, -1, 0, 1, 5, [0.5], {"a": 1})],
        [{"courseName": "Kitchen Algebra", "language": 5, "courseOER": ["x"], "courseLicense": "javascript:alert(1)"}],
    ],
)  # fmt: skip
def test_a_muddled_plan_still_gives_the_course(content: Path, plans: list[Any]) -> None:
    (content / "coursePlans.json").write_text(json.dumps(plans))
    run(content)
    course = Course.objects.get()
    assert course.problems.count() == 1
    assert course.licence_url == ""
    assert all(0 < row.goal < 1 for row in LessonSkill.objects.all())


def test_a_step_without_skill_takes_the_one_of_its_lesson_or_is_refused(content: Path) -> None:
    change(content / "skillModel.json", lambda raw: {"g2seeds1a": 5, "k1soup1a": [None]})
    counts, said = run(content)
    assert [step.slug for step in Step.objects.all()] == ["k1soup1a"]
    assert counts["refused"] == 5
    assert "g2seeds1/g2seeds1a: skillModel.json names no skill for it" in said
