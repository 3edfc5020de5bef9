"""The front-end packages: exact versions, and a lock file that any mirror of the registry can serve."""

import json
import re

from django.conf import settings

LOCK = json.loads((settings.BASE_DIR / "package-lock.json").read_text())
ABOUT = json.loads((settings.BASE_DIR / "package.json").read_text())


def test_every_package_is_asked_for_in_one_exact_version():
    wanted = {**ABOUT["dependencies"], **ABOUT["devDependencies"]}
    assert wanted
    assert {
        name: version for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    } == {}


def test_the_lock_names_a_checksum_for_every_package_and_a_host_for_none():
    packages = {name: facts for name, facts in LOCK["packages"].items() if name}
    assert len(packages) > 20
    assert [name for name, facts in packages.items() if not facts.get("integrity")] == []
    assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_the_lock_is_that_of_the_package_file():
    assert LOCK["packages"][""]["dependencies"] == ABOUT["dependencies"]
    assert LOCK["packages"][""]["devDependencies"] == ABOUT["devDependencies"]
