"""Collections by the short names that commands take. The caller is the machine's operator: no viewer is checked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.knowledge.models import Collection


class NoSuchCollection(Exception):
    """The message says what there is, and how to make one."""


def find_collection(workspace: str, collection: str | None) -> Collection:
    """By short names; without the collection's, the workspace's only one. Raises NoSuchCollection."""
    known = list(
        Collection.objects.filter(workspace__slug=workspace).select_related("workspace").order_by("slug")
    )
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
