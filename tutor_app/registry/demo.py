"""The demo class: three accounts to sign in with, and simulated learners who have practised for three weeks.

Imports no torch: when the class is there already, only the passwords are made anew, and that has to be quick.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from tutor_app.courses.models import Course
from tutor_app.learners.models import Event, Membership, Section, User
from tutor_app.registry.demo_people import ANA, LEARNERS, MAIL_DOMAIN, DemoRefused, SimulatedLearner, mail_of

COURSE = "linear-equations"
SECTION = "Algebra I, period 3"
PASSWORD_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 (what passwords are made of)

Role = Literal["learner", "teacher", "admin"]


@dataclass(frozen=True)
class Account:
    """An account to sign in with, and the password that it has from now on."""

    role: Role
    username: str
    password: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


ACCOUNTS: dict[Role, dict[str, object]] = {
    "learner": {"username": "ana", "first_name": "Ana"},
    "teacher": {"username": "teacher", "first_name": "Tomas", "last_name": "Hill", "is_instructor": True},
    "admin": {"username": "admin", "first_name": "Ada", "is_staff": True, "is_superuser": True},
}


def load_demo(*, now: datetime, say: Callable[[str], None]) -> list[Account]:
    """Makes what is missing of the demo class and gives its accounts new passwords.

    Raises DemoRefused when the course or the models are not there yet. An account of the same name that the demo did
    not make stays as it is and is left out of the list.
    """
    course = Course.objects.filter(slug=COURSE).first()
    if course is None:
        raise DemoRefused(
            f"The course {COURSE!r} is not loaded. Run manage.py load_course tutor_app/courses/builtin/{COURSE} first."
        )
    accounts = open_accounts(say)
    section = demo_section(course)
    missing = missing_learners()
    if missing:
        from tutor_app.registry.demo_history import make_learners  # needs torch, which takes seconds to import

        make_learners(missing, section=section, now=now, say=say)
    return accounts


@transaction.atomic
def open_accounts(say: Callable[[str], None]) -> list[Account]:
    """The three accounts, each with a password made at this moment."""
    accounts = []
    for role, values in ACCOUNTS.items():
        username = str(values["username"])
        mail = mail_of(username)
        user = User.objects.filter(username=username).first() or User(**values, email=mail)
        if user.email != mail:
            say(f"There is an account {username!r} that the demo did not make: it stays as it is.")
            continue
        for name, value in values.items():
            setattr(user, name, value)
        user.is_active = True
        password = make_password()
        user.set_password(password)
        user.save()
        accounts.append(Account(role, username, password))
    return accounts


@transaction.atomic
def demo_section(course: Course) -> Section:
    """The demo class, wherever it is by now (it may have been renamed), or a new one; Ana and her teacher are in it."""
    of_the_demo = Section.objects.filter(course=course, memberships__user__email__endswith=f"@{MAIL_DOMAIN}")
    section = of_the_demo.order_by("pk").first() or Section.objects.create(name=SECTION, course=course)
    for role, place in (("learner", Membership.Role.LEARNER), ("teacher", Membership.Role.INSTRUCTOR)):
        user = User.objects.filter(email=mail_of(str(ACCOUNTS[role]["username"]))).first()  # type: ignore[index]
        if user is not None:
            Membership.objects.get_or_create(section=section, user=user, defaults={"role": place})
    return section


def missing_learners() -> list[SimulatedLearner]:
    """Those who were not made yet, and Ana, whose account is there, until she has a history. Who was taken out of the
    class since, or renamed, is not missing."""
    made = set(User.objects.filter(email__endswith=f"@{MAIL_DOMAIN}").values_list("email", flat=True))
    missing = [learner for learner in LEARNERS if mail_of(learner.username) not in made]
    begun = Event.objects.filter(learner__email=mail_of(ANA.username)).exists()
    return [ANA, *missing] if mail_of(ANA.username) in made and not begun else missing


def make_password() -> str:
    """Twelve letters and digits in groups, easy to copy from a terminal: 59 bits."""
    return "-".join("".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(4)) for _ in range(3))
