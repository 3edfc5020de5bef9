"""The description of the API: complete, the same as the committed file, for everybody, nothing from outside."""

import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from cases.states import MOVES
from tests.architecture.sources import BASE
from yuhu.api.urls import resources

COMMITTED = BASE / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def described() -> Any:
    return yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))


def test_the_committed_description_is_up_to_date_and_made_without_warnings(tmp_path):
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
    assert fresh.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8"), (
        "write it again: manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"
    )


def test_it_is_openapi_3_1_and_names_every_address(described):
    assert described["openapi"].startswith("3.1")
    assert len(described["paths"]) == len(resources) - 1
    assert set(described["paths"]["/api/v1/cases/"]) == {"get", "post"}


def test_every_move_describes_its_fields(described):
    for name, move in MOVES.items():
        operation = described["paths"][f"/api/v1/cases/{{number}}/moves/{name}/"]["post"]
        if not move.fields:
            assert "requestBody" not in operation, name
            continue
        ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        schema = described["components"]["schemas"][ref.rsplit("/", 1)[1]]
        assert set(schema["properties"]) == {field.name for field in move.fields}, name
        assert set(schema.get("required", [])) == {field.name for field in move.fields if field.required}, (
            name
        )


def test_errors_keys_and_versions_are_described(described):
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            statuses = set(operation["responses"])
            assert statuses >= {"401", "403", "429", "503"}, path
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in names) == (method == "post"), path
            assert ("If-Match" in names) == ("/moves/" in path), path
            if method == "post":
                assert statuses >= {"400", "409", "413", "415", "422"}, path
    assert "304" in described["paths"]["/api/v1/cases/{number}/"]["get"]["responses"]


def test_filters_of_the_contract_are_described(described):
    names = {one["name"] for one in described["paths"]["/api/v1/cases/"]["get"]["parameters"]}
    assert names >= {
        "state", "open", "overdue", "street", "community", "block", "category", "path", "unit", "severity", "channel",
        "reported_after", "reported_before", "q", "programme", "cursor", "page_size",
    }  # fmt: skip


@pytest.mark.django_db
def test_everybody_may_read_it_in_two_forms():
    as_yaml = Client().get("/api/schema/")
    assert as_yaml.status_code == 200
    assert "openapi" in as_yaml["Content-Type"]
    as_json = Client().get("/api/schema/", headers={"Accept": "application/json"})
    assert set(as_json.json()["paths"]) == set(yaml.safe_load(as_yaml.content)["paths"])
    assert Client().get("/api/schema/?lang=%00&version=x").status_code == 200


@pytest.mark.django_db
def test_the_pages_for_people_ask_nothing_from_outside_and_hold_nothing_inline():
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(addresses) >= 4
    assert [one for one in addresses if not one.startswith("/") or one.startswith("//")] == []
    script = Client().get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in script.content.decode()
    assert '"validatorUrl": null' in script.content.decode(), "no badge from outside"
    assert "default-src 'self'" in page["Content-Security-Policy"]
