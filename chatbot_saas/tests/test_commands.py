"""Every command of Quoth reports an expected error in one sentence that says what to do."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from django.core.management import BaseCommand, CommandError, call_command, get_commands, load_command_class
from django.utils import translation

from apps.knowledge.index.stores.protocol import StoreUnavailable
from chatbot_saas.tests.installation import Installation

OWN = ("apps.chat", "apps.knowledge", "apps.models", "chatbot_saas")
COMMANDS: dict[str, tuple[str, ...]] = {
    "serve": ("serve", "--port", "1"),
    "ingest": ("ingest", "."),
    "ask": ("ask", "How many days of leave?"),
    "evaluate": ("evaluate", "questions.jsonl"),
    "verify": ("verify", "01900000-0000-7000-8000-000000000000"),
    "rebuild_graph": ("rebuild_graph",),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation without a database."""
    return Installation(tmp_path_factory.mktemp("empty"), SECRET_KEY="k" * 50)


def failing(installation: Installation, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = installation.run(*arguments)
    assert "Traceback" not in done.stderr
    return done


@pytest.mark.sqlite
@pytest.mark.parametrize("name", COMMANDS)
def test_a_database_without_tables_is_one_sentence(empty: Installation, name: str) -> None:
    done = failing(empty, *COMMANDS[name])
    assert (done.returncode, done.stdout) == (1, "")
    *progress, last = done.stderr.splitlines()
    assert last == "CommandError: The database is not up to date: run `manage.py migrate`."
    assert not any("Error" in line for line in progress)


@pytest.mark.parametrize("name", ["demo", "serve", "ingest", "prepare_models"])
def test_a_wrong_configuration_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "quoth.yaml").write_text("default_encoder: minilm\nodd: 1\n")
    broken = Installation(tmp_path, SECRET_KEY="k" * 50, QUOTH_CONFIG=str(tmp_path / "quoth.yaml"))
    broken.manage("migrate", "-v", "0", "--skip-checks")
    done = failing(broken, *COMMANDS.get(name, (name,)))
    assert done.returncode == 1
    assert f"CommandError: {tmp_path / 'quoth.yaml'}, line" in done.stderr.splitlines()[-1]


def test_a_database_that_is_away_is_one_sentence(tmp_path: Path) -> None:
    away = "postgres://quoth@127.0.0.1:1/quoth"
    installation = Installation(tmp_path, SECRET_KEY="k" * 50, DATABASE_URL=away)
    done = failing(installation, *COMMANDS["ask"])
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The database does not answer: check DATABASE_URL")
    done = failing(installation, "migrate")
    assert (done.returncode, done.stderr) == (1, "The database does not answer. Try again in a minute.\n")


@pytest.mark.django_db
def test_a_store_that_is_away_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> int:
        raise StoreUnavailable

    monkeypatch.setattr("apps.knowledge.management.commands.rebuild_graph.rebuild", away)
    with pytest.raises(CommandError, match="does not answer") as caught:
        call_command("rebuild_graph", stdout=io.StringIO(), stderr=io.StringIO())
    assert caught.value.returncode == 1


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("port", ["99999", "0", "-1", "eighty"])
def test_a_port_that_does_not_exist_is_a_wrong_option(command: str, port: str) -> None:
    with pytest.raises(CommandError, match="from 1 to 65535"):
        call_command(command, f"--port={port}")


@pytest.mark.parametrize("name", [name for name, app in get_commands().items() if app in OWN])
def test_every_help_text_can_be_translated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "_trans", Translated())
    app = get_commands()[name]
    assert isinstance(app, str)
    command = load_command_class(app, name)
    own = command.create_parser("manage.py", name)
    shared = {action.dest for action in BaseCommand().create_parser("manage.py", name)._actions}
    texts = [own.description, *(action.help for action in own._actions if action.dest not in shared)]
    assert len(texts) > 1
    assert all(text is None or text == f"«{text[1:-1]}»" for text in texts)
    assert own.description


class Translated:
    """A translation catalogue that marks each translated text."""

    def gettext(self, message: str) -> str:
        return f"«{message}»"
