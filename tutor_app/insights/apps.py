from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightsConfig(AppConfig):
    name = "tutor_app.insights"
    verbose_name = _("What the log says")

    def ready(self) -> None:
        from tutor_app.insights import conversations  # noqa: F401  (adds them to "My data" once the models are there)
