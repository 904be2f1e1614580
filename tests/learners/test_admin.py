"""The administration pages of every model, with rows in them."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tutor_app.courses.models import Course, Problem, Skill
from tutor_app.learners.models import Event, User
from tutor_app.registry.models import Promotion
from tutor_app.tutoring.models import Session, Turn

pytestmark = pytest.mark.django_db

OURS = [model for model in admin.site._registry if model.__module__.startswith("tutor_app")]
THEIRS = [model for model in admin.site._registry if model not in OURS]
FACTORIES = {
    factory._meta.model: factory
    for factory in vars(factories).values()
    if isinstance(factory, type) and issubclass(factory, factories.DjangoModelFactory) and factory._meta.model
    if factory not in (factories.InstructorFactory, factories.AdminFactory)
}


def name_of(model: type) -> str:
    return model._meta.label_lower


def page(model: type, action: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(factories.AdminFactory())
    return client


def test_every_model_of_ours_is_there():
    ours = {model for model in apps.get_models() if model.__module__.startswith("tutor_app")}
    assert ours == set(OURS)
    assert ours == set(FACTORIES)


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_the_list_of_our_rows_loads_searches_and_opens_each(client, model, django_assert_max_num_queries):
    row = FACTORIES[model].create_batch(3)[0]
    with django_assert_max_num_queries(30):
        assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "changelist"), {"q": "x"}).status_code == 200
    assert client.get(page(model, "change", row.pk)).status_code == 200
    assert client.get(page(model, "history", row.pk)).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_the_list_asks_the_same_number_of_questions_for_more_rows(client, model, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        for _ in range(4):
            FACTORIES[model]()
        client.get(page(model, "changelist"))
        with CaptureQueriesContext(connection) as queries:
            client.get(page(model, "changelist"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model", [*OURS, *THEIRS], ids=name_of)
def test_the_form_for_a_new_row_loads_or_is_refused_on_purpose(client, model):
    looks_only = not admin.site._registry[model].has_add_permission(request_of(client))
    assert client.get(page(model, "add")).status_code == (403 if looks_only else 200)


@pytest.mark.parametrize("model", THEIRS, ids=name_of)
def test_the_lists_of_the_parts_we_rely_on_load(client, model):
    assert client.get(page(model, "changelist")).status_code == 200


def request_of(client: Client):
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=client.session["_auth_user_id"])
    return request


@pytest.mark.parametrize("model", [Event, Promotion, Session, Turn], ids=name_of)
def test_append_only_rows_cannot_be_added_changed_or_deleted(client, model):
    row = FACTORIES[model]()
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "change", row.pk), {}).status_code == 403
    assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(page(model, "changelist"), chosen)
    assert model.objects.filter(pk=row.pk).exists()


def test_deleting_a_person_deletes_their_log_with_them(client):
    event = factories.EventFactory()
    other = factories.EventFactory(step=event.step)
    delete = page(User, "delete", event.learner.pk)
    assert client.get(delete).status_code == 200
    assert client.post(delete, {"post": "yes"}).status_code == 302
    assert list(Event.objects.all()) == [other]


def test_deleting_several_people_at_once_deletes_their_logs(client):
    events = [factories.EventFactory() for _ in range(2)]
    chosen = [event.learner.pk for event in events]
    client.post(page(User, "changelist"), {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert not Event.objects.exists()


def test_an_administrator_does_not_delete_themselves_here(client):
    me = User.objects.get(is_superuser=True)
    client.post(page(User, "delete", me.pk), {"post": "yes"})
    client.post(page(User, "changelist"), {"action": "delete_selected", "_selected_action": [me.pk], "post": "yes"})
    assert User.objects.filter(pk=me.pk).exists()


def test_a_course_with_a_log_stays(client):
    event = factories.EventFactory()
    client.post(page(Course, "delete", event.course.pk), {"post": "yes"})
    assert Course.objects.filter(pk=event.course.pk).exists()


@pytest.mark.parametrize("model", [Skill, Problem, User], ids=name_of)
def test_the_lists_that_forms_pick_from_answer(client, model):
    parameters = {"app_label": "courses", "model_name": "step", "field_name": {Skill: "skills"}.get(model, "problem")}
    if model is User:
        parameters = {"app_label": "learners", "model_name": "membership", "field_name": "user"}
    assert "results" in client.get(reverse("admin:autocomplete"), parameters | {"term": "s"}).json()


def test_people_who_are_not_staff_find_no_administration(client):
    outsider = Client()
    outsider.force_login(factories.InstructorFactory())
    for model in OURS:
        assert outsider.get(page(model, "changelist")).status_code == 302
