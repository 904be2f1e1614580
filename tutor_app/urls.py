"""Every page of the site."""

from django.contrib import admin
from django.urls import include, path

from tutor_app.tutoring.health import healthz
from tutor_app.tutoring.views import home
from tutor_app.tutoring.views_style import style

urlpatterns = [
    path("", home, name="home"),
    path("style/", style, name="style"),
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("tutor_app.learners.urls")),
    path("", include("tutor_app.courses.urls")),
    path("", include("tutor_app.tutoring.urls")),
    path("", include("tutor_app.insights.urls")),
]
