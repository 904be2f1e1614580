"""Rows for tests. Times are fixed, so that a test says the same every day."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from tutor_app.courses.models import (
    AnswerKind,
    Course,
    ExpectedError,
    Figure,
    Hint,
    Lesson,
    LessonSkill,
    Misconception,
    Passage,
    Problem,
    Skill,
    Step,
)
from tutor_app.learners.models import Event, Membership, MisconceptionState, Record, Section, SkillState, User
from tutor_app.registry.models import CourseStatistics, Promotion, StudentModel, StudentVersion, TeacherVersion
from tutor_app.tutoring.models import Alert, Session, Turn, VoiceSettings, VoiceUse

LONG_AGO = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    password = factory.django.Password(PASSWORD)


class InstructorFactory(UserFactory):
    is_instructor = True


class AdminFactory(UserFactory):
    is_staff = True
    is_superuser = True


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    slug = factory.Sequence(lambda n: f"course-{n}")
    title = factory.Sequence(lambda n: f"Course {n}")


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill

    course = factory.SubFactory(CourseFactory)
    slug = factory.Sequence(lambda n: f"skill-{n}")
    name = factory.Sequence(lambda n: f"Skill {n}")
    position = factory.Sequence(int)


class LessonFactory(DjangoModelFactory):
    class Meta:
        model = Lesson

    course = factory.SubFactory(CourseFactory)
    slug = factory.Sequence(lambda n: f"lesson-{n}")
    title = factory.Sequence(lambda n: f"Lesson {n}")
    position = factory.Sequence(int)


class LessonSkillFactory(DjangoModelFactory):
    class Meta:
        model = LessonSkill

    lesson = factory.SubFactory(LessonFactory)
    skill = factory.SubFactory(SkillFactory, course=factory.SelfAttribute("..lesson.course"))


class PassageFactory(DjangoModelFactory):
    class Meta:
        model = Passage

    skill = factory.SubFactory(SkillFactory)
    slug = factory.Sequence(lambda n: f"passage-{n}")
    title = "Undo what was done"
    text = "Whatever was added last is taken away first."


class MisconceptionFactory(DjangoModelFactory):
    class Meta:
        model = Misconception

    course = factory.SubFactory(CourseFactory)
    slug = factory.Sequence(lambda n: f"misconception-{n}")
    name = "Loses the sign"


class ProblemFactory(DjangoModelFactory):
    class Meta:
        model = Problem

    course = factory.SubFactory(CourseFactory)
    slug = factory.Sequence(lambda n: f"problem-{n}")
    title = "Solve for x"
    body = "$3x + 5 = 20$"


class FigureFactory(DjangoModelFactory):
    class Meta:
        model = Figure

    problem = factory.SubFactory(ProblemFactory)
    name = "balance.png"
    file = "figures/balance.png"
    description = "A balance with three boxes and five weights on the left, twenty weights on the right."


class StepFactory(DjangoModelFactory):
    """One step; `skills=[...]` says what it is about (otherwise one new skill of its course)."""

    class Meta:
        model = Step
        skip_postgeneration_save = True

    problem = factory.SubFactory(ProblemFactory)
    slug = factory.Sequence(lambda n: f"step-{n}")
    position = factory.Sequence(int)
    title = "What is x?"
    answer_kind = AnswerKind.ARITHMETIC
    answers = ["5"]
    answer_latex = "5"

    @factory.post_generation
    def skills(self, create: bool, extracted: list[Skill] | None, **_: object) -> None:
        if create:
            self.skills.set([SkillFactory(course=self.problem.course)] if extracted is None else extracted)


class HintFactory(DjangoModelFactory):
    class Meta:
        model = Hint

    step = factory.SubFactory(StepFactory)
    slug = factory.Sequence(lambda n: f"hint-{n}")
    position = factory.Sequence(int)
    kind = Hint.Kind.HINT
    text = "Take 5 from both sides."


class ExpectedErrorFactory(DjangoModelFactory):
    class Meta:
        model = ExpectedError

    step = factory.SubFactory(StepFactory)
    misconception = factory.SubFactory(MisconceptionFactory, course=factory.SelfAttribute("..step.problem.course"))
    answer = "25/3"


class SectionFactory(DjangoModelFactory):
    """A class; `learners=[...]` and `instructors=[...]` put people into it."""

    class Meta:
        model = Section
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Class {n}")
    course = factory.SubFactory(CourseFactory)

    @factory.post_generation
    def learners(self, create: bool, extracted: list[User] | None, **_: object) -> None:
        for user in extracted or ():
            MembershipFactory(section=self, user=user, role=Membership.Role.LEARNER)

    @factory.post_generation
    def instructors(self, create: bool, extracted: list[User] | None, **_: object) -> None:
        for user in extracted or ():
            MembershipFactory(section=self, user=user, role=Membership.Role.INSTRUCTOR)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    section = factory.SubFactory(SectionFactory)
    user = factory.SubFactory(UserFactory)
    role = Membership.Role.LEARNER


class EventFactory(DjangoModelFactory):
    """An attempt unless told otherwise. `number` goes on where the learner's log of the course ends."""

    class Meta:
        model = Event

    learner = factory.SubFactory(UserFactory)
    step = factory.SubFactory(StepFactory)
    course = factory.SelfAttribute("step.problem.course")
    number = factory.LazyAttribute(lambda o: Event.objects.of(o.learner, o.course).count() + 1)
    kind = Event.Kind.ATTEMPT
    at = factory.LazyAttribute(lambda o: LONG_AGO + timedelta(minutes=o.number))
    text = "5"
    correct = True
    seconds = 20.0
    student_probability = 0.6
    student_sd = 0.1
    teacher_probability = 0.55
    route = "full"


