"""The project's own files, for tests that read them. Leaves out what is installed, built or stored."""

from collections.abc import Iterator
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
# From low to high: an app may name the apps before it, never one after it.
LEVELS = (
    "journal",
    "blocks",
    "staffing",
    "duties",
    "cases",
    "services",
    "delivery",
    "dashboard",
    "api",
    "runtime",
)
PACKAGES = ("yuhu", "blocks", "staffing", "duties", "cases", "services")
_NOT_OURS = {".git", ".venv", ".hypothesis", "node_modules", "var", "dist", "__pycache__"}
_TEXT = {
    ".py", ".html", ".txt", ".xml", ".js", ".mjs", ".css", ".scss", ".md", ".toml", ".yaml", ".yml", ".json", ".po",
    ".csv", ".in", ".svg", "",
}  # fmt: skip


def files(*folders: str) -> Iterator[Path]:
    """Every file of ours under the given folders of the project (all of it without one)."""
    pending = [BASE / folder for folder in folders] or [BASE]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if path.name in _NOT_OURS or path.name.endswith("_cache"):
                continue
            if path.is_dir():
                pending.append(path)
            else:
                yield path


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    """Path (from the project's root) and content of every text file of ours."""
    for path in files(*folders):
        if (path.suffix in _TEXT and not path.name.startswith(".env")) or path.name == ".env.example":
            yield path.relative_to(BASE).as_posix(), path.read_text(encoding="utf-8")


def modules() -> Iterator[tuple[str, str]]:
    """Path and content of every Python module of the apps and the project, migrations excepted."""
    for name, text in texts(*(package for package in PACKAGES if (BASE / package).is_dir())):
        if name.endswith(".py") and "/migrations/" not in name:
            yield name, text
