"""How a class is opened, and how learners come into it and leave it: by a code, said aloud or sent as a link."""

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tutor_app.courses.models import Course
from tutor_app.learners.models import JOIN_CODE_ALPHABET, Membership, Section, User

GUESSES_PER_MINUTE = 10
WAITING_CODE = "waiting_join_code"  # the session's place for the code of somebody who must sign up first


class CannotJoin(Exception):
    """A code that leads nowhere, or too many of them; its text is for the person who typed it."""


def normalise_code(text: str) -> str:
    """A code as it is stored, from whatever somebody typed: no spaces or dashes, capitals only."""
    return "".join(character for character in text.upper() if character in JOIN_CODE_ALPHABET)


def find_section(code: str) -> Section:
    """The class of this code. Raises CannotJoin with a sentence when there is none."""
    section = Section.objects.select_related("course").filter(join_code=normalise_code(code)).first()
    if section is None:
        raise CannotJoin(_("No class has this code. Check it with your teacher: it has eight letters and digits."))
    return section


def count_guess(user: User) -> None:
    """One more code tried by this person. Raises CannotJoin when they try too many in a minute."""
    key = f"learners:join-guesses:{user.pk}"
    cache.add(key, 0, timeout=60)
    try:
        guesses = cache.incr(key)
    except ValueError:  # the minute ended between the two lines
        guesses = 1
    if guesses > GUESSES_PER_MINUTE:
        raise CannotJoin(_("That were many codes in a short time. Wait a minute, then try again."))


@transaction.atomic
def open_section(*, name: str, course: Course, instructor: User) -> Section:
    """A new class with its first instructor."""
    section = Section.objects.create(name=name, course=course)
    Membership.objects.create(section=section, user=instructor, role=Membership.Role.INSTRUCTOR)
    return section


@transaction.atomic
def join_section(*, user: User, code: str) -> Section:
    """Makes somebody a learner of the class with this code. Who is in it already, in any role, stays as they are.

    Raises CannotJoin when no class has the code.
    """
    section = find_section(code)
    Membership.objects.get_or_create(section=section, user=user, defaults={"role": Membership.Role.LEARNER})
    return section


def leave_section(*, user: User, section: Section) -> bool:
    """Ends somebody's place as a learner of a class; what they did stays theirs. False when they had none."""
    gone, _counts = Membership.objects.learners().filter(section=section, user=user).delete()
    return bool(gone)


def keep_code_for_later(request: HttpRequest, code: str) -> None:
    """Remembers a code for somebody who has to sign up first. It only fills in the form: nobody joins unasked."""
    request.session[WAITING_CODE] = normalise_code(code)[:20]


def waiting_code(request: HttpRequest) -> str:
    """The code to fill in: the one in the address, else one that was kept."""
    return request.GET.get("code", "")[:50] or request.session.get(WAITING_CODE, "")


def forget_code(request: HttpRequest) -> None:
    request.session.pop(WAITING_CODE, None)
