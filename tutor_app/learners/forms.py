"""What people type about themselves."""

from typing import Any

from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tutor_app.learners.joining import CannotJoin, find_section, forget_code, join_section, waiting_code
from tutor_app.learners.models import User


class JoiningSignupForm(forms.Form):
    """What our sign-up asks beyond a name and a password: the code of a class, if any (`?code=` fills it in)."""

    code = forms.CharField(
        label=_("Class code"),
        help_text=_("If your teacher gave you one. Your teacher will see your work in this class's course."),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if context.request is not None:
            self.fields["code"].initial = waiting_code(context.request)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code:
            try:
                find_section(code)
            except CannotJoin as wrong:
                raise forms.ValidationError(str(wrong)) from wrong
        return code

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account is made."""
        forget_code(request)
        if code := self.cleaned_data["code"]:
            join_section(user=user, code=code)


class JoinForm(forms.Form):
    """The code of a class, typed or out of a link."""

    code = forms.CharField(
        label=_("Class code"),
        help_text=_("Eight letters and digits; capitals and spaces do not matter."),
        max_length=50,
        error_messages={
            "required": _("Type the code that your teacher gave you."),
            "max_length": _("That is longer than any class code."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class DeleteAccountForm(forms.Form):
    """The password once more, before everything goes."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password, so that nobody else can do this.")},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("That is not your password. Nothing was deleted."))
        return password
