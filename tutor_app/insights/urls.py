from django.urls import path

from tutor_app.insights import alerts, views, voices

app_name = "insights"
urlpatterns = [
    path("classes/", views.sections, name="sections"),
    path("classes/alerts/", alerts.unseen, name="alerts"),
    path("classes/alerts/<int:pk>/seen/", alerts.seen, name="alert-seen"),
    path("classes/<int:pk>/", views.section, name="section"),
    path("classes/<int:pk>/voice/", voices.voice, name="voice"),
    path("voice/", voices.site_voice, name="site-voice"),
    path("classes/<int:pk>/rename/", views.rename, name="rename"),
    path("classes/<int:pk>/new-code/", views.renew_code, name="renew-code"),
    path("classes/<int:pk>/skills/<int:skill>/", views.skill, name="skill"),
    path("classes/<int:pk>/learners/<int:learner>/", views.learner, name="learner"),
    path("classes/<int:pk>/learners/<int:learner>/remove/", views.remove_learner, name="remove-learner"),
    path("classes/<int:pk>/learners/<int:learner>/skills/<int:skill>/", views.evidence, name="evidence"),
    path(
        "classes/<int:pk>/learners/<int:learner>/misconceptions/<int:misconception>/",
        views.misconception,
        name="misconception",
    ),
    path("classes/<int:pk>/learners/<int:learner>/sessions/<uuid:session>/", views.conversation, name="conversation"),
]
