"""The page of the tutor's voice: who may choose, what may be chosen, and what is shown of what is sent."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory
from tests.insights.conftest import signed_in
from tutor_app.environment import VoiceServer
from tutor_app.insights.voices import SAMPLE_MESSAGE, example_prompt
from tutor_app.tutoring.models import VoiceSettings, VoiceUse
from tutor_app.tutoring.voices.budget import day_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _servers(settings: Any) -> None:
    settings.VOICE_SERVERS = {
        "school": VoiceServer(url="http://10.0.0.5:8000/v1", models=["qwen 3", "phi"], price_in="0.5", price_out="1.5"),
        "away": VoiceServer(url="https://models.example.org/v1", models=["big"], key="very-secret"),
    }


def page(world: SimpleNamespace) -> str:
    return reverse("insights:voice", args=[world.section.pk])


def posted(world: SimpleNamespace, choice: str, **values: Any) -> Any:
    data = {"choice": choice, "daily_tokens": "50000", "price_in": "", "price_out": "", **values}
    return signed_in(world.admin).post(page(world), data)


@pytest.mark.parametrize(
    ("who", "seen", "changed"),
    [("admin", 200, 302), ("instructor", 200, 404), ("other_instructor", 404, 404), ("learner", 404, 404)],
)
def test_administrators_choose_instructors_of_the_class_look(world: SimpleNamespace, who: str, seen: int, changed: int):
    client = signed_in(getattr(world, who))
    assert client.get(page(world)).status_code == seen
    assert client.post(page(world), {"choice": "none", "daily_tokens": "1"}).status_code == changed
    assert VoiceSettings.objects.count() == (changed == 302)


def test_staff_need_the_permission_and_the_permission_needs_staff(world: SimpleNamespace):
    staff, holder = UserFactory(is_staff=True), UserFactory()
    holder.user_permissions.add(Permission.objects.get(codename="change_voicesettings"))
    for person in (staff, holder):
        assert signed_in(person).post(page(world), {"choice": "none", "daily_tokens": "1"}).status_code == 404
    staff.user_permissions.add(Permission.objects.get(codename="change_voicesettings"))
    assert signed_in(staff).post(page(world), {"choice": "none", "daily_tokens": "1"}).status_code == 302


def test_strangers_sign_in_first_and_forms_without_their_token_are_refused(world: SimpleNamespace):
    assert signed_in(None).get(page(world)).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.admin)
    assert strict.post(page(world), {"choice": "none", "daily_tokens": "1"}).status_code == 403


def test_a_server_of_the_operator_is_chosen_by_name_with_its_prices(world: SimpleNamespace):
    assert posted(world, "remote school qwen 3").status_code == 302
    kept = VoiceSettings.objects.get(section=world.section)
    assert (kept.voice, kept.server, kept.model, kept.daily_tokens) == ("remote", "school", "qwen 3", 50_000)
    assert (kept.price_in, kept.price_out) == (Decimal("0.5"), Decimal("1.5"))
    assert kept.changed_by == world.admin
    text = signed_in(world.instructor).get(page(world)).content.decode()
    assert "10.0.0.5" in text
    assert "qwen 3" in text


def test_prices_may_be_set_otherwise(world: SimpleNamespace):
    posted(world, "remote school phi", price_in="2", price_out="0")
    kept = VoiceSettings.objects.get()
    assert (kept.price_in, kept.price_out) == (2, 0)


@pytest.mark.parametrize(
    ("choice", "values"),
    [
        ("remote school gpt", {}),
        ("remote http://evil.example/v1 big", {}),
        ("local", {}),  # none is configured
        ("", {}),
        ("none", {"daily_tokens": "-1"}),
        ("none", {"daily_tokens": "99999999999999999999"}),
        ("none", {"daily_tokens": "many"}),
        ("none", {"price_in": "-1"}),
        ("none", {"price_in": "NaN"}),
        ("none", {"price_in": "1e99"}),
    ],
)
def test_nothing_else_can_be_chosen_and_nothing_is_changed(world: SimpleNamespace, choice: str, values: dict[str, str]):
    answer = posted(world, choice, **values)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not VoiceSettings.objects.exists()


def test_a_class_goes_with_the_sites_default_until_it_has_a_choice_and_can_go_back(world: SimpleNamespace):
    admin, default = signed_in(world.admin), reverse("insights:site-voice")
    assert admin.post(default, {"choice": "remote away big", "daily_tokens": "7"}).status_code == 302
    for_section = VoiceSettings.objects.for_section
    assert for_section(world.section.pk) == for_section(None)
    posted(world, "none")
    assert for_section(world.section.pk).voice == "none"
    assert for_section(world.other_section.pk).voice == "remote"
    assert world.section.name in admin.get(default).content.decode()
    posted(world, "inherit")
    assert for_section(world.section.pk).voice == "remote"
    assert admin.post(default, {"choice": "inherit", "daily_tokens": "7"}).status_code == 400


@pytest.mark.parametrize("who", ["instructor", "learner"])
def test_the_sites_default_is_for_administrators(world: SimpleNamespace, who: str):
    assert signed_in(getattr(world, who)).get(reverse("insights:site-voice")).status_code == 404


def test_the_page_shows_the_very_prompt_and_it_holds_no_name_address_or_key(world: SimpleNamespace):
    posted(world, "remote away big")
    text = signed_in(world.instructor).get(page(world)).content.decode()
    prompt = example_prompt()
    for line in (prompt.system + prompt.material).splitlines():
        assert line.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;").replace(">", "&gt;") in text
    assert "models.example.org" in text
    assert "very-secret" not in text
    assert "Sam Sample" in SAMPLE_MESSAGE
    for private in ("Sam", "Sample", "sam@example.org"):
        assert private not in prompt.system + prompt.material
    assert "I am (name) ((address))" in prompt.material
    assert "5" in prompt.material  # of the problem and the message; the key is not among the course's words
    assert "x = 5" not in prompt.material


def test_a_server_that_the_operator_took_away_is_said_to_be_gone(world: SimpleNamespace, settings: Any):
    posted(world, "remote away big")
    settings.VOICE_SERVERS = {}
    assert "does not allow this server any more" in signed_in(world.instructor).get(page(world)).content.decode()


def test_the_page_shows_what_was_used_today_and_why_the_course_spoke(world: SimpleNamespace):
    from django.utils import timezone

    now = timezone.now()
    use = {"section": world.section, "day": day_of(now), "voice": "remote", "model": "big", "at": now}
    VoiceUse.objects.create(**use, tokens_in=900, tokens_out=100, outcome="spoken", cost="0.0123")
    VoiceUse.objects.create(**use, outcome="grounded", why="over budget")
    VoiceUse.objects.create(**{**use, "section": world.other_section}, tokens_in=77_777, outcome="spoken")
    text = signed_in(world.instructor).get(page(world)).content.decode()
    assert "1,000" in text
    assert "0.0123" in text
    assert "over budget" in text
    assert "77" not in text.split('id="today-heading"')[1].split("</dl>")[0]


class TestAdapters:
    @pytest.fixture(autouse=True)
    def _local(self, settings: Any, tmp_path: Path) -> None:
        for name in ("lines", "slopes"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "adapter_config.json").write_text("{}")
            (tmp_path / name / "adapter_model.safetensors").write_bytes(b"")
        settings.LOCAL_VOICE_MODEL, settings.LOCAL_VOICE_ADAPTERS = tmp_path / "tiny", tmp_path

    def test_each_skill_may_have_one(self, world: SimpleNamespace):
        posted(world, "local", adapters=f"{world.skill.slug}: lines\n\n")
        kept = VoiceSettings.objects.get()
        assert (kept.voice, kept.model, kept.adapters) == ("local", "tiny", {world.skill.slug: "lines"})

    @pytest.mark.parametrize(
        "line", ["no colon", "unknown-skill: lines", "{skill}: ../lines", "{skill}: gone", "{skill}:"]
    )
    def test_what_is_not_there_is_named_with_its_line(self, world: SimpleNamespace, line: str):
        answer = posted(world, "local", adapters="\n" + line.format(skill=world.skill.slug))
        assert answer.status_code == 400
        assert "Line 2" in answer.content.decode()
        assert not VoiceSettings.objects.exists()
