"""One turn, worked out in this process with a real checker and real (small, untrained) models."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from tests.factories import LONG_AGO, SessionFactory
from tests.tutoring.conftest import Walk
from tests.weights import save_small_models
from tutor_app.courses.models import Hint, Problem, Step
from tutor_app.learners.models import AppendOnly, Event, Record, SkillState
from tutor_app.registry.classrooms import model_events, rebuild, rooms
from tutor_app.registry.models import TeacherVersion
from tutor_app.registry.shipped import register_weights
from tutor_app.tutoring import turns
from tutor_app.tutoring.checking import Check, CheckerPool, Question
from tutor_app.tutoring.models import Session, Turn
from tutor_app.tutoring.reply import answer_turn

Begin = Callable[..., Walk]


def events_of(walk: Walk) -> list[Event]:
    return list(Event.objects.filter(learner=walk.learner).order_by("number"))


class TestTheWalk:
    def test_the_tutor_greets_by_name_and_puts_a_problem_on_the_table_with_its_reason(self, walk: Walk):
        [greeting] = walk.turns
        assert greeting.move == "greet"
        assert greeting.state == Turn.State.DONE
        assert "mia" in "".join(greeting.reply)
        assert walk.session.problem is not None
        assert walk.session.why in "".join(greeting.reply)
        assert events_of(walk) == []

    def test_a_right_answer_is_confirmed_logged_and_moves_the_mastery(self, walk: Walk):
        walk.go_to("add")
        turn = walk.right()
        assert (turn.move, turn.verdict, turn.intent) == ("confirm", "correct", "answer")
        [event] = Event.objects.filter(turn=turn.pk)
        assert (event.kind, event.correct, event.try_number, event.hints) == ("attempt", True, 1, 0)
        assert event.seconds == 60  # the walk's minute
        assert event.step.slug == "solve"
        assert 0 <= event.student_probability <= 1
        assert 0 <= event.teacher_probability <= 1
        assert event.route in ("full", "teacher")
        state = SkillState.objects.get(learner=walk.learner, skill__slug="undo-addition")
        assert (state.attempts, state.correct) == (1, 1)
        assert state.due_at > event.at
        assert turn.outcome["solved"]
        assert walk.session.solved

    def test_the_turn_tells_by_how_much_the_mastery_moved_once_there_was_one(self, walk: Walk):
        walk.go_to("add")
        first = walk.wrong()
        before = SkillState.objects.get(skill__slug="undo-addition").mastery
        second = walk.right()
        after = SkillState.objects.get(skill__slug="undo-addition").mastery
        assert first.outcome["changes"] == {}
        assert second.outcome["changes"] == {"undo-addition": round(100 * after) - round(100 * before)}
        assert after != before

    def test_a_known_error_is_asked_about_and_the_second_time_pointed_at(self, walk: Walk):
        walk.go_to("add")
        expected = walk.table.step.expected_errors[0].answer
        probe, focus = walk.say(expected), walk.say(expected)
        assert probe.move == "probe"
        assert "Which operation undoes an addition?" in "".join(probe.reply)
        assert focus.move == "focus"
        assert "subtraction" in "".join(focus.reply)
        assert [event.misconception for event in events_of(walk)] == ["adds-instead", "adds-instead"]

    def test_why_after_a_known_error_tells_the_remedy_without_counting_a_try(self, walk: Walk):
        walk.go_to("add")
        walk.say(walk.table.step.expected_errors[0].answer)
        why = walk.say("why?")
        assert why.move == "focus"
        assert "subtraction" in "".join(why.reply)
        assert walk.session.tries == 1

    def test_the_ladder_is_climbed_rung_by_rung_and_ends_with_the_worked_step(self, walk: Walk):
        walk.go_to("add")
        key = walk.table.step.answers[0]
        hint, scaffold, show = walk.say("hint"), walk.say("hint"), walk.say("hint")
        assert [turn.move for turn in (hint, scaffold, show)] == ["hint", "scaffold", "show"]
        assert "What was done to" in "".join(hint.reply)
        assert f"$x = {key}$" in "".join(show.reply)
        assert [event.level for event in events_of(walk)] == [1, 2, 3]
        assert walk.session.scaffold is None
        right = walk.right()
        assert right.move == "confirm"
        assert "3 pieces of help" in "".join(right.reply)
        assert events_of(walk)[-1].hints == 3

    def test_after_the_end_of_the_ladder_help_shows_the_answer_again_and_logs_no_further_rung(self, walk: Walk):
        walk.go_to("add-left")
        walk.say("hint")
        walk.say("hint")
        again = walk.say("hint")
        assert again.move == "show"
        assert walk.table.step.answers[0] in "".join(again.reply)
        assert Event.objects.filter(kind="hint").count() == 2
        assert walk.session.hints_given == 2

    def test_an_open_scaffold_takes_the_answer_and_gives_the_step_back(self, walk: Walk):
        # In the sample course the scaffold of "add" has the step's own answer; make it another question.
        Hint.objects.filter(step__problem__slug="add", kind="scaffold").update(answers=["[[a]]"])
        rooms.forget_all()
        walk.go_to("two") if walk.table.problem.slug == "add" else None
        walk.go_to("add")
        walk.say("hint")
        walk.say("hint")
        table = walk.table
        assert table.scaffold is not None
        tries = walk.session.tries
        wrong = walk.say("977")
        assert wrong.move == "focus"
        right = walk.say(table.scaffold.answers[0])
        assert right.move == "confirm"
        assert not walk.session.solved
        assert walk.session.scaffold is None
        assert walk.session.tries == tries
        assert [event.kind for event in events_of(walk)][-2:] == ["chat", "chat"]  # a smaller step is no attempt

    def test_a_scaffold_tried_twice_in_vain_is_told_and_the_step_comes_back_unshown(self, walk: Walk):
        Hint.objects.filter(step__problem__slug="add", kind="scaffold").update(answers=["[[a]]"])
        walk.go_to("two") if walk.table.problem.slug == "add" else None
        walk.go_to("add")
        walk.say("hint")
        walk.say("hint")
        walk.say("977")
        told = walk.say("977")
        assert told.move == "show"
        assert walk.session.scaffold is None
        assert walk.session.hints_given == 2
        assert f"$x = {walk.table.step.answers[0]}$" not in "".join(told.reply)

    def test_whoever_answers_the_step_while_a_scaffold_is_open_is_done_with_it(self, walk: Walk):
        walk.go_to("add")
        walk.say("hint")
        walk.say("hint")
        assert walk.right().move == "confirm"

    def test_the_next_step_of_a_problem_starts_with_a_fresh_ladder(self, walk: Walk):
        walk.go_to("two")
        walk.say("The multiplication")
        walk.say("hint")
        turn = walk.say("The addition")
        assert turn.move == "confirm"
        assert not turn.outcome["solved"]
        session = walk.session
        assert walk.table.step.key == "solve"
        assert (session.tries, session.wrong_tries, session.hints_given, session.misconception) == (0, 0, 0, "")
        assert "part 2 of 2" in "".join(turn.reply)

    def test_an_answer_that_cannot_be_read_costs_nothing(self, walk: Walk):
        walk.go_to("add")
        turn = walk.say("((((")
        assert turn.verdict == "not_understood"
        assert turn.move == "ask back"
        assert walk.session.tries == 0
        assert not Event.objects.attempts().exists()

    @pytest.mark.parametrize(
        "text",
        [
            "9^{9^{9^9}}",
            "__import__('os').system('true')",
            "(" * 400 + "1" + ")" * 400,
            "{" * 400,
            r"\frac{1}{0}",
            "0/0",
            "‮5",
            "𝟝" * 300,
            "x" * 2000,
            "%s %(name)s {0} {name}",
            "<script>alert(1)</script>",
            "$" * 99,
            "\\",
            "'; DROP TABLE learners_event; --",
        ],
    )
    def test_hostile_answers_get_a_reply_and_no_harm(self, walk: Walk, text: str):
        walk.go_to("add")
        turn = walk.say(text)
        assert turn.state == Turn.State.DONE
        assert turn.reply
        assert turn.verdict != "correct"
        assert not walk.session.solved

    @pytest.mark.parametrize(
        ("text", "move"),
        [
            ("next", "next"),
            ("why this problem?", "explain"),
            ("what is an equation?", "explain"),
            ("thanks", "encourage"),
            ("summary", "summarise"),
            ("please sing me a song about the sea", "encourage"),
            ("are you a real human or a robot?", "explain"),
            ("why?", "explain"),  # nothing was wrong yet: it is about the problem
        ],
    )
    def test_what_is_no_answer_is_answered_too_and_logged_as_chat(self, walk: Walk, text: str, move: str):
        turn = walk.say(text)
        assert turn.move == move
        assert turn.reply
        [event] = events_of(walk)
        assert (event.kind, event.text) == ("chat", text)
        assert walk.session.tries == 0

    @pytest.mark.parametrize("text", ["hint", "next", "5", "why?", "what is x?", "summary", "thanks", "why this one?"])
    def test_every_wish_gets_a_reply_also_when_the_course_has_no_problem(self, begin: Begin, text: str):
        Problem.objects.update(retired=True)
        walk = begin()
        assert walk.session.problem is None
        assert "no problems" in "".join(walk.turns[0].reply)
        turn = walk.say(text)
        assert turn.state == Turn.State.DONE
        assert turn.reply

    @pytest.mark.parametrize("text", ["hint", "5", "why?", "what is x?", "summary", "thanks", "why this one?", "next"])
    def test_every_wish_gets_a_reply_also_when_the_problem_is_solved(self, walk: Walk, text: str):
        walk.go_to("add")
        walk.right()
        turn = walk.say(text)
        assert turn.state == Turn.State.DONE
        assert turn.reply
        assert Event.objects.attempts().count() == 1

    def test_a_problem_whose_steps_have_all_retired_meanwhile_does_not_block_the_conversation(self, walk: Walk):
        Step.objects.filter(problem=walk.session.problem).update(retired=True)
        walk.session.course.save()
        assert walk.say("5").state == Turn.State.DONE
        assert walk.say("next").state == Turn.State.DONE
        assert walk.session.problem is not None

    def test_when_the_step_on_the_table_retires_the_learner_goes_on_at_one_that_has_not_with_its_whole_ladder(
        self, walk: Walk
    ):
        walk.go_to("two")
        walk.say("hint")
        Step.objects.filter(problem__slug="two", slug="first").update(retired=True)
        walk.session.course.save()
        assert walk.table.step.key == "solve"
        assert walk.table.shown == 0
        turn = walk.right()
        assert (turn.move, turn.state) == ("confirm", Turn.State.DONE)

    def test_a_step_that_lost_its_skills_is_still_answered_and_the_log_can_be_replayed(self, walk: Walk):
        walk.go_to("two")
        Step.objects.get(problem__slug="two", slug="first").skills.clear()
        walk.session.course.save()
        rooms.forget_all()
        for text in ("hint", "The multiplication", "The addition"):
            assert walk.say(text).state == Turn.State.DONE
        *_, wrong, right = Event.objects.attempts()
        assert (wrong.correct, right.correct) == (False, True)
        assert (wrong.student_probability, right.student_probability) == (None, None)
        assert rebuild(walk.learner, walk.session.course).event_count == Event.objects.count()


class TestTheLog:
    def test_one_event_of_a_kind_per_turn_numbered_without_gaps(self, walk: Walk):
        for text in ("hint", "977", "977", "977", "thanks", "next", "5"):
            walk.say(text)
        assert [event.number for event in events_of(walk)] == list(range(1, Event.objects.count() + 1))
        assert Record.objects.get().event_count == Event.objects.count()

    def test_written_events_can_be_neither_saved_nor_updated(self, walk: Walk):
        walk.say("thanks")
        event = Event.objects.get()
        event.text = "other"
        with pytest.raises(AppendOnly):
            event.save()
        with pytest.raises(AppendOnly):
            Event.objects.filter(pk=event.pk).update(text="other")
        with pytest.raises(AppendOnly), transaction.atomic():
            Event.objects.bulk_update([event], ["text"])
        with pytest.raises(AppendOnly):
            Event.objects.bulk_create(
                [event], update_conflicts=True, unique_fields=["learner", "course", "number"], update_fields=["text"]
            )
        assert Event.objects.get().text == "thanks"

    def test_a_turn_done_again_by_mistake_writes_nothing_more(self, walk: Walk):
        turn = walk.say("5")
        before = (Event.objects.count(), Turn.objects.get(pk=turn.pk).reply)
        assert answer_turn(turn.pk, checker=walk.checker) is None
        assert (Event.objects.count(), Turn.objects.get(pk=turn.pk).reply) == before

    def test_answering_tells_which_turn_waits_next(self, walk: Walk):
        session = walk.session
        first, second = (Turn(id=uuid4(), session=session, number=n, text="thanks") for n in (2, 3))
        first.save()
        second.save()
        assert answer_turn(first.pk, checker=walk.checker) == second.pk
        assert answer_turn(second.pk, checker=walk.checker) is None


class Faulty(CheckerPool):
    """A checker that breaks at every answer; all else is the pool it stands in for."""

    def __init__(self) -> None:
        self.asked = 0

    def check(self, question: Question, given: str) -> Check:
        self.asked += 1
        raise RuntimeError("the checker broke")


class Interrupting(CheckerPool):
    """A checker during whose work something happens elsewhere."""

    def __init__(self, pool: CheckerPool, *happenings: Callable[[], object]) -> None:
        self.pool, self.happenings = pool, list(happenings)

    def check(self, question: Question, given: str) -> Check:
        if self.happenings:
            self.happenings.pop(0)()
        return self.pool.check(question, given)

    def first_match(self, given, candidates):
        return self.pool.first_match(given, candidates)


class TestTrouble:
    def accept(self, walk: Walk, text: str) -> Turn:
        acceptance = turns.accept_turn(
            session_id=walk.session_id, learner=walk.learner, turn_id=uuid4(), text=text, now=walk.now
        )
        return acceptance.turn

    def test_a_turn_that_fails_is_begun_again_so_often_and_then_given_up_in_words_that_stay(self, walk: Walk):
        walk.go_to("add")
        turn, broken = self.accept(walk, "5"), Faulty()
        for _ in range(turns.MOST_BEGINNINGS):
            answer_turn(turn.pk, checker=broken)
            assert Turn.objects.get(pk=turn.pk).state == Turn.State.WORKING
        assert broken.asked == turns.MOST_BEGINNINGS
        waiting = self.accept(walk, "thanks")
        assert answer_turn(turn.pk, checker=broken) == waiting.pk
        row = Turn.objects.get(pk=turn.pk)
        assert row.state == Turn.State.FAILED
        assert "broke on my side" in "".join(row.reply)
        assert not Event.objects.attempts().exists()
        assert walk.answer(waiting.pk).state == Turn.State.DONE

    def test_whoever_loses_the_lease_in_mid_turn_writes_nothing(self, walk: Walk):
        walk.go_to("add")
        turn = self.accept(walk, walk.table.step.answers[0])
        taken = Interrupting(walk.checker, lambda: Turn.objects.filter(pk=turn.pk).update(lease=uuid4()))
        assert answer_turn(turn.pk, checker=taken) is None
        row = Turn.objects.get(pk=turn.pk)
        assert row.state == Turn.State.WORKING
        assert row.reply == []
        assert not Event.objects.attempts().exists()
        assert not SkillState.objects.exists()
        assert not walk.session.solved

    def test_when_the_log_grew_meanwhile_the_turn_is_worked_out_again_as_a_new_beginning(
        self, walk: Walk, begin: Begin
    ):
        walk.go_to("add")
        other = SessionFactory(learner=walk.learner, course=walk.session.course)
        count = Event.objects.count()

        def meanwhile() -> None:
            chat = Turn.objects.create(pk=uuid4(), session=other, number=1, text="thanks", accepted_at=walk.now)
            answer_turn(chat.pk, checker=walk.checker)

        turn = self.accept(walk, walk.table.step.answers[0])
        answer_turn(turn.pk, checker=Interrupting(walk.checker, meanwhile))
        row = Turn.objects.get(pk=turn.pk)
        assert row.state == Turn.State.DONE
        assert row.begun == 2  # the browser replaces what the first one said
        assert [event.number for event in events_of(walk)] == list(range(1, count + 3))
        assert events_of(walk)[-1].turn == turn.pk

    def test_a_turn_that_is_stale_again_and_again_goes_back_into_the_queue(self, walk: Walk):
        walk.go_to("add")
        other = SessionFactory(learner=walk.learner, course=walk.session.course)

        def meanwhile() -> None:
            number = other.turns.count() + 1
            chat = Turn.objects.create(pk=uuid4(), session=other, number=number, text="thanks", accepted_at=walk.now)
            answer_turn(chat.pk, checker=walk.checker)

        turn = self.accept(walk, walk.table.step.answers[0])
        answer_turn(turn.pk, checker=Interrupting(walk.checker, *[meanwhile] * 3))
        row = Turn.objects.get(pk=turn.pk)
        assert row.state == Turn.State.WORKING
        assert row.lease_until is None
        answer_turn(turn.pk, checker=walk.checker)
        assert Turn.objects.get(pk=turn.pk).state == Turn.State.DONE

    def test_a_conversation_deleted_in_mid_turn_stays_deleted(self, walk: Walk):
        walk.go_to("add")
        turn = self.accept(walk, "5")
        answer_turn(turn.pk, checker=Interrupting(walk.checker, walk.learner.delete))
        assert not Session.objects.exists()
        assert not Turn.objects.exists()
        assert not Event.objects.exists()

    def test_a_conversation_ended_in_mid_turn_stays_ended(self, walk: Walk):
        walk.go_to("add")
        turn = self.accept(walk, "5")
        answer_turn(turn.pk, checker=Interrupting(walk.checker, lambda: Session.objects.update(ended_at=LONG_AGO)))
        assert Turn.objects.get(pk=turn.pk).state == Turn.State.DONE
        assert walk.session.ended_at == LONG_AGO


class TestRebuilding:
    SCRIPT = (
        *("wrong", "right", "next", "hint", "right", "next", "misconception", "why"),
        *("wrong", "wrong", "wrong", "right", "thanks", "next"),
    )

    def long_walk(self, walk: Walk) -> None:
        for round_ in range(3):
            for what in self.SCRIPT:
                session = walk.session
                if what in ("right", "wrong") and not session.solved:
                    getattr(walk, what)()
                elif what == "misconception" and not session.solved and walk.table.step.expected_errors:
                    walk.say(walk.table.step.expected_errors[0].answer)
                else:
                    walk.say({"why": "why?", "right": "next", "wrong": "hint", "misconception": "next"}.get(what, what))
            walk.now += timedelta(days=2 + round_)

    def rows(self, walk: Walk) -> tuple[list[dict], list[dict]]:
        states = SkillState.objects.filter(learner=walk.learner).order_by("skill")
        records = Record.objects.filter(learner=walk.learner)
        return (
            [{k: v for k, v in row.items() if k != "id"} for row in states.values()],
            [{k: v for k, v in row.items() if k not in ("id", "updated_at")} for row in records.values()],
        )

    def test_the_log_gives_every_row_and_every_number_again_bit_for_bit(self, walk: Walk):
        self.long_walk(walk)
        assert len(walk.turns) > 30
        assert Event.objects.attempts().filter(correct=True).count() > 3
        assert Event.objects.attempts().filter(correct=False).count() > 3
        learner, course = walk.learner, walk.session.course
        live, count = self.rows(walk), Event.objects.count()
        lived = rooms.state(learner, course, count)  # as observing turn by turn left it
        rooms.forget_all()
        replayed = rooms.state(learner, course, count)
        assert replayed is not lived
        assert replayed.digest() == lived.digest()
        SkillState.objects.all().delete()
        Record.objects.all().delete()
        rebuild(learner, course)
        assert self.rows(walk) == live
        assert rooms.state(learner, course, count).digest() == lived.digest()

    def test_the_live_state_was_never_replayed_so_the_comparison_means_something(self, walk: Walk):
        walk.go_to("add")
        walk.wrong()
        count = Event.objects.count()
        state = rooms.state(walk.learner, walk.session.course, count)
        Event.objects.all()._raw_delete("default")
        assert rooms.state(walk.learner, walk.session.course, count) is state

    def test_a_process_that_missed_events_of_another_reads_just_those(self, walk: Walk):
        walk.go_to("add")
        walk.wrong()
        count = Event.objects.count()
        learner, course = walk.learner, walk.session.course
        early = rooms.state(learner, course, count)
        walk.right()
        walk.say("next")
        now = Event.objects.count()
        late = rooms.state(learner, course, now)
        rooms.remember(learner, course, count, early, rooms.room(course).version)
        assert rooms.state(learner, course, now).digest() == late.digest()

    def test_other_models_in_service_make_another_state_from_the_same_log(self, walk: Walk, tmp_path, settings):
        walk.go_to("add")
        walk.wrong()
        learner, course, count = walk.learner, walk.session.course, Event.objects.count()
        old, room = rooms.state(learner, course, count), rooms.room(course)
        register_weights(save_small_models(tmp_path, seed=1))
        assert TeacherVersion.objects.count() == 2
        rooms._asked_at[course.pk] -= 2  # the second in which it does not ask again is over
        new_room = rooms.room(course)
        assert new_room.version != room.version
        new = rooms.state(learner, course, count)
        assert new.digest() != old.digest()
        assert new.digest() == new_room.classroom.recall(model_events(Event.objects.of(learner, course))).digest()

    def test_the_same_words_at_the_same_times_give_the_same_conversation(self, begin: Begin):
        def script(walk: Walk) -> list[tuple]:
            self.long_walk(walk)
            return [(turn.move, turn.verdict, "".join(turn.reply)) for turn in walk.turns]

        first = begin("mia")
        said = script(first)
        first.learner.delete()
        rooms.forget_all()
        assert script(begin("mia")) == said

    def test_nobody_elses_log_changes_what_is_believed(self, begin: Begin):
        mia, leo = begin("mia"), begin("leo")
        for walk in (mia, leo):
            walk.go_to("add")
        mia.wrong()
        before = self.rows(mia)
        leo.right()
        assert self.rows(mia) == before
