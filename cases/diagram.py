"""The table of the loop as Markdown: states, the diagram of arrows, and every move with what it asks for.

docs/architecture.md carries the result between two marks (``manage.py render_states``), so that the page can never
say something else than ``states.MOVES``. Pure: no database, no clock, no file.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils import translation
from django.utils.functional import Promise

from cases.states import FINAL, MOVES, PHASE, Field, Move, State, edges

BEGIN, END = "<!-- states:begin -->", "<!-- states:end -->"
FIRST = State.REPORTED


class MarksMissing(ValueError):
    """The page has not exactly one place for the diagram."""


def render() -> str:
    """Everything between the marks, with English names and Chinese labels whatever language is active."""
    return "\n".join([*_states(), "", *_diagram(), "", *_moves()])


def placed(page: str) -> str:
    """``page`` with what stands between its marks replaced by the table as it is now.

    Raises:
        MarksMissing: the marks are not there, or twice.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise MarksMissing(f"{BEGIN} and {END} must stand in the page once each")
    head, _begin, rest = page.partition(BEGIN)
    _old, _end, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{render()}\n{END}{tail}"


def chinese(label: str | Promise) -> str:
    """The label as pages show it by default."""
    with translation.override("zh-hans"):
        return str(label)


def english(label: str | Promise) -> str:
    """The label as it stands in the code."""
    with translation.override("en"):
        return str(label)


def _states() -> Iterator[str]:
    yield "| state | 中文 | in English | phase |"
    yield "| --- | --- | --- | --- |"
    for state in State:
        phase = PHASE[state].label
        names = f"{chinese(state.label)} | {english(state.label)}"
        yield f"| `{state.value}` | {names} | {english(phase)} {chinese(phase)} |"


def _diagram() -> Iterator[str]:
    """Arrows that change the state; moves that stay are in the table only."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f'    state "{chinese(state.label)} {state.value}" as {state.value}'
    yield f"    [*] --> {FIRST.value}: report"
    for (source, target), names in _arrows().items():
        yield f"    {source.value} --> {target.value}: {', '.join(names)}"
    for state in State:
        if state in FINAL:
            yield f"    {state.value} --> [*]"
    yield "```"


def _arrows() -> dict[tuple[State, State], list[str]]:
    arrows: dict[tuple[State, State], list[str]] = defaultdict(list)
    for source, name, target in edges():
        if source != target:
            arrows[source, target].append(name)
    order = list(State)
    return dict(sorted(arrows.items(), key=lambda item: [order.index(end) for end in item[0]]))


def _moves() -> Iterator[str]:
    yield "| from | move | to | who | needs | clocks |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for move in MOVES.values():
        cells = (
            _codes(_in_order(move.sources)),
            f"`{move.name}` {chinese(move.label)}",
            _codes(state.value for state in move.to) or "stays",
            _codes(sorted(relation.value for relation in move.who)),
            _needs(move),
            move.clocks or "–",
        )
        yield f"| {' | '.join(cells)} |"


def _needs(move: Move) -> str:
    """Required fields, optional ones in brackets, and the guards that must hold."""
    fields = ", ".join([_field(field) for field in move.fields])
    guards = f"if {_codes(move.guards)}" if move.guards else ""
    return "; ".join(part for part in (fields, guards) if part) or "–"


def _field(field: Field) -> str:
    return f"`{field.name}`" if field.required else f"[`{field.name}`]"


def _in_order(states: Iterable[State]) -> list[str]:
    wanted = set(states)
    return [state.value for state in State if state in wanted]


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
