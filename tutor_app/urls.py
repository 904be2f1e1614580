"""Every page of the site."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from tutor_app.tutoring.health import healthz
from tutor_app.tutoring.views import home
from tutor_app.tutoring.views_style import style

urlpatterns = [
    path("", home, name="home"),
    path("style/", style, name="style"),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", RedirectView.as_view(url=static("img/mark.svg"), permanent=True)),  # pages not of ours ask
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("", include("tutor_app.learners.urls")),
    path("", include("tutor_app.courses.urls")),
    path("", include("tutor_app.tutoring.urls")),
    path("", include("tutor_app.insights.urls")),
]
