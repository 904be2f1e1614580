"""Which problem comes next: reviews first, nothing out of reach, no repetition, and the reason told."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.factories import (
    LONG_AGO,
    CourseFactory,
    LessonFactory,
    LessonSkillFactory,
    ProblemFactory,
    SkillFactory,
    SkillStateFactory,
    StepFactory,
    UserFactory,
)
from tests.tutoring.conftest import Walk
from tutor_app.courses.models import Problem, Step
from tutor_app.learners.models import Event, SkillState
from tutor_app.tutoring.choosing import (
    MOST_IN_A_ROW,
    SkillStanding,
    candidate_problems,
    is_ready,
    ranked_skills,
    skill_standings,
)

pytestmark = pytest.mark.django_db
NOW = LONG_AGO + timedelta(days=10)
Begin = Callable[..., Walk]


@pytest.fixture
def three():
    """A course of three skills in a row, a problem of one step for each."""
    course = CourseFactory()
    skills = [SkillFactory(course=course, slug=slug, name=slug.title(), position=n) for n, slug in enumerate("abc")]
    for before, after in pairwise(skills):
        after.prerequisites.add(before)
    for skill in skills:
        StepFactory(problem=ProblemFactory(course=course, slug=f"about-{skill.slug}"), skills=[skill])
    return course, skills


def ranked(course, learner, recent=()):
    return [
        (kind, standing.skill.slug) for kind, standing in ranked_skills(skill_standings(learner, course), recent, NOW)
    ]


class TestSkills:
    def test_a_newcomer_begins_with_what_builds_on_nothing(self, three):
        course, _skills = three
        assert ranked(course, UserFactory())[0] == ("new", "a")

    def test_what_is_begun_is_brought_to_an_end_before_the_next_begins(self, three):
        course, (a, _b, _c) = three
        state = SkillStateFactory(skill=a, mastery=0.7, attempts=5)
        assert ranked(course, state.learner)[:2] == [("practise", "a"), ("new", "b")]

    def test_what_is_reached_gives_way_to_the_next(self, three):
        course, (a, _b, _c) = three
        state = SkillStateFactory(skill=a, mastery=0.9, attempts=5)
        order = ranked(course, state.learner)
        assert order[0] == ("new", "b")
        assert order.index(("stretch", "a")) < order.index(("stretch", "c"))

    def test_a_review_that_is_due_comes_before_everything(self, three):
        course, (a, b, _c) = three
        learner = UserFactory()
        SkillStateFactory(learner=learner, skill=a, mastery=0.9, attempts=5, due_at=NOW)
        SkillStateFactory(learner=learner, skill=b, mastery=0.5, attempts=2)
        assert ranked(course, learner)[:2] == [("review", "a"), ("practise", "b")]

    def test_a_review_that_is_not_due_waits(self, three):
        course, (a, _b, _c) = three
        state = SkillStateFactory(skill=a, mastery=0.9, attempts=5, due_at=NOW + timedelta(seconds=1))
        assert ranked(course, state.learner)[0] == ("new", "b")

    def test_a_prerequisite_that_is_not_in_place_bars_and_one_without_problems_does_not(self, three):
        course, (a, b, _c) = three
        learner = UserFactory()
        standings = {each.skill.slug: each for each in skill_standings(learner, course)}
        assert not is_ready(standings["b"], list(standings.values()))
        Problem.objects.filter(slug="about-a").update(retired=True)
        standings = {each.skill.slug: each for each in skill_standings(learner, course)}
        assert "a" not in standings
        assert is_ready(standings["b"], list(standings.values()))
        assert (a.slug, b.slug) == ("a", "b")

    @pytest.mark.parametrize(("attempts", "mastery", "opens"), [(1, 0.9, False), (2, 0.6, True), (2, 0.59, False)])
    def test_two_attempts_and_a_fair_mastery_open_the_next(self, three, attempts: int, mastery: float, opens: bool):
        course, (a, _b, _c) = three
        state = SkillStateFactory(skill=a, mastery=mastery, attempts=attempts)
        assert (("new", "b") in ranked(course, state.learner)) == opens

    def test_a_lesson_may_set_its_own_goal(self, three):
        course, (a, _b, _c) = three
        LessonSkillFactory(lesson=LessonFactory(course=course), skill=a, goal=0.7)
        state = SkillStateFactory(skill=a, mastery=0.75, attempts=5)
        assert ranked(course, state.learner)[0] == ("new", "b")

    def test_a_skill_three_times_in_a_row_gives_another_a_turn(self, three):
        course, (a, _b, _c) = three
        state = SkillStateFactory(skill=a, mastery=0.7, attempts=5)
        twice = [(1, 0, "a")] * (MOST_IN_A_ROW - 1)
        assert ranked(course, state.learner, twice)[0] == ("practise", "a")
        assert ranked(course, state.learner, [*twice, (1, 0, "a")])[0] == ("new", "b")
        assert ranked(course, state.learner, [*twice, (1, 0, "b")])[0] == ("practise", "a")

    def test_nobody_elses_states_count(self, three):
        course, (a, _b, _c) = three
        SkillStateFactory(skill=a, mastery=0.99, attempts=50)
        assert ranked(course, UserFactory())[0] == ("new", "a")

    def test_goals_and_due_dates_are_judged_at_the_moment_given(self):
        state = SkillState(mastery=0.9, attempts=5, due_at=NOW)
        standing = SkillStanding(skill=None, state=state, goal=0.85)
        assert standing.due(NOW)
        assert not standing.due(NOW - timedelta(seconds=1))


class TestProblems:
    def test_retired_problems_and_those_of_retired_steps_are_never_given(self):
        skill = SkillFactory()
        kept = StepFactory(problem__course=skill.course, skills=[skill])
        StepFactory(problem__course=skill.course, problem__retired=True, skills=[skill])
        StepFactory(problem__course=skill.course, retired=True, skills=[skill])
        assert candidate_problems(skill, [], {skill.pk}) == [kept.problem]

    def test_a_retired_step_of_a_skill_out_of_reach_does_not_keep_its_problem_away(self):
        skill, far = SkillFactory(slug="near"), SkillFactory(slug="far")
        step = StepFactory(problem__course=skill.course, problem__slug="z", skills=[skill])
        StepFactory(problem=step.problem, retired=True, skills=[far])
        unfair = StepFactory(problem__course=skill.course, problem__slug="a", skills=[skill, far])
        assert unfair.problem not in candidate_problems(skill, [], {skill.pk})
        assert candidate_problems(skill, [], {skill.pk}) == [step.problem]

    def test_a_problem_just_given_is_not_given_again_while_there_is_another(self):
        skill = SkillFactory()
        one, other = (StepFactory(problem__course=skill.course, skills=[skill]).problem for _ in range(2))
        assert candidate_problems(skill, [(one.pk, 0, "s")], {skill.pk}) == [other]

    def test_where_all_were_given_the_one_longest_ago_comes_again(self):
        skill = SkillFactory()
        one, other = (StepFactory(problem__course=skill.course, skills=[skill]).problem for _ in range(2))
        newest_first = [(one.pk, 0, "s"), (other.pk, 0, "s"), (one.pk, 1, "s")]
        assert candidate_problems(skill, newest_first, {skill.pk}) == [other]

    def test_a_skill_without_problems_has_no_candidates(self):
        skill = SkillFactory()
        assert candidate_problems(skill, [], {skill.pk}) == []


class TestInAConversation:
    def test_no_problem_twice_in_a_row_and_no_variant_twice(self, walk: Walk):
        given = [(walk.session.problem_id, walk.session.variant_seed)]
        for _ in range(8):
            walk.say("next")
            given.append((walk.session.problem_id, walk.session.variant_seed))
        assert all(one[0] != other[0] for one, other in pairwise(given))
        assert len(set(given)) == len(given)

    def test_the_reason_is_told_shown_and_kept(self, walk: Walk):
        turn = walk.say("next")
        chosen, session = turn.outcome["chosen"], walk.session
        assert chosen["problem"] == session.problem_id
        assert chosen["seed"] == session.variant_seed
        assert chosen["kind"] in ("new", "practise", "review", "stretch")
        assert 0 <= chosen["probability"] <= 1
        assert session.why in "".join(turn.reply)
        assert len(session.why) > 20
        why = walk.say("why this problem?")
        assert session.why in "".join(why.reply)

    def test_a_newcomer_is_not_given_what_builds_on_something_else(self, begin: Begin):
        for name in ("a", "b", "c", "d"):
            assert begin(name).session.problem.slug in ("add", "add-left")

    def test_a_retired_problem_is_not_given_any_more(self, walk: Walk):
        Problem.objects.filter(slug="add").update(retired=True)
        walk.session.course.save()
        for _ in range(6):
            walk.say("next")
            assert walk.session.problem.slug != "add"

    def test_a_problem_begins_with_its_first_step_that_has_not_retired(self, walk: Walk):
        Step.objects.filter(problem__slug="two", slug="first").update(retired=True)
        walk.session.course.save()
        walk.go_to("two")
        assert walk.session.step.slug == "solve"

    def test_when_everything_has_retired_the_tutor_says_so_and_the_table_is_empty(self, walk: Walk):
        Problem.objects.update(retired=True)
        turn = walk.say("next")
        assert "no problems" in "".join(turn.reply)
        assert walk.session.problem is None
        assert Event.objects.count() == 1
