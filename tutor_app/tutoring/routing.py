"""Which websocket goes where."""

from django.urls import path

from tutor_app.tutoring.consumer import TutoringConsumer

websocket_urlpatterns = [path("ws/sessions/<uuid:session>/", TutoringConsumer.as_asgi())]
