"""What all tests share: a place of their own for files and cache, no network, and which tests this database can run."""

import gc
import ipaddress
import shutil
import socket
import uuid
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import settings as hypothesis_settings

from tests import leaks
from tests.journal_flush import install_flush_guard
from yuhu.kit import breaker

# Machines that run tests are slow and shared: examples are found by count, never lost to a stopwatch.
hypothesis_settings.register_profile("yuhu", deadline=None, print_blob=True, max_examples=50)
hypothesis_settings.load_profile("yuhu")

# Between tests the database is emptied; the journal's triggers let only this through.
install_flush_guard()


def pytest_configure(config):
    """The test server starts before any fixture of a test: what it looks for at the start must be there."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    leaks.listen()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """After everything of the test has ended: no line that it printed tells a secret or a person's data."""
    yield
    leaks.fail_on_leak(leaks.LISTENER)


def pytest_collection_modifyitems(config, items):
    """Leave out what this database cannot show, or would show a second time, with the reason."""
    if "postgresql" in django_settings.DATABASES["default"]["ENGINE"]:
        word, reason = "embedded", "the same on every database: runs with the tests on SQLite"
    else:
        word, reason = "postgres", "needs PostgreSQL: set DATABASE_URL"
    skip = pytest.mark.skip(reason=reason)
    for item in items:
        if word in item.keywords:
            item.add_marker(skip)


def pytest_collection_finish(session):
    """What was imported and collected stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def surroundings(settings, tmp_path: Path) -> None:
    """Files and cache of this test alone; passwords that cost nothing; nudges run at once on every database."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.JOURNAL_HEAD_FILE = tmp_path / "journal-heads.txt"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        # The manifest exists after collectstatic only; `make run` and the deployment do that.
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    settings.STEP_TRANSPORT = "yuhu.kit.steps.run_here"
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # What one test's broken channel taught the process is not the next one's business.
    from yuhu.delivery.tasks import breakers

    breakers.clear()
    breaker.REDIS.worked()


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgot to stub a partner fails at once instead of reaching somebody."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if not _is_this_machine(host):
                raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    """The cast stands before the test's own transaction begins."""
    if fixturedef.argname == "_django_db_helper":
        from tests import standing

        standing.prepare(request)


@pytest.fixture
def world(db):
    """The named cast (tests/world.py) on the district's real reference data."""
    from tests.standing import STANDING

    return STANDING.cast()


@pytest.fixture(scope="session")
def chromium():
    """One real Chromium for a process: Playwright's loop can be started only once."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    quiet = ("gpu", "background-networking", "component-update", "sync")
    arguments = ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in quiet)]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