class RecordFactory(DjangoModelFactory):
    class Meta:
        model = Record

    learner = factory.SubFactory(UserFactory)
    course = factory.SubFactory(CourseFactory)


class SkillStateFactory(DjangoModelFactory):
    class Meta:
        model = SkillState

    learner = factory.SubFactory(UserFactory)
    skill = factory.SubFactory(SkillFactory)
    mastery = 0.72
    sd = 0.08
    attempts = 9
    correct = 6
    last_at = LONG_AGO


class MisconceptionStateFactory(DjangoModelFactory):
    class Meta:
        model = MisconceptionState

    learner = factory.SubFactory(UserFactory)
    misconception = factory.SubFactory(MisconceptionFactory)
    stage = "suspected"
    probability = 0.9
    times_met = 1
    first_met = LONG_AGO
    last_met = LONG_AGO


class TeacherVersionFactory(DjangoModelFactory):
    class Meta:
        model = TeacherVersion

    name = "teacher"
    path = "teacher"
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")


class StudentModelFactory(DjangoModelFactory):
    class Meta:
        model = StudentModel

    skill = factory.SubFactory(SkillFactory)
    course = factory.SelfAttribute("skill.course")
    task = StudentModel.Task.PREDICT


class StudentVersionFactory(DjangoModelFactory):
    class Meta:
        model = StudentVersion

    student = factory.SubFactory(StudentModelFactory)
    number = 1
    teacher = factory.SubFactory(TeacherVersionFactory)
    path = "students/one"
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")


class PromotionFactory(DjangoModelFactory):
    class Meta:
        model = Promotion

    version = factory.SubFactory(StudentVersionFactory)
    to_state = StudentVersion.State.ACTIVE
    reason = "Shipped with the course."


class CourseStatisticsFactory(DjangoModelFactory):
    class Meta:
        model = CourseStatistics

    course = factory.SubFactory(CourseFactory)
    refreshed_at = LONG_AGO


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = Session

    learner = factory.SubFactory(UserFactory)
    course = factory.SubFactory(CourseFactory)
    started_at = LONG_AGO


class TurnFactory(DjangoModelFactory):
    class Meta:
        model = Turn

    id = factory.Faker("uuid4", cast_to=None)
    session = factory.SubFactory(SessionFactory)
    number = factory.LazyAttribute(lambda o: o.session.turns.count() + 1)
    text = "x = 8"
    state = Turn.State.DONE
    accepted_at = LONG_AGO
    reply = factory.LazyFunction(lambda: ["Not yet. ", "Put 8 back in for x."])
    move = "focus"
    verdict = "incorrect"
    read_as = "x = 8"


class AlertFactory(DjangoModelFactory):
    class Meta:
        model = Alert

    turn = factory.SubFactory(TurnFactory)
    session = factory.SelfAttribute("turn.session")
    kind = Alert.Kind.PERSON
    raised_at = LONG_AGO


class VoiceSettingsFactory(DjangoModelFactory):
    class Meta:
        model = VoiceSettings

    section = factory.SubFactory(SectionFactory)
    voice = VoiceSettings.Voice.LOCAL


class VoiceUseFactory(DjangoModelFactory):
    class Meta:
        model = VoiceUse

    turn = factory.SubFactory(TurnFactory)
    section = factory.SubFactory(SectionFactory)
    at = LONG_AGO
    day = LONG_AGO.date()
    voice = VoiceSettings.Voice.LOCAL
