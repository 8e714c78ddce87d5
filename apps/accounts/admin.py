from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from apps.accounts.models import Membership, User, Workspace
from apps.accounts.services import recheck_sockets, replace_address


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

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            replace_address(obj)
        else:
            recheck_sockets(obj)  # the account may have been closed


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin[Workspace]):
    list_display = ("name", "slug", "is_operator", "created_at")
    search_fields = ("name", "slug")
    inlines = (MembershipInline,)
