"""The floor under every latency: a message's whole way with nothing done on it.

Websocket -> saved -> Celery -> channel layer -> websocket, by the same consumer, the same table, the same queue and the
same door as a real turn. The path is `/ws/floor/` instead of `/ws/sessions/`.
"""

from uuid import UUID

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from tutor_app.asgi import http
from tutor_app.celery import app
from tutor_app.tutoring.consumer import TutoringConsumer
from tutor_app.tutoring.messages import Chunk
from tutor_app.tutoring.models import Turn
from tutor_app.tutoring.push import door


@app.task(queue="live")
def empty(turn_id: str, session_id: str) -> None:
    """Says one word and marks the turn as done, so that nobody else takes it up."""
    door().send(UUID(session_id), Chunk(turn=UUID(turn_id), begun=1, number=1, text="-"))
    Turn.objects.filter(pk=turn_id).update(state=Turn.State.DONE)


class HastyConsumer(TutoringConsumer):
    """The real one, for learners who do not stop to think."""

    frames_per_second = 10_000


class FloorConsumer(HastyConsumer):
    def queue(self, turn_id: UUID) -> None:
        empty.apply_async((str(turn_id), str(self.session_id)), retry=False)


sockets = [
    path("ws/sessions/<uuid:session>/", HastyConsumer.as_asgi()),
    path("ws/floor/<uuid:session>/", FloorConsumer.as_asgi()),
]
application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(sockets)))}
)
