"""A whole installation of its own for the browser: real server, real weights, documents that the tests know."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from django.conf import settings

from apps.common.config import DEFAULT_PATH
from apps.knowledge.tests.parsing_files import pdf, pdf_text
from deploy.testing.process import Probe, free_port, running

LIMIT = "member_questions_per_minute: 30"
EMAIL, PASSWORD = "alice@example.org", "correct horse battery"
ADMIN, ADMIN_CODES = "sam@example.org", 60  # recovery codes: each sign-in uses one
QUESTION = "How much advanced sick leave can I ask for?"
QUOTE = "You can request up to 240 hours of advanced sick leave."
OFF_TOPIC = "What is the capital of Mongolia?"
DOCUMENTS = {
    "leave/advanced-sick-leave.md": f"""# Advanced sick leave

{QUOTE} If you are a term employee, you can request up to the total amount you will earn
in the rest of your term.

## Getting approval for advanced sick leave

To get approval, submit the paperwork to your supervisor and your HR specialist.

| Form | For |
|---|---|
| SF-71 | Request for leave |
| OF-630 | Donated leave |

1. Fill in the form.
2. Send it to your supervisor.
   - Keep a copy.
""",
    "travel/badges.md": """# Badges

## What happens if I lose my badge while travelling?

Report a lost badge to the security office within one day. The security office sends you a new badge.

## Who approves international travel?

The travel office approves international travel two weeks ahead.
See [advanced sick leave](../leave/advanced-sick-leave.md).
""",
    "machines/waffle-iron.md": """# The waffle iron

| Setting | Value | Meaning |
|---|---|---|
| waffles.highest_temperature_of_the_upper_plate | 52428 | the heat that no waffle iron of ours may pass |

## Cleaning the waffle iron

To clean the waffle iron at night, run this:

```
waffle-iron --clean --temperature=180 --wait-for-the-plates-to-cool-down=yes --log=/var/log/waffle/iron.log
```
""",
}
MANY = 25  # questions of one conversation, which the server answers when it starts
TABLE = "What is waffles.highest_temperature_of_the_upper_plate?"
CODE = "How do I clean the waffle iron at night?"
LONG_TITLE = "Zuständigkeitsverteilungsplan" * 10
LONG = "Who signs the distribution of responsibilities?"
DOCUMENTS["rules/long-title.md"] = f"""# {LONG_TITLE}

## Who signs the distribution of responsibilities?

The president signs the distribution of responsibilities in the last week of every January.

{"Responsibilities that nobody holds are listed in the annex of the distribution. " * 40}
"""
ARABIC = "كم يوما من الإجازة السنوية يحق لي؟"
DOCUMENTS["rules/annual-leave.ar.md"] = """# الإجازة السنوية

## كم يوما من الإجازة السنوية يحق لي؟

يحق لكل موظف ثلاثون يوما من الإجازة السنوية مدفوعة الأجر في كل عام.
"""
PDF_QUESTION = "When is the loading ramp locked?"
PDF = pdf(
    [
        pdf_text(
            [
                (20, 72, 700, "The loading ramp"),
                (12, 72, 660, "The loading ramp is locked at nine in the evening, also on"),
                (12, 72, 645, "days before a holiday. The porter has the key."),
                (12, 72, 610, "Lorries wait beside the gate until somebody opens it."),
            ]
        ),
        pdf_text([(12, 72, 700, "The gate is painted green.")]),
    ]
)
CHANGED = "leave/advanced-sick-leave.md"  # it has a second version
SETUP = f"""
import io
from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import register, set_role
from apps.knowledge.models import Collection
set_role(register({EMAIL!r}, password={PASSWORD!r}), Workspace.objects.get(slug="demo"), Role.OWNER)
sam = User.objects.create_superuser({ADMIN!r}, {PASSWORD!r}, name="Sam Operator")
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
Authenticator.objects.create(user=sam, type="totp", data={{"secret": encrypt("JBSWY3DPEHPK3PXP")}})
codes = [encrypt(f"code{{n}}") for n in range({ADMIN_CODES})]
Authenticator.objects.create(user=sam, type="recovery_codes", data={{"migrated_codes": codes}})
Collection.objects.update(name="Staff handbook")
from apps.knowledge.ingestion.pipeline import ingest_many
from apps.knowledge.services import request_ingest
changed = io.BytesIO({DOCUMENTS[CHANGED].replace("submit", "hand").replace("copy", "copy for a year").encode()!r})
ingest_many([request_ingest(Collection.objects.get(), path={CHANGED!r}, file=changed, enqueue=False).pk])
import uuid
from apps.accounts.models import User
from apps.accounts.viewer import Viewer
from apps.chat.services import refresh_suggestions, send_message
refresh_suggestions(Collection.objects.get())
def asked(text, **where):
    alice = Viewer(user=User.objects.get(email={EMAIL!r}))
    return send_message(alice, client_id=uuid.uuid4(), text=text, **where).message
first = asked("Earlier question 1: {QUESTION}", collection=Collection.objects.get().uid)
for n in range(2, {MANY} + 1):
    asked(f"Earlier question {{n}}: {QUESTION}", conversation=first.conversation.uid)
from django.conf import settings
(settings.QUOTH_DATA_DIR / "long-conversation").write_text(str(first.conversation.uid))
"""


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path

    @property
    def long_conversation(self) -> str:
        """The path of the one with MANY questions."""
        uid = (self.folder / "data" / "long-conversation").read_text()
        return f"/conversations/{uid}/"


@contextmanager
def installed_site(folder: Path) -> Iterator[Site]:
    """Prepared, filled and served; stopped at the end."""
    port = free_port()
    url = f"http://localhost:{port}"  # browsers make passkeys for names alone
    manage = _manage(folder / "data", url)
    # Some pages of ours beside the documents, so that words differ in weight.
    places = [str(folder / "documents"), *(str(settings.DOCS_DIR / part) for part in ("user", "developer"))]
    _write_documents(folder / "documents")
    for command in (
        ["migrate", "-v0"],
        ["collectstatic", "-v0", "--noinput"],
        ["ingest", *places, "--workspace", "demo", "--collection", "handbook", "--public"],
        ["shell", "-v0", "-c", SETUP],
    ):
        subprocess.run([*manage, *command], check=True, capture_output=True)
    probe = Probe(lambda: urlopen(f"{url}/healthz").read(), OSError)  # noqa: S310 - our own address
    with running([*manage, "serve", "--port", str(port)], log=folder / "serve.log", probe=probe):
        yield Site(url, folder)


def _manage(data: Path, url: str) -> list[str]:
    """The command that manages this installation and none of the tests' others. Its people ask as fast as they can."""
    data.mkdir(parents=True)
    rules = DEFAULT_PATH.read_text(encoding="utf-8")
    assert LIMIT in rules
    (data / "quoth.yaml").write_text(rules.replace(LIMIT, f"{LIMIT}0"), encoding="utf-8")
    ours = {
        "QUOTH_CONFIG": data / "quoth.yaml",
        "QUOTH_DATA_DIR": data,
        "QUOTH_URL": url,
        "QUOTH_PROFILE": "embedded",
        "QUOTH_STORE": "local",
    }
    settings_of_it = [f"{name}={value}" for name, value in ours.items()]
    return [
        "env",
        "-u",
        "DATABASE_URL",
        *settings_of_it,
        sys.executable,
        str(settings.BASE_DIR / "manage.py"),
    ]


def _write_documents(folder: Path) -> None:
    for path, text in DOCUMENTS.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / "machines" / "ramp.pdf").write_bytes(PDF)
