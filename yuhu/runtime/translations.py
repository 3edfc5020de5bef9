"""Message catalogues: compiles them without gettext's programs, and finds what is missing in them.

``django.mo`` is built, not committed: polib does it on any machine, msgfmt would be one more thing to install.
Reading messages out of the sources needs xgettext (Debian: gettext), which only the check uses.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib

LANGUAGE = "zh_Hans"
SOURCES = ("yuhu", "blocks", "staffing", "duties", "cases", "services", "templates")
# Strings of packages that lack them in Chinese stand in our catalogue too, marked by this translator's comment.
FOREIGN = "third party:"
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|(?<!%)%[sd]|\{(\w*)\}")

Message = tuple[str, str]  # context and text


def catalogues(folders: Iterable[Path]) -> Iterator[Path]:
    """Every catalogue's source in the given locale folders."""
    for folder in folders:
        yield from sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))


def compile_stale(folders: Iterable[Path], *, every: bool = False) -> list[Path]:
    """Write ``.mo`` files older than their source (all with ``every``). Returns the sources compiled."""
    done = []
    for source in catalogues(folders):
        target = source.with_suffix(".mo")
        if every or not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            fresh = target.with_suffix(".mo.tmp")
            polib.pofile(str(source)).save_as_mofile(str(fresh))
            fresh.replace(target)  # a process that starts now reads the old or the new one, never a half
            done.append(source)
    return done


def problems(source: Path) -> list[str]:
    """What is wrong inside one catalogue: untranslated, fuzzy, double, or with other placeholders."""
    found = []
    seen: set[Message] = set()
    for entry in polib.pofile(str(source)):
        if entry.obsolete:
            continue
        where, key = f"{source}:{entry.linenum}: {entry.msgid[:60]!r}", (entry.msgctxt or "", entry.msgid)
        if key in seen:
            found.append(f"{where}: twice")
        seen.add(key)
        if entry.fuzzy:
            found.append(f"{where}: fuzzy")
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if not texts or not all(texts):
            found.append(f"{where}: not translated")
        elif any(_placeholders(text) - _placeholders(entry.msgid_plural or entry.msgid) for text in texts):
            found.append(f"{where}: a placeholder that the original does not have")
        elif not entry.msgid_plural and _placeholders(entry.msgid) - _placeholders(entry.msgstr):
            found.append(f"{where}: a placeholder of the original is missing")
    return found


def differences(source: Path, base: Path) -> list[str]:
    """Messages of the project's sources that the catalogue lacks, and entries that no source has any more."""
    entries = [entry for entry in polib.pofile(str(source)) if not entry.obsolete]
    known = {(entry.msgctxt or "", entry.msgid) for entry in entries}
    kept = {(entry.msgctxt or "", entry.msgid) for entry in entries if FOREIGN in entry.tcomment}
    wanted = extract(base)
    lacking = [
        f"not in {source.name}: {text[:80]!r} ({where})"
        for (c, text), where in wanted.items()
        if (c, text) not in known
    ]
    unused = [f"in no source: {text[:80]!r}" for context, text in sorted(known - kept - wanted.keys())]
    return lacking + unused


def extract(base: Path) -> dict[Message, str]:
    """Every message in the project's sources with its place, read by ``makemessages`` in a copy."""
    with tempfile.TemporaryDirectory() as copy:
        for name in SOURCES:
            if (base / name).is_dir():
                shutil.copytree(base / name, Path(copy, name), ignore=shutil.ignore_patterns("*.pyc", "data"))
        Path(copy, "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", f"--locale={LANGUAGE}", "--no-wrap"]
        # The copy has no settings, and makemessages needs none.
        bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        ran = subprocess.run(
            command, cwd=copy, env=bare, capture_output=True, text=True, timeout=120, check=False
        )
        if ran.returncode != 0:
            raise RuntimeError(f"makemessages failed: {ran.stderr.strip() or ran.stdout.strip()}")
        found = polib.pofile(str(Path(copy, "locale", LANGUAGE, "LC_MESSAGES", "django.po")))
        return {
            (entry.msgctxt or "", entry.msgid): ":".join(entry.occurrences[0]) if entry.occurrences else ""
            for entry in found
            if not entry.obsolete
        }


def _placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text)}
