"""What an instructor types about a class."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tutor_app.courses.models import Course
from tutor_app.learners.models import Section


class SectionForm(forms.ModelForm):
    """A new class."""

    class Meta:
        model = Section
        fields = ("name", "course")
        labels = {"name": _("Name of the class"), "course": _("Course")}
        help_texts = {"name": _("As your learners know it, such as “Algebra I, period 3”.")}
        error_messages = {
            "name": {"required": _("Give the class a name.")},
            "course": {
                "required": _("Choose the course that the class follows."),
                "invalid_choice": _("There is no such course. Choose one from the list."),
            },
        }

    course = forms.ModelChoiceField(
        Course.objects.all(),
        label=_("Course"),
        empty_label=_("Choose a course"),
        error_messages=Meta.error_messages["course"],
    )


class RenameForm(forms.ModelForm):
    """The name of a class once more, and how the tutor is with it."""

    class Meta:
        model = Section
        fields = ("name", "offers_help")
        labels = {
            "name": _("Name of the class"),
            "offers_help": _("The tutor may offer help before it is asked for (after some errors, or in silence)"),
        }
        help_texts = {"offers_help": ""}
        error_messages = {"name": {"required": _("Give the class a name.")}}
