"""The first data of a district and the first person, without a shell: ``load_reference``, ``first_administrator``."""

import io

import pytest
from django.core.management import CommandError, call_command

from cases.models import Category
from services.models import ServiceItem
from staffing.actions import change_password
from staffing.models import Membership, Unit, User
from tests.world import AT
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry

PASSWORD = "a long pass phrase 2026"


def first_administrator(monkeypatch, password: str = PASSWORD, **options: str) -> str:
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("first_administrator", "chen.wei", name="陈伟", stdout=said, **options)
    return said.getvalue()


def test_each_command_says_what_must_come_before(db, monkeypatch):
    with pytest.raises(CommandError, match="load_areas DIRECTORY first"):
        call_command("load_reference")
    with pytest.raises(CommandError, match="load_areas and load_reference first"):
        first_administrator(monkeypatch)


def test_from_an_empty_database_to_somebody_who_may_work(client, db, monkeypatch):
    call_command("load_areas", stdout=io.StringIO())
    for expected in ("units made", "0 units made"):
        said = io.StringIO()
        call_command("load_reference", "--starts-on=2026-12-01", stdout=said)
        assert expected in said.getvalue()
    assert Unit.objects.count() > 100
    assert Category.objects.count() == 72
    assert ServiceItem.objects.filter(effective_from="2026-12-01").count() == 18

    assert "chen.wei is system administrator" in first_administrator(monkeypatch)
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert not user.is_superuser
    kinds = Entry.objects.filter(actor_id=None, kind__in=["user.created", "unit.joined"])
    assert kinds.count() == 2
    client.force_login(user)
    assert client.get("/admin/staffing/user/")["Location"].startswith("/password/"), "first an own password"
    change_password(user=user, password="another long pass phrase", at=AT, actor=SYSTEM)
    client.force_login(User.objects.get())
    assert client.get("/admin/staffing/user/").status_code == 200, "gives accounts to the others"


def test_it_is_no_way_around_the_desk(db, world, monkeypatch):
    with pytest.raises(CommandError, match="already"):
        first_administrator(monkeypatch)
    assert not User.objects.filter(username="chen.wei").exists()


@pytest.mark.parametrize("password", ["", "short", "123456789012345"])
def test_a_weak_password_makes_nobody(db, world, monkeypatch, password):
    Membership.objects.filter(role=Membership.Role.SYSTEM_ADMIN).delete()
    with pytest.raises(CommandError):
        first_administrator(monkeypatch, password)
    assert not User.objects.filter(username="chen.wei").exists()
