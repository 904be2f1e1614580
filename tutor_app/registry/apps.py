from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "tutor_app.registry"
    verbose_name = _("The models in use")

    def ready(self) -> None:
        post_save.connect(_prepare_changed_course, sender="courses.Course")


def _prepare_changed_course(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """A course that was loaded or imported has new texts: their vectors are made before a learner waits for them."""
    from tutor_app.registry.tasks import queue_preparation

    transaction.on_commit(lambda: queue_preparation(instance.pk))
