from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "tutor_app.registry"
    verbose_name = _("The models in use")
