"""The full profile: web and worker are processes of their own, over PostgreSQL and Redis."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import redis
from psycopg import sql

from chatbot_saas.tests.installation import ROOT, Browser, Installation, Server

pytestmark = [pytest.mark.postgres, pytest.mark.redis]
QUESTION = "Which variable sets the folder for the database and the original files?"
WORDS = "QUOTH_DATA_DIR"
LOGIN = ("ada@example.org", "correct horse battery")
REGISTER = f"from apps.accounts.services import register; register({LOGIN[0]!r}, password={LOGIN[1]!r})"
DATABASES = 8  # Redis: those of other tests are not touched
WORKER = ("-A", "chatbot_saas", "worker", "-P", "solo", "--without-mingle", "--without-gossip", "-l", "info")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """URL of a new database."""
    server, name = os.environ["QUOTH_TEST_POSTGRES_URL"], f"full_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{server.rsplit('/', 1)[0]}/{name}"
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def full(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """With one public collection of the documentation for operators."""
    broker = f"{os.environ['QUOTH_TEST_REDIS_URL'].rsplit('/', 1)[0]}/{DATABASES}"
    redis.Redis.from_url(broker).flushdb()
    settings = {"DATABASE_URL": database, "REDIS_URL": broker, "SECRET_KEY": uuid.uuid4().hex * 2}
    installation = Installation(tmp_path_factory.mktemp("full"), QUOTH_PROFILE="full", **settings)
    installation.manage("migrate", "-v", "0")
    installation.manage("prepare_models")
    installation.manage("collectstatic", "--no-input", "-v", "0")
    installation.manage("shell", "-v", "0", "-c", REGISTER)
    installation.manage("ingest", str(ROOT / "docs" / "operator"), "--public")
    yield installation
    redis.Redis.from_url(broker).flushdb()


@pytest.fixture(scope="module")
def collection(full: Installation) -> str:
    code = "from apps.knowledge.models import Collection as C; print(C.objects.get().uid)"
    return full.manage("shell", "-v", "0", "-c", code).strip()


@pytest.fixture
def server(full: Installation) -> Iterator[Server]:
    with full.serving() as server:
        yield server


@contextmanager
def worker(full: Installation) -> Iterator[None]:
    with full.process(*WORKER, "-Q", "inference,default", until="sweep_ingestions", program="celery"):
        yield


@pytest.fixture
def browser(server: Server) -> Browser:
    """Signed in."""
    browser = server.browser()
    browser.sign_in(*LOGIN)
    return browser


def test_a_question_crosses_redis_and_comes_back(
    full: Installation, server: Server, browser: Browser, collection: str
) -> None:
    with worker(full), browser.socket() as socket:
        for _ in range(3):
            answer = socket.ask(QUESTION, collection=collection)
            assert WORDS in " ".join(quote["text"] for quote in answer["quotes"])
    assert '"cache": true' in server.browser().get("/readyz")


def test_a_question_waits_for_a_worker(full: Installation, browser: Browser, collection: str) -> None:
    """Accepted while there is none; answered once there is one."""
    with browser.socket() as socket:
        socket.begin(QUESTION, collection=collection)
        with worker(full):
            assert socket.until("answer.done")["answer"]["state"] == "done"


def test_two_web_servers_share_the_news(full: Installation, browser: Browser, collection: str) -> None:
    with full.serving() as other, worker(full), browser.socket() as here, browser.at(other).socket() as there:
        asked = here.begin(QUESTION, collection=collection)
        assert there.until("message.accepted") == asked
        assert there.until("answer.done") == here.until("answer.done")


def test_the_doctor_finds_it_well(full: Installation) -> None:
    assert all(not finding["hint"] for finding in json.loads(full.manage("doctor", "--json")))
    away = Installation(full.folder, **{**_settings(full), "REDIS_URL": "redis://127.0.0.1:1"})
    with pytest.raises(AssertionError, match="Redis does not answer"):
        away.manage("doctor")


def _settings(full: Installation) -> dict[str, str]:
    return {name: full.environment[name] for name in ("QUOTH_PROFILE", "DATABASE_URL", "SECRET_KEY")}
