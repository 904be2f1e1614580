from django.urls import path

from tutor_app.learners import views

app_name = "learners"
urlpatterns = [
    path("join/", views.join, name="join"),
    path("classes/<int:pk>/leave/", views.leave, name="leave"),
    path("my-data/", views.mine, name="mine"),
    path("my-data/offers/", views.offers, name="offers"),
    path("my-data/download/", views.download, name="download"),
    path("my-data/delete/", views.delete, name="delete"),
]
