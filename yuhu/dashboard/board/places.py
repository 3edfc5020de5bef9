"""The map: every block of an area in the class of its value, the same as a table, and open cases as points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from blocks.figures import block_names
from cases.figures.indicators import By, Indicator, Unit, spread
from cases.figures.indicators.choice import OF_PARTS, added
from cases.figures.indicators.reading import figure_of
from yuhu.dashboard.board import formulas, readings, tables
from yuhu.dashboard.board.area import Board, Shown
from yuhu.dashboard.board.readings import NO_DATA, Told
from yuhu.dashboard.board.tables import Cell, Column, Row, Table
from yuhu.kit import clock
from yuhu.kit.scope import BLOCK, COMMUNITY, DISTRICT, STREET

USUAL = "registered"
CLASSES = 5
SMALL, NONE = "small", "none"
# Where a click into a block leads: one level down.
_DOWN = {DISTRICT: STREET, STREET: COMMUNITY, COMMUNITY: BLOCK, BLOCK: BLOCK}


@dataclass(frozen=True)
class Class:
    """A class of values, as the legend says it: 1 is the lowest. ``tone`` names colour and border."""

    tone: str
    words: str
    blocks: int
    number: int | None = None


@dataclass(frozen=True)
class Classed:
    """The blocks of an area by code: names, values, and in which class each lies. ``outlines``: where they are."""

    names: Mapping[str, str]
    told: Mapping[str, Told]
    tones: Mapping[str, str]
    legend: list[Class]
    outlines: str

    def mark(self, code: str) -> str:
        """The number of the block's class, as the map and its legend write it; "" outside of the classes."""
        numbers = {one.tone: one.number for one in self.legend if one.number}
        return str(numbers.get(self.tones[code], ""))


def places(board: Board) -> Shown:
    """The counts of all blocks in the period, and their names."""
    one = OF_PARTS[board.kept.get("indicator", USUAL)]
    found = classed(board, one)
    return Shown(
        {"blocks": blocks_table(board, one, found)},
        {
            "one": one,
            "explained": board.explained(one.key),
            "indicators": [(key, other.name, key == one.key) for key, other in OF_PARTS.items()],
            "blocks_url": found.outlines,
            "points_url": reverse("board-points", args=[board.area]),
            "fills": {code: _fill(board, found, code) for code in found.names},
            "legend": found.legend,
        },
    )


def classed(board: Board, one: Indicator) -> Classed:
    """One indicator of every block in the period, put into classes."""
    names = block_names(board.area, clock.local_date(board.viewer.at)) or {board.area: board.ground.name}
    counts = spread(board.question, By.BLOCK, {"now": board.chosen.days.period})["now"]
    # An area without blocks is told as a whole.
    nothing, whole = added([]), {board.area: added(list(counts.values()))}
    told = {
        code: Told(figure_of(one, counts.get(code) or whole.get(code) or nothing, board.asked(code)["now"]))
        for code in names
    }
    borders = classes_of(
        [value.drawn for value in told.values() if value.drawn is not None and not value.is_small]
    )
    tones = {code: _tone(value, borders) for code, value in told.items()}
    street = board.area[:STREET] if len(board.area) >= STREET else ""
    url = reverse("api:block-map")
    outlines = f"{url}?street={street}" if street else url
    return Classed(names, told, tones, legend_of(one, borders, list(tones.values())), outlines)


def classes_of(values: Sequence[Decimal]) -> list[Decimal]:
    """The upper borders of at most ``CLASSES`` classes of about as many blocks each; equal values share a class."""
    ordered = sorted(values)
    if not ordered:
        return []
    cuts = [
        ordered[min(len(ordered) - 1, -(-len(ordered) * part // CLASSES) - 1)]
        for part in range(1, CLASSES + 1)
    ]
    return sorted(set(cuts))


def _tone(told: Told, borders: Sequence[Decimal]) -> str:
    """ "step1" to "step5", the highest last; few classes use the whole scale."""
    if told.drawn is None:
        return NONE
    if told.is_small:
        return SMALL
    place = next(index for index, border in enumerate(borders) if told.drawn <= border)
    return f"step{_step(place, len(borders))}"


def _step(place: int, number: int) -> int:
    return 1 + place if number in (1, CLASSES) else 1 + round(place * (CLASSES - 1) / (number - 1))


def legend_of(one: Indicator, borders: Sequence[Decimal], tones: Sequence[str]) -> list[Class]:
    """The classes in words and numbers, each with how many blocks it holds."""
    found: list[Class] = []
    unit = "%" if one.unit is Unit.RATIO else ""
    for place, border in enumerate(borders):
        tone = f"step{_step(place, len(borders))}"
        if place:
            words = _("more than %(low)s up to %(high)s") % {
                "low": f"{readings.plain(borders[place - 1])}{unit}",
                "high": f"{readings.plain(border)}{unit}",
            }
        else:
            words = _("up to %(high)s") % {"high": f"{readings.plain(border)}{unit}"}
        found.append(Class(tone, words, tones.count(tone), place + 1))
    others = ((SMALL, _("few cases, not ranked")), (NONE, _("no data")))
    return [*found, *(Class(tone, words, tones.count(tone)) for tone, words in others if tone in tones)]


def _fill(board: Board, found: Classed, code: str) -> dict[str, str]:
    """What the map says of a block, and where a click leads: one level down."""
    told, tone = found.told[code], found.tones[code]
    base = f" ({told.base})" if told.base else ""
    below = code[: _DOWN[len(board.area)]]
    return {
        "tone": tone,
        "mark": found.mark(code),
        "label": f"{found.names[code]}: {told.text}{base}",
        "url": board.url(area=below) if below != board.area else "",
    }


def blocks_table(board: Board, one: Indicator, found: Classed) -> Table:
    """The blocks in the order of their values: the map's twin, with the same links."""
    rows = []
    for code, name in found.names.items():
        value, mark = found.told[code], found.mark(code)
        grey = "small" if found.tones[code] == SMALL else ""
        cells = (
            Cell(value.text, value.drawn, board.explained(one.key, code), tone=grey),
            *_parts(one, value),
            tables.text(mark or NO_DATA),
        )
        url = board.url(area=code) if code != board.area else ""
        rows.append(Row(code, name, cells, url, is_small=bool(grey)))
    parts = (Column(_("Numerator")), Column(_("Denominator"))) if one.denominator else ()
    return Table(
        key="blocks",
        title=_("%(indicator)s by block") % {"indicator": one.name},
        head=_("Block"),
        columns=(Column(str(one.name)), *parts, Column(_("Class"))),
        rows=tables.ranked(rows, 0, best_first=formulas.wanted(one.key) != "down"),
        is_ranked=True,
    )


def _parts(one: Indicator, told: Told) -> tuple[Cell, ...]:
    """Numerator and denominator; a count is its own."""
    if not one.denominator:
        return ()
    where = tables.list_url(told.behind) if told.now.denominator else ""
    return tables.count(told.now.numerator), tables.count(told.now.denominator, where)
