from django.urls import path

from apps.accounts.oidc import pages

urlpatterns = [
    path("oidc/<slug:provider_id>/login/", pages.login, name="oidc_login"),
    path("oidc/<slug:provider_id>/login/callback/", pages.callback, name="oidc_callback"),
]
