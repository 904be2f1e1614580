from django.urls import path

from tutor_app.courses import views

app_name = "courses"
urlpatterns = [path("figures/<int:pk>/<str:name>", views.figure, name="figure")]
