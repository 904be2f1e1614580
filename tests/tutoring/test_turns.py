"""A turn's life in the database: accepted once, done once, by one worker at a time, in order."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import LONG_AGO, CourseFactory, SessionFactory, TurnFactory, UserFactory
from tutor_app.tutoring import turns
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.turns import LEASE, LeaseLost, TurnRefused

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def accept(session, *, turn_id=None, text="x = 5", now=LONG_AGO, learner=None):
    return turns.accept_turn(
        session_id=session.pk, learner=learner or session.learner, turn_id=turn_id or uuid4(), text=text, now=now
    )


def waiting(session, count=1):
    return [TurnFactory(session=session, state=Turn.State.ACCEPTED, reply=[]) for _ in range(count)]


class TestAccepting:
    def test_a_message_becomes_a_turn_with_the_next_number(self):
        session = SessionFactory()
        first, second = accept(session), accept(session, text="  x = 6\n")
        assert [first.turn.number, second.turn.number] == [1, 2]
        assert second.turn.text == "x = 6"
        assert second.turn.state == Turn.State.ACCEPTED
        assert not second.repeated

    def test_the_same_id_twice_is_recognised_and_changes_nothing(self):
        session, turn_id = SessionFactory(), uuid4()
        accept(session, turn_id=turn_id, text="first")
        again = accept(session, turn_id=turn_id, text="something else")
        assert again.repeated
        assert again.turn.text == "first"
        assert session.turns.count() == 1

    def test_a_repeat_is_recognised_also_after_the_conversation_has_ended_and_over_every_limit(self, settings):
        settings.TURNS_PER_MINUTE = 1
        session, turn_id = SessionFactory(), uuid4()
        accept(session, turn_id=turn_id)
        Session.objects.update(ended_at=LONG_AGO)
        assert accept(session, turn_id=turn_id).repeated

    def test_an_id_of_another_conversation_is_refused_without_telling_its_words(self):
        turn = TurnFactory(text="my secret")
        with pytest.raises(TurnRefused) as refused:
            accept(SessionFactory(), turn_id=turn.pk)
        assert "secret" not in refused.value.reason
        assert Turn.objects.get().text == "my secret"

    def test_an_id_of_another_conversation_of_the_same_learner_is_refused(self):
        turn = TurnFactory()
        other = SessionFactory(learner=turn.session.learner)
        with pytest.raises(TurnRefused):
            accept(other, turn_id=turn.pk)

    def test_nobody_speaks_in_somebody_elses_conversation(self):
        session = SessionFactory()
        with pytest.raises(TurnRefused, match="not yours"):
            accept(session, learner=UserFactory())
        assert not Turn.objects.exists()

    def test_a_conversation_that_does_not_exist_is_refused_with_the_same_words_as_a_strangers(self):
        session = SessionFactory()
        ghost = SessionFactory.build(learner=session.learner)
        with pytest.raises(TurnRefused, match="not yours"):
            accept(ghost, learner=session.learner)

    def test_an_ended_conversation_takes_nothing_more(self):
        session = SessionFactory(ended_at=LONG_AGO)
        with pytest.raises(TurnRefused, match="has ended"):
            accept(session)
        assert not Turn.objects.exists()

    @pytest.mark.parametrize("text", ["", "   ", "\n\t\u2003", "a\x00b", "\x00"])
    def test_text_that_is_none_is_refused(self, text):
        with pytest.raises(TurnRefused):
            accept(SessionFactory(), text=text)
        assert not Turn.objects.exists()

    def test_a_learner_may_be_five_messages_ahead_and_not_six(self):
        session = SessionFactory()
        for _ in range(turns.MOST_WAITING):
            accept(session)
        with pytest.raises(TurnRefused) as refused:
            accept(session)
        assert refused.value.retry_after_s
        assert session.turns.count() == turns.MOST_WAITING

    def test_answered_messages_do_not_count_as_waiting(self):
        session = SessionFactory()
        for _ in range(turns.MOST_WAITING + 1):
            accept(session)
            Turn.objects.update(state=Turn.State.DONE)
        assert session.turns.count() == turns.MOST_WAITING + 1

    def test_more_than_the_limit_in_a_minute_is_refused_over_all_conversations_of_the_learner(self, settings):
        settings.TURNS_PER_MINUTE = 2
        one = SessionFactory()
        other = SessionFactory(learner=one.learner)
        accept(one)
        accept(other, now=LONG_AGO + SECOND)
        with pytest.raises(TurnRefused, match="2 messages in a minute") as refused:
            accept(one, now=LONG_AGO + 59 * SECOND)
        assert refused.value.retry_after_s
        accept(one, now=LONG_AGO + 60 * SECOND)  # the first is a minute old

    def test_the_limit_is_each_learners_own_and_does_not_count_greetings(self, settings):
        settings.TURNS_PER_MINUTE = 1
        accept(SessionFactory())
        accept(session := SessionFactory())
        greeted, greeting = turns.open_session(
            learner=session.learner, course=CourseFactory(), section=None, now=LONG_AGO
        )
        assert greeting is not None
        with pytest.raises(TurnRefused):
            accept(greeted)
        assert Turn.objects.count() == 3


class TestOpening:
    def open(self, learner, course, now=LONG_AGO):
        return turns.open_session(learner=learner, course=course, section=None, now=now)

    def test_a_new_conversation_begins_with_the_tutors_greeting(self):
        session, greeting = self.open(UserFactory(), CourseFactory())
        assert greeting.number == 1
        assert greeting.text == ""
        assert list(session.turns.all()) == [greeting]

    def test_an_open_conversation_is_gone_on_with_and_not_greeted_again(self):
        learner, course = UserFactory(), CourseFactory()
        session, _ = self.open(learner, course)
        again, greeting = self.open(learner, course, LONG_AGO + timedelta(hours=11))
        assert again == session
        assert greeting is None

    def test_after_a_long_pause_a_new_one_begins_and_the_old_one_is_ended(self):
        learner, course = UserFactory(), CourseFactory()
        old, _ = self.open(learner, course)
        new, greeting = self.open(learner, course, LONG_AGO + turns.SESSION_PAUSE)
        assert new != old
        assert greeting is not None
        assert list(Session.objects.open()) == [new]

    def test_other_courses_and_other_learners_have_conversations_of_their_own(self):
        learner, course = UserFactory(), CourseFactory()
        opened = {
            self.open(*pair)[0].pk for pair in [(learner, course), (learner, CourseFactory()), (UserFactory(), course)]
        }
        assert len(opened) == 3


class TestLeases:
    def test_of_two_workers_one_gets_the_turn(self):
        [turn] = waiting(SessionFactory())
        won = turns.take_lease(turn.pk, LONG_AGO)
        assert won is not None
        assert won.begun == 1
        assert won.state == Turn.State.WORKING
        assert turns.take_lease(turn.pk, LONG_AGO) is None

    def test_a_lapsed_lease_is_taken_over_and_the_beginning_counted(self):
        [turn] = waiting(SessionFactory())
        first = turns.take_lease(turn.pk, LONG_AGO)
        assert turns.take_lease(turn.pk, LONG_AGO + LEASE) is None  # to the last moment it is held
        second = turns.take_lease(turn.pk, LONG_AGO + LEASE + SECOND)
        assert second.begun == 2
        assert second.lease != first.lease

    def test_a_renewed_lease_holds_on(self):
        [turn] = waiting(SessionFactory())
        held = turns.take_lease(turn.pk, LONG_AGO)
        turns.renew_lease(held, LONG_AGO + 4 * SECOND)
        assert turns.take_lease(turn.pk, LONG_AGO + LEASE + SECOND) is None

    def test_whoever_lost_the_lease_can_neither_renew_nor_finish_nor_let_go_nor_give_up(self):
        [turn] = waiting(SessionFactory())
        loser = turns.take_lease(turn.pk, LONG_AGO)
        winner = turns.take_lease(turn.pk, LONG_AGO + LEASE + SECOND)
        with pytest.raises(LeaseLost):
            turns.renew_lease(loser, LONG_AGO + LEASE + SECOND)
        with pytest.raises(LeaseLost):
            turns.finish(loser, LONG_AGO + LEASE + SECOND)
        with pytest.raises(LeaseLost):
            turns.give_up(loser, LONG_AGO + LEASE + SECOND, ["Sorry."])
        with pytest.raises(LeaseLost):
            turns.begin_again(loser, LONG_AGO + LEASE + SECOND)
        turns.let_go(loser)
        row = Turn.objects.get()
        assert row.lease == winner.lease
        assert row.lease_until == LONG_AGO + LEASE + SECOND + LEASE
        assert row.state == Turn.State.WORKING
        assert row.begun == 2
        assert row.reply == []

    def test_a_turn_let_go_may_be_begun_at_once(self):
        [turn] = waiting(SessionFactory())
        turns.let_go(turns.take_lease(turn.pk, LONG_AGO))
        assert turns.take_lease(turn.pk, LONG_AGO).begun == 2

    @pytest.mark.parametrize("state", [Turn.State.DONE, Turn.State.FAILED])
    def test_a_finished_turn_is_never_begun_again(self, state):
        turn = TurnFactory(state=state)
        assert turns.take_lease(turn.pk, LONG_AGO + timedelta(days=1)) is None

    def test_a_turn_that_is_not_there_is_left_quietly(self):
        assert turns.take_lease(uuid4(), LONG_AGO) is None

    def test_turns_of_a_conversation_are_done_in_order(self):
        first, second = waiting(SessionFactory(), 2)
        assert turns.take_lease(second.pk, LONG_AGO) is None
        held = turns.take_lease(first.pk, LONG_AGO)
        assert turns.take_lease(second.pk, LONG_AGO) is None
        turns.give_up(held, LONG_AGO, ["Sorry."])
        assert turns.take_lease(second.pk, LONG_AGO) is not None

    def test_conversations_do_not_wait_for_one_another(self):
        [one], [other] = waiting(SessionFactory()), waiting(SessionFactory())
        assert turns.take_lease(one.pk, LONG_AGO)
        assert turns.take_lease(other.pk, LONG_AGO)

    def test_the_next_waiting_is_the_oldest_that_is_not_finished(self):
        session = SessionFactory()
        TurnFactory(session=session)
        first, _second = waiting(session, 2)
        waiting(SessionFactory())
        assert turns.next_waiting(session.pk) == first.pk
        Turn.objects.update(state=Turn.State.DONE)
        assert turns.next_waiting(session.pk) is None


class TestOverdue:
    LATER = LONG_AGO + timedelta(seconds=10)

    @staticmethod
    def overdue(now):
        return [turn.pk for turn in turns.overdue_turns(now)]

    def test_a_turn_that_nobody_began_is_overdue_after_the_grace(self):
        [turn] = waiting(SessionFactory())
        assert self.overdue(LONG_AGO + 2 * SECOND) == []
        assert self.overdue(self.LATER) == [turn.pk]

    def test_a_turn_is_overdue_when_its_lease_has_lapsed_and_not_before(self):
        [turn] = waiting(SessionFactory())
        turns.take_lease(turn.pk, self.LATER)
        assert self.overdue(self.LATER + LEASE) == []
        assert self.overdue(self.LATER + LEASE + SECOND) == [turn.pk]

    def test_only_the_oldest_of_a_conversation_is_named(self):
        first, _second = waiting(SessionFactory(), 2)
        [other] = waiting(SessionFactory())
        assert set(self.overdue(self.LATER)) == {first.pk, other.pk}

    def test_finished_turns_are_never_overdue(self):
        TurnFactory(state=Turn.State.DONE)
        TurnFactory(state=Turn.State.FAILED)
        assert self.overdue(self.LATER) == []
