"""Opening and changing classes, and what their pages show."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    LONG_AGO,
    EventFactory,
    LessonFactory,
    LessonSkillFactory,
    MembershipFactory,
    MisconceptionFactory,
    SkillFactory,
    SkillStateFactory,
    TurnFactory,
    UserFactory,
)
from tests.insights.conftest import signed_in
from tutor_app.insights.conversations import MOVES, VERDICTS
from tutor_app.insights.heat_map import LEARNERS_PER_PAGE, MOST_COLUMNS, heat_map
from tutor_app.learners.models import Event, Membership, Section, SkillState, User
from tutor_app.tutoring.checking import Verdict
from tutor_app.tutoring.moves import Move

SECTIONS = "/classes/"


def page(world, name: str, *arguments: object, **parameters: str) -> str:
    address = reverse(f"insights:{name}", args=[world.section.pk, *arguments])
    return signed_in(world.instructor).get(address, parameters).content.decode()


# --- opening and changing -----------------------------------------------------------------------------------------


def test_an_instructor_opens_a_class_and_is_its_instructor(world):
    response = signed_in(world.instructor).post(SECTIONS, {"name": "Algebra II", "course": world.course.pk})
    section = Section.objects.get(name="Algebra II")
    assert response["Location"] == f"/classes/{section.pk}/"
    assert list(section.memberships.values_list("user__username", "role")) == [("mr_hill", "instructor")]
    assert len(section.join_code) == 8


@pytest.mark.parametrize("who", ["learner", None])
def test_nobody_else_opens_classes(world, who):
    signed_in(who and world.learner).post(SECTIONS, {"name": "Mine", "course": world.course.pk})
    assert not Section.objects.filter(name="Mine").exists()


@pytest.mark.parametrize(
    ("name", "course", "sentence"),
    [
        ("", "the course", "Give the class a name."),
        ("   ", "the course", "Give the class a name."),
        ("x" * 151, "the course", "at most 150 characters"),
        ("Fine", "", "Choose the course"),
        ("Fine", "999999", "There is no such course"),
        ("Fine", "' OR 1=1", "There is no such course"),
        ("a\x00b", "the course", "Null characters"),
    ],
)
def test_a_class_that_cannot_be_opened_gets_a_sentence(world, name, course, sentence):
    before = Section.objects.count()
    course = str(world.course.pk) if course == "the course" else course
    response = signed_in(world.instructor).post(SECTIONS, {"name": name, "course": course})
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert Section.objects.count() == before


def test_a_name_of_markup_stays_text(world):
    signed_in(world.instructor).post(f"/classes/{world.section.pk}/rename/", {"name": "<script>alert(1)</script>"})
    assert "<script>alert" not in page(world, "section")
    assert "&lt;script&gt;alert" in page(world, "section")


def test_a_class_without_a_name_keeps_its_old_one(world):
    response = signed_in(world.instructor).post(f"/classes/{world.section.pk}/rename/", {"name": " "})
    assert response.status_code == 400
    assert "Give the class a name." in response.content.decode()
    assert "Period 3" in page(world, "section")


def test_a_new_code_makes_the_old_one_useless(world):
    old = world.section.join_code
    signed_in(world.instructor).post(f"/classes/{world.section.pk}/new-code/")
    world.section.refresh_from_db()
    assert world.section.join_code != old
    newcomer = signed_in(UserFactory())
    assert newcomer.post("/join/", {"code": old}).status_code == 400
    assert newcomer.post("/join/", {"code": world.section.join_code}).status_code == 302


def test_who_is_taken_out_keeps_their_work(world):
    signed_in(world.instructor).post(f"/classes/{world.section.pk}/learners/{world.learner.pk}/remove/")
    assert not world.section.memberships.learners().exists()
    assert Event.objects.filter(learner=world.learner).count() == 3


def test_an_instructor_cannot_be_taken_out_as_a_learner(world):
    response = signed_in(world.instructor).post(f"/classes/{world.section.pk}/learners/{world.instructor.pk}/remove/")
    assert response.status_code == 404
    assert world.section.memberships.instructors().count() == 1


# --- what the class page shows ------------------------------------------------------------------------------------


def test_the_class_page_shows_the_code_the_link_and_who_is_here(world):
    shown = page(world, "section")
    assert world.section.join_code in shown
    assert f"http://testserver/join/?code={world.section.join_code}" in shown
    assert "ana" in shown
    assert "mr_hill" in shown


def test_a_number_comes_with_how_unsure_it_is_and_opens_its_evidence(world):
    shown = page(world, "section")
    assert "62 of 100, probably between 51 and 73, from 3 attempts" in shown
    assert f"/classes/{world.section.pk}/learners/{world.learner.pk}/skills/{world.skill.pk}/" in shown
    assert "--low: 51; --mean: 62; --high: 73" in shown


def test_two_attempts_are_not_enough_data_and_do_not_look_like_low(world):
    SkillState.objects.filter(learner=world.learner).update(attempts=2)
    shown = page(world, "section")
    assert "not enough data yet (2 attempts)" in shown
    assert 'class="cell unknown"' in shown
    assert "62 of 100" not in shown


@pytest.mark.parametrize(
    ("mastery", "level"),
    [(0.2, "hard"), (0.499, "hard"), (0.5, "way"), (0.849, "way"), (0.85, "reached"), (1.0, "reached")],
)
def test_levels_begin_where_they_say(world, mastery, level):
    SkillState.objects.filter(learner=world.learner).update(mastery=mastery)
    assert f'class="cell {level}"' in page(world, "section")


def test_the_mean_of_the_class_leaves_out_who_has_too_little_data_and_who_is_elsewhere(world):
    for mastery, attempts in [(0.82, 5), (0.01, 1)]:
        user = UserFactory()
        MembershipFactory(section=world.section, user=user)
        SkillStateFactory(learner=user, skill=world.skill, mastery=mastery, attempts=attempts)
    SkillStateFactory(learner=world.other_learner, skill=world.skill, mastery=0.0, attempts=50)
    column = heat_map(world.section, order="need", lesson=None, page=None).columns[0]
    assert (column.mean, column.learners) == (72, 2)  # (62 + 82) / 2


def add_learner(world, name: str, mastery: float | None = None, seen_days_ago: float | None = None) -> User:
    user = UserFactory(username=name)
    MembershipFactory(section=world.section, user=user)
    if mastery is not None:
        SkillStateFactory(learner=user, skill=world.skill, mastery=mastery)
    if seen_days_ago is not None:
        EventFactory(learner=user, step=world.step, at=LONG_AGO - timedelta(days=seen_days_ago))
    return user


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("need", ["Zoe", "ana", "Cleo", "bert"]),
        ("name", ["ana", "bert", "Cleo", "Zoe"]),
        ("seen", ["ana", "Cleo", "Zoe", "bert"]),
        ("'; DROP TABLE", ["Zoe", "ana", "Cleo", "bert"]),
    ],
)
def test_learners_stand_in_the_order_asked_for(world, order, names):
    add_learner(world, "Zoe", mastery=0.3, seen_days_ago=5)
    add_learner(world, "Cleo", mastery=0.9, seen_days_ago=1)
    add_learner(world, "bert")  # nothing is known
    response = signed_in(world.instructor).get(f"/classes/{world.section.pk}/", {"order": order})
    assert [row.learner.username for row in response.context["map"].rows] == names


def test_an_empty_class_says_what_to_do(world):
    Membership.objects.filter(role=Membership.Role.LEARNER).delete()
    assert "Nobody is here yet" in page(world, "section")


def test_a_course_of_many_skills_shows_the_most_practised_or_those_of_a_lesson(world):
    skills = SkillFactory.create_batch(MOST_COLUMNS + 5, course=world.course)
    lesson = LessonFactory(course=world.course, slug="slopes")
    LessonSkillFactory(lesson=lesson, skill=skills[-1])
    shown = heat_map(world.section, order="need", lesson=None, page=None)
    assert len(shown.columns) == MOST_COLUMNS
    assert shown.columns[0].skill == world.skill
    assert shown.skills_left_out == 6
    of_lesson = signed_in(world.instructor).get(f"/classes/{world.section.pk}/", {"lesson": "slopes"}).context["map"]
    assert [column.skill for column in of_lesson.columns] == [skills[-1]]
    assert of_lesson.skills_left_out == 0


@pytest.mark.parametrize("number", ["0", "-1", "99999", "two", "", "1e9", "９"])
def test_a_page_that_does_not_exist_shows_one_that_does(world, number):
    assert "ana" in page(world, "section", page=number)


# --- as many learners as may come ---------------------------------------------------------------------------------


def fill(world, count: int) -> None:
    users = User.objects.bulk_create(User(username=f"learner{n:05}") for n in range(count))
    Membership.objects.bulk_create(Membership(section=world.section, user=user, role="learner") for user in users)
    skills = SkillFactory.create_batch(11, course=world.course)
    SkillState.objects.bulk_create(
        SkillState(learner=user, skill=skill, mastery=0.5, sd=0.1, attempts=5) for user in users for skill in skills
    )
    Event.objects.bulk_create(
        Event(learner=user, course=world.course, number=n, kind="attempt", at=LONG_AGO, step=world.step, correct=True)
        for user in users
        for n in (1, 2)
    )


def test_the_class_page_asks_as_many_questions_for_forty_learners_as_for_one(world, django_assert_num_queries):
    client = signed_in(world.instructor)
    address = f"/classes/{world.section.pk}/"
    client.get(address)
    SkillFactory.create_batch(11, course=world.course)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    fill(world, 40)
    with django_assert_num_queries(len(few)):
        client.get(address)
    assert len(few) <= 16


def test_two_thousand_learners_come_page_by_page_and_soon(world):
    fill(world, 2_000)
    client = signed_in(world.instructor)
    client.get(SECTIONS)
    for order in ("need", "name", "seen"):
        started = time.perf_counter()
        response = client.get(f"/classes/{world.section.pk}/", {"order": order, "page": "3"})
        assert time.perf_counter() - started < 3
        assert len(response.context["map"].rows) == LEARNERS_PER_PAGE


# --- a learner, a skill, the evidence, a conversation -------------------------------------------------------------


def test_the_learners_page_shows_skills_attempts_and_conversations(world):
    shown = page(world, "learner", world.learner.pk)
    assert "Undo addition" in shown
    assert "25/3" in shown
    assert f"/sessions/{world.session.pk}/" in shown
    assert "3 attempts, latest first" in shown


def test_the_evidence_shows_what_was_asked_answered_and_expected(world):
    shown = page(world, "evidence", world.learner.pk, world.skill.pk)
    assert "$3x + 5 = 20$" in shown
    assert "What is x?" in shown
    for answer in ("8", "25/3", "5"):
        assert f"<q data-typed>{answer}</q>" in shown
    assert "60 of 100" in shown  # what was expected beforehand


def test_a_misconception_is_called_by_its_name(world):
    MisconceptionFactory(course=world.course, slug="sign", name="Loses the sign")
    EventFactory(learner=world.learner, step=world.step, correct=False, misconception="sign")
    EventFactory(learner=world.learner, step=world.step, correct=False, misconception="gone-since")
    shown = page(world, "evidence", world.learner.pk, world.skill.pk)
    assert "Loses the sign" in shown
    assert "gone-since" in shown


def test_the_evidence_is_of_this_skill_alone(world):
    EventFactory(
        learner=world.learner, text="about something else", course=world.course, step__problem__course=world.course
    )
    assert "about something else" not in page(world, "evidence", world.learner.pk, world.skill.pk)


def test_a_learners_words_stay_text(world):
    EventFactory(learner=world.learner, step=world.step, text="<img src=x onerror=alert(1)>")
    TurnFactory(session=world.session, text="<img src=x onerror=alert(2)>", reply=["<b>bold</b>"])
    pages = [
        page(world, "learner", world.learner.pk),
        page(world, "evidence", world.learner.pk, world.skill.pk),
        page(world, "conversation", world.learner.pk, world.session.pk),
    ]
    assert not any("<img src=x" in shown or "<b>bold" in shown for shown in pages)


def test_the_conversation_shows_both_sides(world):
    shown = page(world, "conversation", world.learner.pk, world.session.pk)
    assert "why do I take 5 away?" in shown
    assert "Not yet. Put 8 back in for x." in shown
    assert "points at the place" in shown


def test_every_move_and_verdict_has_words():
    assert set(MOVES) == set(Move)
    assert set(VERDICTS) == set(Verdict)


def test_the_skill_page_lists_everybody_and_opens_the_evidence(world):
    shown = page(world, "skill", world.skill.pk)
    assert "62 of 100" in shown
    assert f"/learners/{world.learner.pk}/skills/{world.skill.pk}/" in shown


def test_an_attempt_at_a_template_that_changed_is_still_listed(world):
    problem = world.step.problem
    problem.parameters = {"given": {"a": {"one_of": []}}}
    problem.save()
    shown = page(world, "evidence", world.learner.pk, world.skill.pk)
    assert "what was asked cannot be shown any more" in shown
    assert "25/3" in shown


@pytest.mark.parametrize("name", ["learner", "evidence"])
def test_the_pages_of_a_learner_ask_a_fixed_number_of_questions(world, name, django_assert_num_queries):
    arguments = [world.section.pk, world.learner.pk] + ([world.skill.pk] if name == "evidence" else [])
    client, address = signed_in(world.instructor), reverse(f"insights:{name}", args=arguments)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _ in range(15):
        EventFactory(
            learner=world.learner, course=world.course, step__problem__course=world.course, step__skills=[world.skill]
        )
        TurnFactory(session=world.session)
    with django_assert_num_queries(len(few)):
        client.get(address)
