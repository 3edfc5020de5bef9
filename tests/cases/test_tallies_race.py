"""Two folds at the same moment add every case once; the command makes tallies anew, or tells where they differ."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from cases.actions.tallies import folding
from cases.models import Tally, TallyState
from tests.journal_flush import install_flush_guard
from tests.together import at_once, meeting_after
from tests.world import AT, World, a_closed
from yuhu.journal.actions import relay

install_flush_guard()


def told() -> list[tuple[str, int]]:
    return sorted(Tally.objects.filter(by="whole", closed__gt=0).values_list("area", "closed"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_journal_is_whole")
class TestRace:
    @pytest.fixture
    def waiting(self, cast: World) -> World:
        """A closed case in the feed that nobody has folded."""
        while folding.fold(at=AT):
            pass
        a_closed(cast)
        while relay(at=AT):
            pass
        return cast

    def test_two_folds_add_a_case_once(self, waiting: World, monkeypatch: pytest.MonkeyPatch) -> None:
        results = at_once(*[lambda: folding.fold_feed(limit=1000)] * 2)
        assert 0 in results
        assert {closed for _area, closed in told()} == {1}

    def test_control_without_the_lock_it_is_added_twice(
        self, waiting: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(folding, "_locked", TallyState.objects.get)
        monkeypatch.setattr(folding, "_now", meeting_after(folding._now))
        at_once(*[lambda: folding.fold_feed(limit=1000)] * 2)
        assert {closed for _area, closed in told()} == {2}


@pytest.mark.django_db
class TestCommand:
    def test_it_makes_them_anew(self, world: World) -> None:
        a_closed(world)
        call_command("rebuild_tallies", verbosity=0)
        assert TallyState.objects.get().is_whole
        assert len(told()) == 4, "district, street, community, block"
        call_command("rebuild_tallies", "--check", verbosity=0)

    def test_it_tells_where_they_differ_and_changes_nothing(self, world: World) -> None:
        a_closed(world)
        call_command("rebuild_tallies", verbosity=0)
        Tally.objects.filter(area=world.b1.code, by="whole").update(closed=F("closed") + 7)
        Tally.objects.filter(area=world.b1.code[:9], by="category").delete()
        wrong, said = told(), StringIO()
        with pytest.raises(CommandError, match=r"numbers differ\. Run this command without --check"):
            call_command("rebuild_tallies", "--check", verbosity=0, stdout=said)
        assert f"{world.b1.code} whole" in said.getvalue()
        assert "closed is 8, the cases say 1" in said.getvalue()
        assert "closed is 0, the cases say 1" in said.getvalue()
        assert told() == wrong
