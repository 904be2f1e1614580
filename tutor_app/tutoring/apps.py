from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TutoringConfig(AppConfig):
    name = "tutor_app.tutoring"
    verbose_name = _("The live conversation")
