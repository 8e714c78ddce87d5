"""How rows about people and workspaces are deleted, those of Django and allauth among them."""

from __future__ import annotations

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session

from apps.accounts.models import ApiKey, Invitation, Membership, User, Workspace
from apps.common.deletion import erased, kept

kept(ContentType, "names of models")
kept(Permission, "names of rights")
kept(Group, "rights in the administration, without the people who have them")
kept(SocialApp, "the addresses of an issuer; this product reads them from its settings")
kept(
    Session,
    "holds the key of a person and no words; ends with the account, and a daily task deletes the row when it expires",
)

erased(User, "the account itself", user="pk")
erased(Workspace, "the workspace itself", workspace="pk")
erased(Membership, "who belongs to a workspace", user="user", workspace="workspace")
erased(ApiKey, "keys of programs, as digests", user="created_by", workspace="workspace")
erased(Invitation, "addresses of people who were invited", user="invited_by", workspace="workspace")
erased(EmailAddress, "addresses of the account", user="user")
erased(EmailConfirmation, "links that were sent to an address", user="email_address__user")
erased(Authenticator, "second factors and passkeys", user="user")
erased(SocialAccount, "what an issuer has said about the person", user="user")
erased(SocialToken, "tokens of an issuer", user="account__user")
erased(UserSession, "browsers in which the person signed in", user="user")
erased(LogEntry, "what the person did in the administration", user="user")
