from django.urls import path

from tutor_app.insights import views

app_name = "insights"
urlpatterns = [
    path("classes/", views.sections, name="sections"),
    path("classes/<int:pk>/", views.section, name="section"),
    path("classes/<int:pk>/rename/", views.rename, name="rename"),
    path("classes/<int:pk>/new-code/", views.renew_code, name="renew-code"),
    path("classes/<int:pk>/skills/<int:skill>/", views.skill, name="skill"),
    path("classes/<int:pk>/learners/<int:learner>/", views.learner, name="learner"),
    path("classes/<int:pk>/learners/<int:learner>/remove/", views.remove_learner, name="remove-learner"),
    path("classes/<int:pk>/learners/<int:learner>/skills/<int:skill>/", views.evidence, name="evidence"),
    path("classes/<int:pk>/learners/<int:learner>/sessions/<uuid:session>/", views.conversation, name="conversation"),
]
