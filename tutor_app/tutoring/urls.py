from django.urls import path

from tutor_app.tutoring import views

app_name = "tutoring"
urlpatterns = [
    path("learn/<slug:course>/", views.start, name="start"),
    path("sessions/<uuid:pk>/", views.session, name="session"),
]
