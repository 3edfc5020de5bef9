"""What starts the system: units, Compose and people run the commands of the Procfile, in closed surroundings."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from tests.architecture.sources import BASE

DEPLOY = BASE / "deploy"
UNITS = DEPLOY / "systemd"
LINE = re.compile(r"^([a-z_-]+): (.+)$", re.MULTILINE)
PROCFILE = dict(LINE.findall((BASE / "Procfile").read_text(encoding="utf-8")))
JOBS = dict(LINE.findall((DEPLOY / "Jobfile").read_text(encoding="utf-8")))
RUNNING = PROCFILE.keys() - {"release"}


class Keys(configparser.RawConfigParser):
    """Names of a unit's keys are not folded, and keys may come again."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(name: str) -> Keys:
    parser = Keys(strict=False, interpolation=None)
    parser.read_string((UNITS / name).read_text(encoding="utf-8"))
    return parser


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of what ``deploy/run`` reads, with programs that only tell how they were called."""
    for name in ("Procfile", "deploy/run", "deploy/Jobfile"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(BASE / name, tmp_path / name)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("gunicorn", "celery", "python"):
        (programs / name).write_text('#!/bin/sh\necho "$$ $(basename "$0") $*"\n')
        (programs / name).chmod(0o755)
    return tmp_path


def run(place: Path, name: str, **more: str) -> tuple[int, list[str], str]:
    """Process number of the shell that was started, and what the programs told."""
    environment = {"PATH": os.environ["PATH"], **more}
    with subprocess.Popen(
        [place / "deploy" / "run", name],
        cwd="/", env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    return process.pid, [line.partition(" ")[2] for line in out.splitlines()], out.split()[0]


def expanded(command: str, **values: str) -> str:
    """A line of the Procfile as its shell reads it."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda match: values.get(match[1], match[2]), command)


@pytest.mark.parametrize("name", sorted({*PROCFILE, *JOBS}))
def test_run_starts_the_very_command_and_takes_its_place(place, name):
    command = (PROCFILE | JOBS)[name]
    pid, told, first = run(place, name)
    assert told == expanded(command).split(" && ")
    if "&&" not in command:
        assert first == str(pid), "the program has the number that gets the signals"


def test_run_reads_the_variables_of_its_surroundings(place):
    _pid, told, _first = run(place, "web", WEB_WORKERS="7", PORT="9000")
    assert told == [expanded(PROCFILE["web"], WEB_WORKERS="7", PORT="9000")]
    assert "--workers 7" in told[0]


def test_run_refuses_what_it_does_not_know(place):
    for name in ("nonsense", ".*", "web|release"):
        done = subprocess.run([place / "deploy/run", name], capture_output=True, text=True, check=False)
        assert done.returncode == 2, name


def test_units_start_every_process_of_the_procfile_and_nothing_else():
    wants = " ".join(re.findall(r"^Wants=(.*)$", (UNITS / "yuhu.target").read_text(), re.MULTILINE)).split()
    assert {name for name in wants if "@" in name} == {f"yuhu@{process}.service" for process in RUNNING}
    timers = {path.name for path in UNITS.glob("*.timer")}
    assert (
        timers == {f"yuhu-{job}.timer" for job in JOBS} == {name for name in wants if name.endswith(".timer")}
    )
    for job in JOBS:
        assert unit(f"yuhu-{job}.timer")["Timer"]["Unit"] == f"yuhu-job@{job}.service"
    for path in UNITS.glob("*.service"):
        assert unit(path.name)["Service"]["ExecStart"] == "/opt/yuhu/deploy/run %i", path.name


@pytest.mark.parametrize("name", ["yuhu@.service", "yuhu-job@.service"])
def test_units_are_closed_in(name):
    service = unit(name)["Service"]
    assert service["User"] == "yuhu"
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables"):
        assert service[key] == "true", key
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    assert service["EnvironmentFile"] == "/etc/yuhu/yuhu.env"


def test_stopping_gives_the_web_server_the_time_that_it_asks_for():
    (graceful,) = map(int, re.findall(r"--graceful-timeout (\d+)", PROCFILE["web"]))
    service = unit("yuhu@.service")["Service"]
    assert int(service["TimeoutStopSec"]) > graceful
    assert (service["KillMode"], service["Restart"]) == ("mixed", "always")
    assert int(compose()["services"]["web"]["stop_grace_period"].removesuffix("s")) > graceful


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_reads_the_units_without_complaint(tmp_path):
    for path in UNITS.iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/yuhu/deploy/run", str(DEPLOY / "run"))
        (tmp_path / path.name).write_text(text)
    names = [
        "yuhu.target",
        *(f"yuhu-{job}.timer" for job in JOBS),
        "yuhu@web.service",
        "yuhu-job@backup.service",
    ]
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in names)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.strip()) == (0, ""), done.stderr


