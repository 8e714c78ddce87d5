"""Before allauth's own in chatbot_saas.urls: the first pattern that matches an address answers it."""

from django.urls import path, re_path
from django.views.generic.base import RedirectView

from apps.accounts import closing_pages, key_pages, security_pages, settings_pages, views
from apps.accounts.oidc import pages as oidc_pages
from apps.accounts.passkey_sign_in import LoginPasskeyView

urlpatterns = [
    path("profile/", settings_pages.profile, name="account_profile"),
    path("close/", closing_pages.close, name="account_close"),
    path("closed/", closing_pages.closed, name="account_closed"),
    path("sessions/", settings_pages.sessions, name="account_sessions"),
    path("sessions/<int:pk>/end/", settings_pages.end_session, name="account_end_session"),
    path("api-keys/", key_pages.api_keys, name="account_api_keys"),
    path("api-keys/<uuid:uid>/revoke/", key_pages.revoke_api_key, name="account_revoke_api_key"),
    path("2fa/", security_pages.SecurityView.as_view(), name="mfa_index"),
    path("2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("2fa/webauthn/login/", LoginPasskeyView.as_view(), name="mfa_login_webauthn"),
    path("login/code/", views.RequestLoginCodeView.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", views.ConfirmLoginCodeView.as_view(), name="account_confirm_login_code"),
    path("3rdparty/", oidc_pages.ConnectedView.as_view(), name="socialaccount_connections"),
    path("oidc/<str:provider_id>/login/", oidc_pages.login, name="oidc_login"),
    path("oidc/<str:provider_id>/login/callback/", oidc_pages.callback, name="oidc_callback"),
    path("email/", views.EmailView.as_view(), name="account_email"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$", views.ConfirmEmailView.as_view(), name="account_confirm_email"
    ),
    path("password/reset/", views.PasswordResetView.as_view(), name="account_reset_password"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
]
