"""Starts PostgreSQL, Redis and Neo4j for one run of the tests, each with an empty folder and a random password."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import neo4j
import psycopg
import redis
from neo4j.exceptions import DriverError

from deploy.testing import neo4j_home
from deploy.testing.process import Probe, free_port, running


@contextmanager
def all_servers(folder: Path) -> Iterator[dict[str, str]]:
    """Yields the environment that tells the tests where the servers are."""
    folder.chmod(0o711)  # PostgreSQL's user must be able to enter it
    with ExitStack() as stack:
        yield {
            "QUOTH_TEST_POSTGRES_URL": stack.enter_context(postgres(folder)),
            "QUOTH_TEST_REDIS_URL": stack.enter_context(redis_server(folder)),
            **stack.enter_context(neo4j_server(folder)),
        }


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Yields the URL of a superuser's empty database. initdb refuses root, so root runs it as `postgres`."""
    user = "postgres" if os.geteuid() == 0 else None
    home, port, password = folder / "postgres", free_port(), secrets.token_hex(16)
    home.mkdir()
    (home / "password").write_text(password)
    if user:
        shutil.chown(home, user)
        shutil.chown(home / "password", user)
    _init_postgres(home, user)
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
    command = [
        _postgres_program("postgres"),
        "-D",
        str(home / "data"),
        *(f"-c{option}" for option in options),
    ]
    url = f"postgresql://quoth:{password}@127.0.0.1:{port}/postgres"
    probe = Probe(lambda: psycopg.connect(url).close(), psycopg.OperationalError)
    with running(command, log=folder / "postgres.log", user=user, probe=probe):
        yield url


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    home, port = folder / "redis", free_port()
    home.mkdir()
    url = f"redis://127.0.0.1:{port}/0"
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home), "--save", ""]
    probe = Probe(lambda: redis.Redis.from_url(url).ping(), redis.ConnectionError)
    with running(command, log=folder / "redis.log", probe=probe):
        yield url


@contextmanager
def neo4j_server(folder: Path) -> Iterator[dict[str, str]]:
    home, port, password = folder / "neo4j", free_port(), secrets.token_hex(16)
    neo4j_home.create(home, port=port, password=password)
    uri = f"bolt://127.0.0.1:{port}"

    def ask() -> None:
        with neo4j.GraphDatabase.driver(uri, auth=("neo4j", password)) as driver:
            driver.verify_connectivity()

    with running(neo4j_home.server_command(home), log=folder / "neo4j.log", probe=Probe(ask, DriverError)):
        yield {
            "QUOTH_TEST_NEO4J_URI": uri,
            "QUOTH_TEST_NEO4J_USER": "neo4j",
            "QUOTH_TEST_NEO4J_PASSWORD": password,
        }


def _init_postgres(home: Path, user: str | None) -> None:
    options = [f"--pgdata={home / 'data'}", f"--pwfile={home / 'password'}", "--username=quoth", "--no-sync"]
    subprocess.run(
        [
            _postgres_program("initdb"),
            *options,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd=home,
    )


def _postgres_program(name: str) -> str:
    """Debian installs the server's programs outside of PATH, in a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name
