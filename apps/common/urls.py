from django.urls import path

from apps.common import views

urlpatterns = [
    path("healthz", views.live, name="live"),
    path("theme/", views.set_theme, name="theme"),
]
