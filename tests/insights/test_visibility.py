"""Nobody sees what is not theirs: every page of this app, and everybody who might open it."""

import pytest
from django.urls import reverse

from tests.factories import CourseFactory, EventFactory, MembershipFactory, SectionFactory, SessionFactory
from tests.insights.conftest import signed_in
from tutor_app.insights.urls import urlpatterns
from tutor_app.learners.models import Membership, Section
from tutor_app.learners.rights import delete_account

ARGUMENTS = {
    "sections": lambda w: [],
    "alerts": lambda w: [],
    "voice": lambda w: [w.section.pk],  # more of it in test_voices.py
    "site-voice": lambda w: [],
    "alert-seen": lambda w: [w.alert.pk],
    "section": lambda w: [w.section.pk],
    "skill": lambda w: [w.section.pk, w.skill.pk],
    "learner": lambda w: [w.section.pk, w.learner.pk],
    "evidence": lambda w: [w.section.pk, w.learner.pk, w.skill.pk],
    "misconception": lambda w: [w.section.pk, w.learner.pk, w.misconception.pk],
    "conversation": lambda w: [w.section.pk, w.learner.pk, w.session.pk],
    "rename": lambda w: [w.section.pk],
    "renew-code": lambda w: [w.section.pk],
    "remove-learner": lambda w: [w.section.pk, w.learner.pk],
}
LISTS = ["sections", "alerts"]  # one's own
PAGES = ["section", "voice", "skill", "learner", "evidence", "misconception", "conversation"]
CHANGES = ["rename", "renew-code", "remove-learner"]


def address(world, name: str) -> str:
    return reverse(f"insights:{name}", args=ARGUMENTS[name](world))


def test_every_page_is_tested_here():
    assert {pattern.name for pattern in urlpatterns} == set(ARGUMENTS)
    assert set(ARGUMENTS) == {*LISTS, *PAGES, *CHANGES, "alert-seen", "site-voice"}


@pytest.mark.parametrize("name", [*PAGES, *LISTS])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("learner", 404),
        ("other_learner", 404),
        ("other_instructor", 404),
        ("instructor", 200),
        ("admin", 200),
    ],
)
def test_pages_open_for_the_own_instructor_and_the_administrator_only(world, name, who, status):
    if name in LISTS and who == "other_instructor":
        status = 200  # their own list
    response = signed_in(who and getattr(world, who)).get(address(world, name))
    assert response.status_code == status
    if status == 302:
        assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("learner", 404),
        ("other_learner", 404),
        ("other_instructor", 404),
        ("instructor", 302),
        ("admin", 302),
    ],
)
def test_changes_are_made_by_the_own_instructor_and_the_administrator_only(world, name, who, status):
    before = Section.objects.values_list("name", "join_code").get(pk=world.section.pk), Membership.objects.count()
    response = signed_in(who and getattr(world, who)).post(address(world, name), {"name": "Renamed"})
    assert response.status_code == status
    after = Section.objects.values_list("name", "join_code").get(pk=world.section.pk), Membership.objects.count()
    assert (before != after) == (who in ("instructor", "admin"))


@pytest.mark.parametrize("name", CHANGES)
def test_opening_an_address_changes_nothing(world, name):
    assert signed_in(world.instructor).get(address(world, name)).status_code == 405


def test_an_instructor_lists_the_own_classes_only(world):
    page = signed_in(world.instructor).get(reverse("insights:sections")).content.decode()
    assert "Period 3" in page
    assert "Period 4" not in page


def test_a_learner_of_another_class_is_not_found_through_the_own_class(world):
    client = signed_in(world.instructor)
    assert client.get(reverse("insights:learner", args=[world.section.pk, world.other_learner.pk])).status_code == 404
    assert (
        client.post(reverse("insights:remove-learner", args=[world.section.pk, world.other_learner.pk])).status_code
        == 404
    )


def test_another_learners_conversation_is_not_found_through_the_own_learner(world):
    foreign = SessionFactory(learner=world.other_learner, course=world.course)
    arguments = [world.section.pk, world.learner.pk, foreign.pk]
    assert signed_in(world.instructor).get(reverse("insights:conversation", args=arguments)).status_code == 404


def test_work_in_another_course_stays_hidden(world):
    elsewhere = EventFactory(learner=world.learner, text="done elsewhere")
    talk = SessionFactory(learner=world.learner, course=elsewhere.course)
    client = signed_in(world.instructor)
    page = client.get(reverse("insights:learner", args=[world.section.pk, world.learner.pk])).content.decode()
    assert "done elsewhere" not in page
    assert str(talk.pk) not in page
    assert (
        client.get(reverse("insights:conversation", args=[world.section.pk, world.learner.pk, talk.pk])).status_code
        == 404
    )
    skill = elsewhere.step.skills.get()
    for name, arguments in [
        ("skill", [world.section.pk, skill.pk]),
        ("evidence", [world.section.pk, world.learner.pk, skill.pk]),
    ]:
        assert client.get(reverse(f"insights:{name}", args=arguments)).status_code == 404


@pytest.mark.parametrize("name", ["learner", "evidence", "conversation"])
def test_who_left_is_out_of_sight_at_once(world, name):
    Membership.objects.filter(user=world.learner).delete()
    assert signed_in(world.instructor).get(address(world, name)).status_code == 404


def test_who_deleted_their_account_is_gone_from_the_class(world):
    client = signed_in(world.instructor)
    of_learner = address(world, "learner")
    assert ">ana<" in client.get(address(world, "section")).content.decode()
    delete_account(user=world.learner)
    assert ">ana<" not in client.get(address(world, "section")).content.decode()
    assert client.get(of_learner).status_code == 404


def test_being_an_instructor_somewhere_does_not_open_a_class_one_learns_in(world):
    MembershipFactory(section=world.section, user=world.other_instructor, role=Membership.Role.LEARNER)
    assert signed_in(world.other_instructor).get(address(world, "section")).status_code == 404


def test_an_instructor_who_learns_elsewhere_sees_both_sides_apart(world):
    SectionFactory(name="Evening course", course=CourseFactory(), learners=[world.instructor])
    page = signed_in(world.instructor).get(reverse("insights:sections")).content.decode()
    assert "Evening course" not in page


@pytest.mark.parametrize("pk", [0, 999_999_999, 10**25])
def test_a_class_that_does_not_exist_is_not_found(world, pk):
    assert signed_in(world.admin).get(f"/classes/{pk}/").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("learner", 404),
        ("other_learner", 404),
        ("other_instructor", 404),
        ("instructor", 302),
        ("admin", 302),
    ],
)
def test_alerts_are_settled_by_who_watches_over_the_learner_only(world, who, status):
    response = signed_in(who and getattr(world, who)).post(address(world, "alert-seen"))
    assert response.status_code == status
    world.alert.refresh_from_db()
    assert (world.alert.seen_at is not None) == (who in ("instructor", "admin"))
