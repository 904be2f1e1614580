from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearnersConfig(AppConfig):
    name = "tutor_app.learners"
    verbose_name = _("Who learns")
