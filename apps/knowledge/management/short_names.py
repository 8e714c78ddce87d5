"""Finds collections by the short names that commands accept. The caller is the operator, so no viewer is checked."""

from __future__ import annotations

from argparse import ArgumentTypeError

from django.core.validators import slug_re
from django.utils.translation import gettext as _

from apps.knowledge.models import Collection

MAX_CHARS = 63  # of the slugs of workspaces and collections


class NoSuchCollection(Exception):
    """The message says which collections exist and how to create one."""


def short_name(text: str) -> str:
    """A type for argparse, for names that may have to be created."""
    if len(text) > MAX_CHARS or not slug_re.match(text):
        raise ArgumentTypeError(
            _("“%(name)s” cannot be a short name. Use 1 to %(most)d letters of a to z, digits, - and _.")
            % {"name": text, "most": MAX_CHARS}
        )
    return text


def find_collection(workspace: str, collection: str | None) -> Collection:
    """Find a collection by short names. Without `collection`, the only one of the workspace. Raises
    NoSuchCollection.
    """
    present = Collection.objects.filter(
        workspace__slug=workspace, workspace__deleted_at=None, deleted_at=None
    )
    known = list(present.select_related("workspace").order_by("slug"))
    found = [row for row in known if collection in (row.slug, None)]
    if len(found) == 1:
        return found[0]
    if not known:
        raise NoSuchCollection(
            _(
                "Workspace %(workspace)s has no collection. Load documents first: manage.py ingest PATH --workspace …"
            )
            % {"workspace": workspace}
        )
    raise NoSuchCollection(
        _("Name one of workspace %(workspace)s's collections with --collection: %(names)s.")
        % {"workspace": workspace, "names": ", ".join(row.slug for row in known)}
    )
