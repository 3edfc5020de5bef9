"""The table of figures: each beside its limit and its target, on the terminal and in docs/performance.md."""

import datetime as dt
import platform
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"


@dataclass(frozen=True)
class Figure:
    """One line. ``held`` is None where there is no target, or where it could not be measured (``note`` says why)."""

    name: str
    measured: str
    limit: str
    target: str
    held: bool | None
    note: str = ""

    @property
    def mark(self) -> str:
        return {True: "yes", False: "NO", None: "–"}[self.held]


@dataclass
class Table:
    """All figures of a run."""

    settings: dict[str, str] = field(default_factory=dict)
    rows: list[Figure] = field(default_factory=list)

    def add(self, *figures: Figure) -> None:
        self.rows.extend(figures)

    @property
    def missed(self) -> list[Figure]:
        return [row for row in self.rows if row.held is False]

    def _cells(self) -> list[tuple[str, ...]]:
        head: tuple[str, ...] = ("figure", "measured", "limit beside it", "target", "held", "note")
        cells = [head]
        cells += [(row.name, row.measured, row.limit, row.target, row.mark, row.note) for row in self.rows]
        return cells

    def text(self) -> str:
        """For the terminal, in columns."""
        cells = self._cells()
        widths = [max(_width(row[place]) for row in cells) for place in range(5)]
        lines = []
        for row in cells:
            padded = (
                cell + " " * (width - _width(cell)) for cell, width in zip(row[:5], widths, strict=True)
            )
            lines.append("  ".join([*padded, row[5]]).rstrip())
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """For the document."""
        head, *rows = self._cells()
        lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
        lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
        facts = "; ".join(f"{name}: {value}" for name, value in self.settings.items())
        return f"Measured {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC. {facts}.\n\n" + "\n".join(lines)

    def write(self) -> None:
        """Put the table where the document has its marks."""
        text = DOCUMENT.read_text(encoding="utf-8")
        block = f"{BEGIN}\n{self.markdown()}\n{END}"
        changed = re.sub(f"{BEGIN}.*?{END}", lambda _match: block, text, flags=re.DOTALL)
        DOCUMENT.write_text(changed, encoding="utf-8")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def machine() -> dict[str, str]:
    """What everything runs on."""
    cpu, memory = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    facts = {"Python": platform.python_version(), "system": f"{platform.system()} {platform.release()}"}
    if cpu.exists():
        models = re.findall(r"model name\s*: (.*)", cpu.read_text())
        facts["processors"] = f"{len(models)} × {models[0]}" if models else "unknown"
    if memory.exists() and (found := re.search(r"MemTotal:\s*(\d+) kB", memory.read_text())):
        facts["memory"] = f"{int(found[1]) / 1024**2:.0f} GB"
    return facts


def ratio(one: list[float], other: list[float]) -> float:
    """The median of one over the median of the other."""
    return median(one) / median(other)
