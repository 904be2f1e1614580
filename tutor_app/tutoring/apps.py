from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class TutoringConfig(AppConfig):
    name = "tutor_app.tutoring"
    verbose_name = _("The live conversation")

    def ready(self) -> None:
        post_save.connect(_index_changed_course, sender="courses.Course")


def _index_changed_course(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """What a course that was loaded or imported says is made ready to be searched, before a learner asks."""
    from tutor_app.tutoring.tasks import queue_indexing

    transaction.on_commit(lambda: queue_indexing(instance.pk))
