from django.urls import path

from apps.common import views

urlpatterns = [
    path("readyz", views.ready, name="ready"),
    path("theme/", views.set_theme, name="theme"),
]
