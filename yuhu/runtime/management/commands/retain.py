"""``manage.py retain``: shows what is kept longer than its rule says; removes it only with ``--execute``.

Leaves to others: the rules (yuhu.runtime.retention).
"""

import argparse
import datetime as dt
import sys
import unicodedata
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from yuhu.kit import clock
from yuhu.runtime import retention


class Command(BaseCommand):
    """Safe to run twice, and to kill; exit code 1 when a rule failed, the others are done all the same."""

    help = "Show (default) or remove (--execute) what is kept longer than its rule says. Never the journal."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--execute", action="store_true", help="remove it")
        parser.add_argument("--only", action="append", metavar="RULE", help="this rule only; may be repeated")

    def handle(self, *args: Any, execute: bool, only: list[str] | None, **options: Any) -> None:
        at, rules = clock.now(), retention.rules()
        if unknown := set(only or ()) - {rule.name for rule in rules}:
            names = ", ".join(rule.name for rule in rules)
            raise CommandError(f"unknown: {', '.join(sorted(unknown))}; there are: {names}", returncode=2)
        chosen = [rule for rule in rules if not only or rule.name in only]
        self.quiet = int(options["verbosity"]) == 0
        self.failed: list[str] = []
        done = [self._remove(rule, at) if execute else rule.count(at) for rule in chosen]
        if not self.quiet:
            self._table(chosen, done, execute=execute)
        if self.failed:
            raise CommandError(f"failed: {', '.join(self.failed)}")

    def _remove(self, rule: retention.Rule, at: dt.datetime) -> int:
        removed = 0
        hidden = self.quiet or not sys.stderr.isatty()
        try:
            with tqdm(total=None if hidden else rule.count(at), desc=rule.name, disable=hidden) as bar:
                for number in rule.remove(at):
                    removed += number
                    bar.update(number)
        except Exception as problem:  # one rule's trouble must not keep what other rules are due to remove
            self.stderr.write(f"{rule.name}: {type(problem).__name__}: {problem}")
            self.failed.append(rule.name)
        return removed

    def _table(self, rules: list[retention.Rule], done: list[int], *, execute: bool) -> None:
        heading = _("removed") if execute else _("would be removed")
        rows = [(_("rule"), heading, _("kept for"), _("what"), _("source"))]
        rows += [
            (rule.name, f"{number:,}", _kept(rule.kept), str(rule.what), str(rule.source))
            for rule, number in zip(rules, done, strict=True)
        ]
        widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        if not execute:
            self.stdout.write(_("Nothing was removed: this was a dry run. --execute removes it."))


def _kept(kept: dt.timedelta) -> str:
    hours = int(kept.total_seconds() // 3600)
    if hours % 24 or not hours:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    return ngettext("%(number)d day", "%(number)d days", kept.days) % {"number": kept.days}


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
