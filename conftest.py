"""Shared by all tests: temporary folders and settings, and the selection of tests by available servers."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import django
import hypothesis
import pytest
from pytest_django import Settings

from deploy.testing.variables import settings_variables

# Set before Django reads its settings, so that no test uses the developer's installation or database.
FOLDER = Path(tempfile.mkdtemp(prefix="quoth-pytest-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
ON_POSTGRES = os.environ.get("QUOTH_TEST_DATABASE") == "postgres"
for variable in settings_variables():
    os.environ.pop(variable, None)
if ON_POSTGRES:
    os.environ["DATABASE_URL"] = os.environ["QUOTH_TEST_POSTGRES_URL"]
os.environ["QUOTH_DATA_DIR"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "chatbot_saas.test_settings"
django.setup()

hypothesis.settings.register_profile("quoth", deadline=None, derandomize=True)
hypothesis.settings.load_profile("quoth")

NEEDS = {  # {marker: the variable that says where the service is}; without the variable the test is not collected
    "redis": "QUOTH_TEST_REDIS_URL",
    "neo4j": "QUOTH_TEST_NEO4J_URI",
    "browser": "QUOTH_TEST_CHROMIUM",
    "shared_data": "QUOTH_TEST_DATA",
}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_serialized_rollback", "live_server"}
NOT_PASSED = ("skipped", "xfailed", "xpassed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    runnable = [item for item in items if _has_what_it_needs(item) and _belongs_to_this_database(item)]
    chosen = set(runnable)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = runnable


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Skips and expected failures fail the run, because a test that did not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    assert reporter is not None
    count = sum(len(reporter.stats.get(outcome, [])) for outcome in NOT_PASSED)
    if count and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{count} skipped or expected to fail: that fails the run", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of test data that is kept outside of the project; for tests marked `shared_data`."""
    return Path(os.environ["QUOTH_TEST_DATA"])


@pytest.fixture
def free_port() -> int:
    from deploy.testing.process import free_port

    return free_port()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Use SQLite in a file, as in production, with several connections and real locks."""
    settings = django.db.connections["default"].settings_dict
    if ON_POSTGRES:
        settings["CONN_MAX_AGE"] = 0  # a persistent connection would prevent the database from being dropped
    else:
        settings["TEST"]["NAME"] = str(FOLDER / "test.sqlite3")


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    """The database of each test begins with the same ids, and other tests have used up limits on requests."""
    from django.core.cache import cache

    from apps.knowledge.index.cache import clear_cache

    clear_cache()
    cache.clear()


@pytest.fixture
def change_config(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """change_config("chat", lease_seconds=1) sets other values than those of quoth.yaml for this test."""
    import apps.common.config

    def change(section: str, **values: object) -> None:
        before = apps.common.config.config()
        changed = getattr(before, section).model_copy(update=values)
        after = before.model_copy(update={section: changed})
        monkeypatch.setattr("apps.common.config.config", lambda: after)

    return change


@pytest.fixture
def fake_encoder(settings: Settings, change_config: Callable[..., None]) -> None:
    """Encoders in this test need no model: they are fast, and texts that share words have similar vectors. Only texts
    with the very words of an example are small talk for them.
    """
    settings.QUOTH_FAKE_ENCODER = True
    change_config("small_talk", threshold=0.99, threshold_of_others=0.99)


@pytest.fixture
def mail_server(settings: Settings) -> None:
    """As with EMAIL_URL: e-mails are sent (to django.core.mail.outbox), and addresses must be confirmed."""
    settings.MAIL_IS_SENT = True
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def _has_what_it_needs(item: pytest.Item) -> bool:
    return all(
        os.environ.get(variable) for marker, variable in NEEDS.items() if item.get_closest_marker(marker)
    )


def _belongs_to_this_database(item: pytest.Item) -> bool:
    """Tests with a database run on both; those marked `sqlite` or `postgres` on that one; all others once."""
    if item.get_closest_marker("postgres"):
        return ON_POSTGRES
    if item.get_closest_marker("sqlite"):
        return not ON_POSTGRES
    fixtures = set(getattr(item, "fixturenames", ()))
    return not ON_POSTGRES or bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & fixtures)
