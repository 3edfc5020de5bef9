"""The table of sentences: every kind that is journaled about a case has one, and odd data breaks none."""

import ast
import string

import pytest
from django.utils import translation

from cases import timeline
from cases.states import MOVES
from tests.architecture.sources import BASE, modules
from yuhu.kit.clock import LOCAL


def journaled() -> set[str]:
    """Every ``case.…`` kind that an action names."""
    found: set[str] = {move.event for move in MOVES.values()}
    for name, text in modules():
        if name.startswith("cases/actions/"):
            for node in ast.walk(ast.parse(text)):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and node.value.startswith("case.")
                ):
                    found.add(node.value)
    return found


def test_every_kind_that_is_journaled_has_a_sentence() -> None:
    kinds = journaled()
    assert len(kinds) > 25, "the search found the kinds"
    told = {key.partition(":")[0] for key in timeline.LINES}
    assert kinds - told == set()
    assert told - kinds == set(), "and no sentence is left of a kind that is gone"


@pytest.mark.parametrize("key", timeline.LINES)
def test_no_sentence_breaks_on_an_entry_without_data(key: str) -> None:
    with translation.override("en"):
        words = timeline.sentence(key.partition(":")[0], {}, zone=LOCAL)
    assert words
    assert "%(" not in words


@pytest.mark.parametrize("key", timeline.LINES)
def test_every_sentence_has_an_icon_of_the_sprite(key: str) -> None:
    sprite = (BASE / "static/img/icons.svg").read_text(encoding="utf-8")
    assert f'id="{timeline.LINES[key].icon}"' in sprite


def test_codes_become_words_and_moments_local_time() -> None:
    data = {"from": "evaluated", "to": "closed", "solved": "partly", "satisfaction": "basically_satisfied"}
    with translation.override("en"):
        assert timeline.sentence("case.rated", data, zone=LOCAL) == (
            "Rated by the reporter: Partly solved, Basically satisfied"
        )
        asked = timeline.sentence(
            "case.extension_requested", {"until": "2026-11-24T08:00:00+00:00"}, zone=LOCAL
        )
    assert asked == "Asked for more time until 2026-11-24 16:00"


def test_yes_and_no_have_their_own_sentences() -> None:
    with translation.override("en"):
        for kind, key in (("case.evaluated", "effective"), ("case.return_decided", "approved")):
            assert timeline.sentence(kind, {key: True}, zone=LOCAL) != timeline.sentence(
                kind, {key: False}, zone=LOCAL
            )


def test_a_kind_of_another_release_is_told_by_its_name() -> None:
    assert timeline.sentence("case.teleported", {}, zone=LOCAL) == "case.teleported"
    assert timeline.notes_of("case.teleported", {"reason": {"note": 7}}) == [7]


def test_notes_come_in_the_order_of_the_line_and_odd_ones_are_left_out() -> None:
    data = {"comment": {"note": 2}, "reason": {"note": 1}, "result": "text"}
    assert timeline.notes_of("case.handed_back", data) == [1, 2]


def test_every_blank_of_a_sentence_can_be_filled() -> None:
    """A blank that no entry ever fills would show a dash for ever."""
    known = {
        *(
            "receiver",
            "due_at",
            "until",
            "review_at",
            "code",
            "channel",
            "path",
            "before",
            "solved",
            "satisfaction",
        ),
        *("into", "step", "level", "role", "mediation", "outcome", "on", "due_on"),
        *("type", "score", "prepared"),
    }
    for line in timeline.LINES.values():
        plain = str(line.sentence).replace("%(", "{").replace(")s", "}")
        assert {name for _text, name, _spec, _conv in string.Formatter().parse(plain) if name} <= known
