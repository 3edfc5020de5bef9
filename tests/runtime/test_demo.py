"""The demo's logins are shown where the demo is, and nowhere else."""

import pytest
from django.contrib.auth import get_user_model

from yuhu.runtime import demo

pytestmark = pytest.mark.django_db


def person(name: str, password: str, **more: object) -> None:
    user = get_user_model()(username=name, **more)
    user.set_password(password)
    user.save()


def test_an_empty_database_has_no_logins_and_may_be_filled():
    assert demo.is_empty()
    assert demo.logins() == []


def test_the_demo_shows_those_of_its_people_that_are_there():
    person("governor", demo.PASSWORD)
    person("auditor", demo.PASSWORD)
    person("admin", demo.PASSWORD, is_active=False)
    assert [login.username for login in demo.logins()] == ["governor", "auditor"]
    assert not demo.is_empty()


def test_a_real_person_with_a_demo_name_is_not_shown():
    person("governor", "another long password")
    assert demo.logins() == []


def test_every_role_of_the_demo_has_its_sentence():
    block = "governor assistant supervisor governor2"
    expected = f"{block} handler dispatcher coordinator streetleader mediator department leader auditor admin"
    assert list(demo.LOGINS) == expected.split()
