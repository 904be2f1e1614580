from django.urls import path

from tutor_app.courses import views

app_name = "courses"
urlpatterns = [
    path("figures/<int:pk>/<str:name>", views.figure, name="figure"),
    path("courses/<slug:course>/passages/<str:skill>/<str:passage>/", views.passage, name="passage"),
    path("courses/<slug:course>/skills/<str:skill>/", views.skill, name="skill"),
]
