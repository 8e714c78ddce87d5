from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("apps.accounts.workspaces.workspace_urls")),
    path("admin/", admin.site.urls),
    path("api/", include("apps.api.urls")),
    path("", include("apps.common.urls")),
    path("", include("apps.knowledge.urls")),
    path("", include("apps.chat.urls")),
]

handler400 = "apps.common.views.bad_request"
handler403 = "apps.common.views.forbidden"
handler404 = "apps.common.views.not_found"
handler429 = "apps.common.views.too_many_requests"  # allauth's limits
handler500 = "apps.common.views.server_error"
