"""``manage.py serve``: everything on this machine in one go, the web server and the sweeper.

Migrates first, loads the demo into an empty database if asked, prints where to go, starts again what dies, and
ends within seconds on Ctrl-C. Production starts the processes of ``Procfile`` instead.
"""

import argparse
import errno
import http.client
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import Resolver404, resolve

from yuhu.runtime import demo
from yuhu.runtime.processes import Child, Keeper

WEB_THREADS = 8
PAGES = {"pages": "/", "admin": "/admin/", "API": "/api/docs/"}


class Command(BaseCommand):
    """One gunicorn process with threads and one sweeper process."""

    help = "Runs the web server and the sweeper until Ctrl-C (HOST and PORT, default 127.0.0.1 and 8000)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where to listen and whether to load the demo."""
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000")
        parser.add_argument(
            "--demo",
            action="store_true",
            dest="with_demo",
            help="load the demo district into an empty database",
        )

    def handle(self, *args: Any, host: str, port: int, with_demo: bool, **options: Any) -> None:
        """Prepare, start, watch, stop."""
        self.host, self.port = host, port
        self._refuse_a_taken_port()
        self._prepare(with_demo=with_demo)
        connections.close_all()
        keeper = Keeper(self._children(), self._environment(), self._say)
        keeper.watch_signals()
        keeper.start()
        try:
            keeper.keep(on_ready=self._announce)
        finally:
            self._say("Stopping …")
            keeper.stop()
            self._say("Stopped.")

    @property
    def _address(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}"

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _refuse_a_taken_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as problem:
                if problem.errno == errno.EADDRINUSE:
                    raise CommandError(
                        f"Port {self.port} on {self.host} is taken: stop what listens there, or choose another "
                        f"port: make run PORT={self.port + 1}"
                    ) from problem
                raise CommandError(
                    f"Cannot listen on {self.host}:{self.port}: {problem.strerror}"
                ) from problem

    def _prepare(self, *, with_demo: bool) -> None:
        if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
            # `make run` has done this; whoever starts the command by itself gets styled pages too.
            call_command("collectstatic", interactive=False, verbosity=0)
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._say("Setting up the database …")
            call_command("migrate", interactive=False, verbosity=0)
        if with_demo and demo.is_empty():
            self._say("Loading the demo district, once …")
            call_command("load_demo")

    def _children(self) -> list[Child]:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        gunicorn = [sys.executable, "-m", "gunicorn", "yuhu.wsgi", f"--bind={shown}:{self.port}"]
        gunicorn += ["--worker-class=yuhu.runtime.server.Worker", "--workers=1", f"--threads={WEB_THREADS}"]
        gunicorn += ["--backlog=512", "--worker-connections=800"]
        gunicorn += ["--graceful-timeout=3", "--timeout=60", "--log-level=warning", "--no-control-socket"]
        sweeper = [sys.executable, str(settings.BASE_DIR / "manage.py"), "sweep"]
        return [Child("web", gunicorn), Child("sweeper", sweeper)]

    def _environment(self) -> dict[str, str]:
        """The children's environment: links in notices name the address that is really served."""
        return {"SITE_URL": self._address} | dict(os.environ) | {"PYTHONUNBUFFERED": "1"}

    def _announce(self) -> bool:
        """Once the web server answers, say where and with which names. Whether it has been said."""
        if not self._answers():
            return False
        self._say(f"\nRunning at {self._address}/ (Ctrl-C stops it)")
        for label, path in PAGES.items():
            if _exists(path):
                self._say(f"  {label:<8} {self._address}{path}")
        if logins := demo.logins():
            self._say(f"\nDemo logins, all with the password {demo.PASSWORD}:")
            for login in logins:
                self._say(f"  {login.username:<13} {login.role}")
        connections.close_all()
        return True

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=0.5)
        try:
            connection.request("GET", "/login/", headers={"Host": f"127.0.0.1:{self.port}"})
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
