"""``manage.py first_administrator NAME``: an account with the system administrator's seat, on a system that has none.

Everybody else is given accounts and seats at the desk by this person. Refuses when somebody holds the seat already:
this is no way around the desk. The password is asked for, or read from standard input, never taken as an argument,
where everybody on the machine and the shell's history would see it.
"""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from staffing.actions import create_account, join
from staffing.models import Membership, Unit
from yuhu.journal.actions import SYSTEM
from yuhu.kit import clock
from yuhu.kit.exceptions import Refusal

ROLE = Membership.Role.SYSTEM_ADMIN


class Command(BaseCommand):
    """Account and seat together, or neither."""

    help = "Make the first system administrator (password from the terminal or standard input)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="log-in name: small letters, digits, dots, hyphens")
        parser.add_argument("--name", required=True, help="the person's name, such as 陈伟")
        parser.add_argument("--phone", default="", help="for people who look for him or her")

    def handle(self, *args: Any, username: str, name: str, phone: str, **options: Any) -> None:
        centre = Unit.objects.filter(kind=Unit.Kind.DISTRICT).first()
        if centre is None:
            raise CommandError("There are no units yet: run load_areas and load_reference first.")
        password = _ask()
        at = clock.now()
        today = clock.local_date(at)
        try:
            with transaction.atomic():
                # Two who run this at once stand in line here, and the second is refused.
                Unit.objects.select_for_update().get(pk=centre.pk)
                if Membership.objects.not_over(today).filter(role=ROLE, user__is_active=True).exists():
                    raise CommandError(
                        "There is a system administrator already: he or she gives accounts at the desk."
                    )
                facts = {"name": name, "phone": phone}
                user = create_account(username=username, password=password, facts=facts, at=at, actor=SYSTEM)
                join(unit=centre, user=user, role=ROLE, starts_on=today, at=at, actor=SYSTEM)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.username} is system administrator of {centre.name} from today on.")


def _ask() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise CommandError("These were two different passwords: nothing was made.")
    return password
