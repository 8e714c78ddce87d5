"""Creates a demo workspace with people and the product's documentation. Every step may be repeated."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import ensure_workspace, register, set_role
from apps.chat.selectors import suggestions_of
from apps.chat.services import refresh_suggestions
from apps.common.health import newer_database_problem
from apps.common.progress import Ticker
from apps.knowledge.index.live_passages import store_version
from apps.knowledge.models import Collection
from apps.knowledge.services import ensure_collection
from chatbot_saas.first_start import write_private

WORKSPACE = "demo"
COLLECTION = "docs"
PEOPLE = {"admin@example.org": Role.OWNER, "member@example.org": Role.MEMBER}
Report = Callable[[str], None]


class DemoError(Exception):
    pass


@dataclass(frozen=True)
class Login:
    email: str
    password: str
    role: str


def prepare(report: Report) -> list[Login]:
    """Do everything except serving. `report` is called with the name of each step before it begins. Raises
    DemoError.
    """
    with _step(report, _("Database")):
        if problem := newer_database_problem():
            raise DemoError(problem)
        call_command("migrate", verbosity=0)
    report(_("Encoder"))
    call_command("prepare_models", stdout=_Lines(report), stderr=_Lines(report))
    with _step(report, _("Pages")):
        call_command("collectstatic", interactive=False, verbosity=0)
    with _step(report, _("People")):
        workspace = ensure_workspace(WORKSPACE, name=_("Demo"), is_operator=True)
        logins = _people(workspace)
    report(_("Documentation"))
    _documentation(workspace, report)
    return logins


@contextmanager
def _step(report: Report, name: str) -> Iterator[None]:
    """Report the step when it begins, and periodically while it lasts."""
    report(name)
    with Ticker(report, name):
        yield


def _people(workspace: Workspace) -> list[Login]:
    """Accounts of an earlier start are kept. They are returned if the file contains their current passwords."""
    file = Path(settings.QUOTH_DATA_DIR) / "logins.txt"
    known = {login.email: login for login in _known(file)}
    there = set(User.objects.filter(email__in=PEOPLE).values_list("email", flat=True))
    logins = [
        known[email] if email in known else _person(email, role, workspace)
        for email, role in PEOPLE.items()
        if email in known or email not in there
    ]
    write_private(file, "".join(json.dumps(asdict(login)) + "\n" for login in logins))
    return logins


def _known(file: Path) -> Iterator[Login]:
    """Logins in the file whose account exists and has that password."""
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        login = Login(**json.loads(line))
        user = User.objects.filter(email=login.email).first()
        if user is not None and user.check_password(login.password):
            yield login


def _person(email: str, role: Role, workspace: Workspace) -> Login:
    password = secrets.token_urlsafe(12)
    user = register(email, password=password)
    user.is_staff = user.is_superuser = role == Role.OWNER
    user.save(update_fields=["is_staff", "is_superuser"])
    set_role(user, workspace, role)
    return Login(email, password, role.value)


def _documentation(workspace: Workspace, report: Report) -> None:
    collection = ensure_collection(workspace, COLLECTION, name=_("Quoth documentation"), is_public=True)
    before = store_version(workspace.pk)
    _ingest(report)
    if store_version(workspace.pk) != before or not suggestions_of(collection):
        _suggest(collection, report)


def _ingest(report: Report) -> None:
    lines: list[str] = []
    try:
        call_command(
            "ingest",
            str(settings.DOCS_DIR),
            workspace=WORKSPACE,
            collection=COLLECTION,
            public=True,
            mirror=True,
            stdout=_Lines(lines.append),
            stderr=_Lines(report),
        )
    except SystemExit as error:
        failed = "\n".join(line for line in lines if line.startswith("failed"))
        raise DemoError(_("The documentation could not be loaded:\n%(files)s") % {"files": failed}) from error


def _suggest(collection: Collection, report: Report) -> None:
    with _step(report, _("Questions to begin with")):
        refresh_suggestions(collection)


class _Lines:
    """A stream that passes complete lines to a function."""

    def __init__(self, take: Report) -> None:
        self._take = take

    def write(self, text: str) -> int:
        for line in filter(None, text.split("\n")):
            self._take(line)
        return len(text)

    def flush(self) -> None:
        """Nothing is buffered."""
