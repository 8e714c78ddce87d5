from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.common.models import PublicModel
from apps.common.names import clean_name

# No form takes this for an e-mail address: nobody can sign up as the operator and be let into workspaces.
OPERATOR_EMAIL = "operator@command-line"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser, PermissionsMixin, PublicModel):
    """A person, known by e-mail address. `closed_at` is when they closed their account: nobody can use it, and until it
    is erased they can sign in to keep it.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=16, blank=True, db_default=""
    )  # empty: that of the browser
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, db_default=""
    )  # empty: that of the site
    theme = models.CharField(_("colours"), max_length=10, choices=Theme.choices, blank=True, db_default="")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    closed_at = models.DateTimeField(_("closed by its owner"), null=True, blank=True, editable=False)
    session_generation = models.PositiveIntegerField(
        default=0, db_default=0, editable=False, help_text="one more ends every session from before"
    )
    current_workspace = models.ForeignKey(
        "Workspace", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )  # the last one chosen; it may be one that the person has left (apps.accounts.workspaces.memberships)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    SESSION_COLUMNS: ClassVar = (
        "is_active",
        "password",
        "session_generation",
    )  # what decides whether a session is valid

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        """For pages. Logs and tracebacks show `repr`, which names no person."""
        return f"{self.name} ({self.email})" if self.name else self.email

    def clean(self) -> None:
        super().clean()
        self.name = clean_name(self.name)

    @property
    def is_open(self) -> bool:
        """Whether it can be used: neither an administrator nor its owner has closed it."""
        return self.is_active and self.closed_at is None

    def get_session_auth_hash(self) -> str:
        return self._hash_of_now(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return map(self._hash_of_now, super().get_session_auth_fallback_hash())

    def _hash_of_now(self, password_hash: str) -> str:
        """Ends with the generation. Sessions from before a mail server was set end too: they may belong to someone
        who never proved that the address is theirs.
        """
        return f"{password_hash}:{self.session_generation}:{settings.ACCOUNT_EMAIL_VERIFICATION}"


class Workspace(PublicModel):
    """The tenant and the subscriber. Only an operator's workspace may publish a collection to everyone.

    One with `deleted_at` is shown to nobody: an owner may restore it until it is erased.
    """

    slug = models.SlugField(_("short name"), max_length=63, unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_operator = models.BooleanField(_("may publish collections to everyone"), default=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = clean_name(self.name)


class Scope(models.TextChoices):
    """What an API key may do in its workspace."""

    READ = "read", _("Read collections and documents")
    ASK = "ask", _("Ask questions, and read the conversations of this key")
    WRITE = "write", _("Create collections, upload and delete documents")


class ApiKey(PublicModel):
    """Acts for one workspace, as long as its maker is an owner there. `prefix` are the first characters of the key,
    which is stored as a digest alone.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=16)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    per_minute = models.PositiveIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    MEMBER = "member", _("Member")


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.workspace}"


class Invitation(PublicModel):
    """An open one. Whoever has the token and the address may join once, until it expires; then the row is deleted."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "email"], name="one_invitation_each")
        ]

    def __str__(self) -> str:
        return f"invitation {self.uid}"
