from django.urls import path

from apps.common import views

urlpatterns = [path("healthz", views.live, name="live")]