def test_compose_starts_every_process_of_the_procfile_through_the_image():
    services = compose()["services"]
    ours = {name: one for name, one in services.items() if one["image"] == "yuhu"}
    assert ours.keys() == PROCFILE.keys() | JOBS.keys()
    for name, one in ours.items():
        assert one["command"] == [name], "an argument of deploy/run"
        assert "entrypoint" not in one
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in one["security_opt"]
        assert (one.get("profiles") == ["jobs"]) == (name in JOBS)
    assert 'ENTRYPOINT ["deploy/run"]' in (DEPLOY / "Dockerfile").read_text()


def test_compose_waits_for_what_a_process_needs():
    services = compose()["services"]
    for name in RUNNING:
        conditions = {what: one["condition"] for what, one in services[name]["depends_on"].items()}
        assert conditions == {
            "database": "service_healthy",
            "redis": "service_healthy",
            "release": "service_completed_successfully",
        }
        assert services[name]["restart"] == "unless-stopped"
    for name in ("database", "redis", "web"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert services["release"]["restart"] == "no"
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"], "open to this machine only"


def test_every_volume_and_key_of_compose_is_known():
    """Without an engine the file is checked by hand: names of keys, and that what is used is declared."""
    known = {
        "image", "build", "env_file", "environment", "volumes", "read_only", "tmpfs", "cap_drop", "security_opt",
        "init", "restart", "depends_on", "command", "ports", "stop_grace_period", "healthcheck", "profiles",
    }  # fmt: skip
    content = compose()
    assert {key for key in content if not key.startswith("x-")} == {"name", "services", "volumes"}
    used = set()
    for one in content["services"].values():
        assert one.keys() <= known
        used |= {volume.split(":")[0] for volume in one.get("volumes", [])}
        assert set(one.get("depends_on", {})) <= content["services"].keys()
    assert used == set(content["volumes"])


def test_the_image_is_small_nobodys_and_without_secrets():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert text.count("FROM debian:12-slim") == 2
    assert re.search(r"^USER yuhu$", text, re.MULTILINE)
    ignored = (BASE / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".env", "var", ".git", ".venv"} <= set(ignored)
    for match in re.finditer(r"^COPY (?!--from)(.+) \./?$", text, re.MULTILINE):
        for pattern in match[1].split():
            assert pattern == "." or list(BASE.glob(pattern)), pattern


def test_the_proxy_takes_photos_and_lets_nobody_lie_about_his_address():
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (megabytes,) = map(int, re.findall(r"client_max_body_size (\d+)m", text))
    assert megabytes >= 9 * 20
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in text
    assert re.search(r"location = /metrics \{\s+return 404;", text)
    assert text.count("{") == text.count("}")


@pytest.mark.django_db
def test_alarms_ask_for_numbers_that_are_told(client: Client, settings, tmp_path):
    from tests.world import AT
    from yuhu.journal import heads
    from yuhu.runtime import server

    assert server.SHED._name, (
        "what the web server itself counts is declared by its module, which only a server loads"
    )
    settings.REDIS_URL = ""
    settings.BACKUP_DIR = tmp_path
    (tmp_path / "yuhu-1.yuhubak").touch()
    heads.append(Path(settings.JOURNAL_HEAD_FILE), heads.Head(AT, 1, "0" * 64))
    told = client.get("/metrics").content.decode()
    declared = set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))
    rules = yaml.safe_load((DEPLOY / "prometheus-rules.yml").read_text(encoding="utf-8"))["groups"][0][
        "rules"
    ]
    assert len(rules) > 10
    for rule in rules:
        assert {"alert", "expr", "labels", "annotations"} <= rule.keys()
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["expr"].count("(") == rule["expr"].count(")")
        for name in re.findall(r"\b(?:yuhu|django)_\w+", rule["expr"]):
            known = {name, name.removesuffix("_total"), name.removesuffix("_bucket")}
            assert known & declared, name


def test_logs_are_kept_for_six_months_at_least():
    keeps = [
        re.search(r"MaxRetentionSec=(\d+)day", (DEPLOY / "journald-yuhu.conf").read_text()),
        re.search(r"rotate (\d+)\n", (DEPLOY / "logrotate-yuhu").read_text()),
    ]
    assert [int(match[1]) >= 184 for match in keeps if match] == [True, True]


def test_python_of_the_image_is_the_one_that_is_tested():
    assert sys.version_info[:2] == (3, 11)
    assert "python3.11" in (DEPLOY / "Dockerfile").read_text()
