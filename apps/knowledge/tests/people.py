"""People who are signed in, with a role in a collection's workspace."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.services import register, set_role
from apps.knowledge.models import Collection

BACKEND = "django.contrib.auth.backends.ModelBackend"


def client_for(user: User, collection: Collection, role: Role) -> Client:
    set_role(user, collection.workspace, role)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def editor_of(collection: Collection) -> Client:
    return client_for(register("alice@example.org", password="x"), collection, Role.EDITOR)


def member_of(collection: Collection) -> Client:
    return client_for(register("bob@example.org", password="x"), collection, Role.MEMBER)


def stranger() -> Client:
    client = Client()
    client.force_login(register("charlie@example.org", password="x"), backend=BACKEND)
    return client


def home(collection: Collection) -> str:
    return reverse("collection", args=[collection.uid])
