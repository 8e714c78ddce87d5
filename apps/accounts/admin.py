"""Support for accounts. An account cannot be deleted here: nothing erases yet what belongs to a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts import services
from apps.accounts.forms import ResetPasswordForm
from apps.accounts.models import Membership, User, Workspace
from apps.common.admin import BaseAdmin, ReadOnlyInline, two_lines

for decided_by_services in (EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(decided_by_services)

RIGHTS = ("is_staff", "is_superuser", "groups")


class AddressInline(ReadOnlyInline[EmailAddress, User]):
    model = EmailAddress
    fields = readonly_fields = ("email", "verified")
    verbose_name_plural = _("e-mail addresses, also those waiting to be confirmed")


class MembershipOfUserInline(ReadOnlyInline[Membership, User]):
    model = Membership
    fields = readonly_fields = ("workspace", "role", "created_at")
    show_change_link = True


class MembershipOfWorkspaceInline(ReadOnlyInline[Membership, Workspace]):
    model = Membership
    fields = readonly_fields = ("user", "role", "created_at")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")


class UserForm(ModelForm[User]):
    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()  # as it is stored: one account for all spellings


@admin.register(User)
class UserAdmin(BaseAdmin[User]):
    form = UserForm
    list_display = ("person", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser", "created_at")
    search_fields = ("email", "name")
    ordering = ("-pk",)
    readonly_fields = ("is_active", "created_at", "last_login", "uid")
    autocomplete_fields = ("groups",)
    inlines = (AddressInline, MembershipOfUserInline)
    actions = ("close_accounts", "reopen_accounts", "sign_out", "send_password_link", "remove_second_factors")
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "email"),
                "description": _(
                    "The owner of a new or changed address confirms it before signing in, if the site sends mail. "
                    "A new account has no password: send its owner a link to choose one."
                ),
            },
        ),
        (_("Rights"), {"fields": RIGHTS}),
        (_("State"), {"fields": ("is_active", "created_at", "last_login", "uid")}),
    )
    add_fieldsets = fieldsets[:2]

    @two_lines(_("person"), ordering="name")
    def person(self, user: User) -> tuple[str, str]:
        return (user.name, user.email) if user.name else (user.email, "")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only a superuser gives rights, or else whoever may change accounts could give themselves all of them."""
        return (*self.readonly_fields, *(() if _is_superuser(request) else RIGHTS))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever can change the address of an account can have its password reset, and so has its rights."""
        return super().has_change_permission(request, obj) and (
            obj is None or not obj.is_staff or _is_superuser(request)
        )

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        services.save_account(obj, changed=form.changed_data)

    def save_related(
        self, request: HttpRequest, form: ModelForm[User], formsets: Iterable[Any], change: bool
    ) -> None:
        """The lists of the page are read-only; groups are there only for whoever may give rights."""
        for formset in formsets:
            self.save_formset(
                request, form, formset, change
            )  # writes nothing: the record of changes needs it
        if "groups" in form.cleaned_data:
            services.set_groups(form.instance, form.cleaned_data["groups"])

    @admin.action(description=_("Close account"), permissions=["change"])
    def close_accounts(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._allowed(request, users.filter(is_active=True)):
            services.close_account(user)
            self.log_change(request, user, "Closed the account.")

    @admin.action(description=_("Open closed account again"), permissions=["change"])
    def reopen_accounts(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._allowed(request, users.filter(is_active=False)):
            services.reopen_account(user)
            self.log_change(request, user, "Opened the account again.")

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._allowed(request, users):
            services.end_sessions(user)
            self.log_change(request, user, "Signed the account out everywhere.")

    @admin.action(description=_("Send link to choose a password"), permissions=["change"])
    def send_password_link(self, request: HttpRequest, users: QuerySet[User]) -> None:
        if not settings.MAIL_IS_SENT:
            text = _("This site sends no mail. Run `manage.py changepassword ADDRESS` to set a password.")
            self.message_user(request, text, messages.ERROR)
            return
        for user in self._allowed(request, users.filter(is_active=True)):
            form = ResetPasswordForm({"email": user.email})
            if form.is_valid():
                form.save(request)
                self.log_change(request, user, "Sent a link to choose a password.")

    @admin.action(description=_("Remove passkeys and authenticator app"), permissions=["change"])
    def remove_second_factors(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in self._allowed(request, users):
            services.remove_second_factors(user)
            self.log_change(request, user, "Removed passkeys, authenticator app and recovery codes.")

    def _allowed(self, request: HttpRequest, users: QuerySet[User]) -> list[User]:
        """Those of them that may be changed, never oneself; says how many."""
        allowed = [
            user for user in users if user != request.user and self.has_change_permission(request, user)
        ]
        text = ngettext("Done for %(n)d account.", "Done for %(n)d accounts.", len(allowed))
        level = messages.SUCCESS if allowed else messages.WARNING
        self.message_user(request, text % {"n": len(allowed)}, level)
        return allowed


@admin.register(Workspace)
class WorkspaceAdmin(BaseAdmin[Workspace]):
    list_display = ("name", "slug", "members", "is_operator", "created_at")
    list_filter = ("is_operator", "created_at")
    search_fields = ("name", "slug", "memberships__user__email", "memberships__user__name")
    ordering = ("-pk",)
    readonly_fields = ("created_at", "uid")
    fields = ("name", "slug", "is_operator", "created_at", "uid")
    inlines = (MembershipOfWorkspaceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        return super().get_queryset(request).annotate(member_count=Count("memberships"))

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, workspace: Workspace) -> int:
        return int(getattr(workspace, "member_count", 0))

    def get_readonly_fields(self, request: HttpRequest, obj: Workspace | None = None) -> tuple[str, ...]:
        """The short name is part of commands and of stored file names."""
        return self.readonly_fields if obj is None else ("slug", *self.readonly_fields)

    def has_delete_permission(self, request: HttpRequest, obj: Workspace | None = None) -> bool:
        """A cascade would bypass tombstones, statistics, files and the graph."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Workspace, form: ModelForm[Workspace], change: bool
    ) -> None:
        services.save_workspace(obj)


@admin.register(Membership)
class MembershipAdmin(BaseAdmin[Membership]):
    list_display = ("user", "workspace", "role", "created_at")
    list_select_related = ("user", "workspace")
    list_filter = ("role", "created_at")
    search_fields = ("user__email", "user__name", "workspace__name", "workspace__slug")
    ordering = ("-pk",)
    autocomplete_fields = ("user", "workspace")
    fields = ("user", "workspace", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return () if obj is None else ("user", "workspace")

    def save_model(
        self, request: HttpRequest, obj: Membership, form: ModelForm[Membership], change: bool
    ) -> None:
        obj.pk = services.set_role(obj.user, obj.workspace, obj.role).pk

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        services.remove_member(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for membership in queryset:
            services.remove_member(membership)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser
