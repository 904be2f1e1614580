"""What the tutor said last: offers taken and declined, reasoning after a probe, hints in one breath, silence."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import LONG_AGO, TurnFactory
from tests.tutoring.conftest import Walk
from tutor_app.tutoring import turns
from tutor_app.tutoring.models import Turn
from tutor_app.tutoring.recent import READS_IN, Recent, recent_of
from tutor_app.tutoring.understanding import Intent, reply_to_offer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("yes", Intent.ACCEPT),
        ("Yes, please!", Intent.ACCEPT),
        ("ok", Intent.ACCEPT),
        ("No thanks.", Intent.DECLINE),
        ("I'll try again", Intent.DECLINE),
        ("x = 5", None),
        ("yes it is 5", None),
        ("", None),
    ],
)
def test_yes_and_no(text: str, intent: Intent | None):
    assert reply_to_offer(text) == intent


def hints(count: int, every: timedelta):
    """So many hints asked for, each so long after the last was given; the turn after them."""
    at, session = LONG_AGO, None
    for number in range(1, count + 1):
        more = {"session": session} if session else {}
        turn = TurnFactory(
            number=number, text="hint", move="hint", intent="hint", accepted_at=at, done_at=at,
            state=Turn.State.DONE, **more,
        )  # fmt: skip
        session, at = turn.session, at + every
    return TurnFactory(session=session, number=count + 1, text="hint", accepted_at=at)


def test_hints_are_in_a_row_only_when_they_come_in_one_breath():
    assert recent_of(hints(2, timedelta(seconds=3))).helps_in_a_row == 2
    assert recent_of(hints(2, READS_IN + timedelta(seconds=1))).helps_in_a_row == 0


def test_at_the_beginning_nothing_was_said():
    assert recent_of(TurnFactory(number=1)) == Recent()


class TestInTheConversation:
    def test_help_is_offered_after_two_errors_and_yes_takes_it(self, walk: Walk):
        walk.go_to("add")
        first, second = walk.wrong(), walk.wrong()
        assert (first.move, second.move) == ("focus", "focus")
        assert "hint" not in "".join(first.reply)
        assert "“yes”" in "".join(second.reply)
        taken = walk.say("yes please")
        assert (taken.move, taken.intent) == ("hint", "accept")
        assert walk.session.hints_given == 1

    def test_no_leaves_the_learner_to_it(self, walk: Walk):
        walk.go_to("add")
        walk.wrong(), walk.wrong()
        turn = walk.say("no thanks")
        assert (turn.move, turn.intent) == ("encourage", "decline")
        assert walk.session.hints_given == 0

    def test_yes_out_of_the_blue_is_no_request_for_help(self, walk: Walk):
        walk.go_to("add")
        assert walk.say("yes").move not in ("hint", "scaffold", "show")

    def test_nine_errors_force_no_help_on_anybody(self, walk: Walk):
        walk.go_to("add")
        moves = {walk.wrong().move for _ in range(9)}
        assert moves == {"focus"}
        assert walk.session.hints_given == 0

    def test_nothing_is_offered_to_who_switched_it_off(self, walk: Walk):
        walk.learner.wants_offers = False
        walk.learner.save()
        walk.go_to("add")
        assert not any("“yes”" in "".join(walk.wrong().reply) for _ in range(4))


class TestSilence:
    @pytest.fixture
    def quiet(self, walk: Walk) -> Walk:
        walk.go_to("add")
        Turn.objects.filter(session=walk.session_id).update(done_at=LONG_AGO)
        return walk

    def nudge(self, walk: Walk, after: timedelta = timedelta(minutes=2)) -> Turn | None:
        return turns.accept_silence(
            session_id=walk.session_id, learner=walk.learner, turn_id=uuid4(), now=LONG_AGO + after
        )

    def test_after_a_while_the_tutor_speaks_first(self, quiet: Walk):
        turn = self.nudge(quiet)
        assert turn is not None
        done = quiet.answer(turn.pk)
        assert (done.move, done.intent, done.text) == ("encourage", "idle", "")
        assert "“yes”" in "".join(done.reply)
        assert quiet.say("yes").move == "hint"

    def test_once_per_silence(self, quiet: Walk):
        quiet.answer(self.nudge(quiet).pk)
        Turn.objects.filter(session=quiet.session_id).update(done_at=LONG_AGO)
        assert self.nudge(quiet, timedelta(hours=1)) is None

    def test_not_sooner(self, quiet: Walk):
        assert self.nudge(quiet, timedelta(seconds=30)) is None

    def test_not_while_somebody_is_at_work(self, quiet: Walk):
        last = Turn.objects.filter(session=quiet.session_id).latest("number")
        Turn.objects.filter(pk=last.pk).update(done_at=None, state=Turn.State.WORKING)
        assert self.nudge(quiet) is None

    def test_not_when_the_problem_is_done(self, quiet: Walk):
        quiet.right()
        Turn.objects.filter(session=quiet.session_id).update(done_at=LONG_AGO)
        assert self.nudge(quiet) is None

    def test_not_to_who_switched_it_off(self, quiet: Walk):
        quiet.learner.wants_offers = False
        quiet.learner.save()
        assert self.nudge(quiet) is None

    def test_not_in_somebody_elses_conversation(self, quiet: Walk, begin):
        other = begin("ben")
        stolen = turns.accept_silence(
            session_id=quiet.session_id, learner=other.learner, turn_id=uuid4(), now=LONG_AGO + timedelta(hours=1)
        )
        assert stolen is None
