from django.contrib import admin

from apps.accounts.models import Membership, User, Workspace


class MembershipInline(admin.TabularInline[Membership, Workspace]):
    model = Membership
    raw_id_fields = ("user",)
    extra = 0


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "name", "is_active", "is_staff", "created_at")
    search_fields = ("email", "name")
    readonly_fields = ("uid", "created_at", "last_login")
    exclude = ("password",)


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin[Workspace]):
    list_display = ("name", "slug", "is_operator", "created_at")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)
