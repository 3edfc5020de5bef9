"""Partners that hang, answer slowly or refuse: the house goes on, and in the end everybody has been told once."""

import contextlib
import io
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from tests.faults.clients import Answer, Caller, Watch, photo_form
from tests.faults.machines import Mould, System
from tests.faults.partners import MailServer, Mode, file_store, mail_server
from tests.runtime.machine import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.xdist_group("faults")]

REPORT = {"category": "0101", "description": "楼下垃圾堆了三天", "block": "43030200100101"}
REPORTS = 12
# A nudge takes milliseconds and a lost one a sweep; a worker that waited for a mail server would take 25 s and more.
SOON = 15.0
STATES = "from cases.models import Case; print(*Case.objects.values_list('state', flat=True))"
LEDGER = (
    "from yuhu.delivery.models import Delivery\n"
    "for r in Delivery.objects.filter(channel='email').select_related('user'):"
    " print(r.user.email, r.subject, r.entry_id, r.state, r.attempts)"
)
# After a failure a row waits for a minute and more; the drill does not.
HURRY = (
    "from yuhu.delivery.models import Delivery; from yuhu.kit import clock\n"
    "Delivery.objects.filter(state='pending').update(next_at=clock.now())"
)


@pytest.fixture(params=["production", "embedded"])
def cast(
    request: pytest.FixtureRequest, logs: Path
) -> Callable[..., contextlib.AbstractContextManager[System]]:
    """Starts a system of either kind, with these variables."""
    mould: Mould = request.getfixturevalue("mould" if request.param == "production" else "embedded_mould")

    @contextmanager
    def started(**variables: str) -> Iterator[System]:
        with mould.cast(logs, **variables) as system:
            system.start()
            yield system

    return started


@pytest.mark.parametrize("mode", ["hangs", "slow", "refuses"])
def test_a_mail_server_that_does_not_do_its_work_holds_up_nothing_else(
    cast, mode: Mode, rng: random.Random
) -> None:
    with mail_server() as server, cast(EMAIL_URL=f"smtp://127.0.0.1:{server.port}") as system:
        server.mode = mode
        watch = Watch(slowest_allowed=10)
        with contextlib.closing(Caller(system.port, "governor", watch, rng)) as governor:
            governor.log_in()
            numbers = [report(governor, f"first-{number}") for number in range(REPORTS)]
            wait_until(lambda: server.talks, seconds=60, what="the mail server is asked")
            # While its worker waits for the server, the others do theirs.
            for number in range(3):
                made = report(governor, f"second-{number}")
                wait_until(
                    partial(dispatched, governor, f"/api/v1/cases/{made}/"),
                    seconds=SOON,
                    what="dispatched meanwhile",
                )
                numbers.append(made)
        assert watch.faults == []
        if mode != "slow":
            assert not server.mails
            assert server.talks < 3 * REPORTS, "a server that fails is left alone"
        server.mode = "works"
        everybody_told_once(system, server, numbers)


def report(caller: Caller, key: str) -> str:
    answer = caller.post("/api/v1/cases/", REPORT, key=key)
    assert answer.status == 201, answer.body
    number: str = answer.json["number"]
    return number


def dispatched(caller: Caller, path: str) -> bool:
    state: str = caller.get(path).json["state"]
    return state != "reported"


def everybody_told_once(system: System, server: MailServer, numbers: list[str]) -> None:
    """Each row of the ledger is sent in the end, none is given up, and no notice has two rows."""

    def left() -> list[str]:
        system.python(HURRY)
        return [line for line in system.python(LEDGER).splitlines() if line.split()[3] != "sent"]

    deadline = time.monotonic() + 200
    while waiting := left():
        assert time.monotonic() < deadline, waiting
        time.sleep(2)
    lines = [line.split() for line in system.python(LEDGER).splitlines()]
    ledger = Counter((mail, subject, entry) for mail, subject, entry, _state, _attempts in lines)
    assert {subject for _mail, subject, _entry in ledger} >= set(numbers)
    assert set(ledger.values()) == {1}
    assert max(int(attempts) for *_rest, attempts in lines) <= 8
    sent = Counter((mail, subject) for mail, subject, *_rest in lines)
    lost = {key: count for key, count in sent.items() if server.mails[key] < count}
    assert lost == {}, f"in the ledger {dict(sent)}, taken {dict(server.mails)}"


def upload(caller: Caller, number: str, key: str) -> Answer:
    """A photo for the case, tried once."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "JPEG")
    body, kind = photo_form(picture.getvalue())
    headers = {
        "Content-Type": kind,
        "X-CSRFToken": caller.cookies["csrftoken"],
        "Idempotency-Key": key,
    }
    return caller.ask("POST", f"/api/v1/cases/{number}/attachments/", body, headers)


@pytest.mark.parametrize("mode", ["hangs", "refuses"])
def test_a_store_of_files_that_does_not_do_its_work_costs_photos_and_nothing_else(
    cast, mode: Mode, rng: random.Random
) -> None:
    with file_store() as store, cast(FILES_URL=store.url) as system:
        watch = Watch(slowest_allowed=20)
        with contextlib.closing(Caller(system.port, "governor", watch, rng)) as governor:
            governor.log_in()
            number = report(governor, "photos")
            store.mode = mode
            for attempt in range(3):
                answer = upload(governor, number, f"away-{attempt}")
                assert answer.status == 503
                assert answer.json["errors"][0]["code"] == "files_unavailable"
            report(governor, "without-photos")
            assert governor.get(f"/api/v1/cases/{number}/attachments/").json["results"] == []
            store.mode = "works"
            wait_until(
                lambda: upload(governor, number, "back").status == 201,
                seconds=60,
                what="photos are stored again",
            )
            (row,) = governor.get(f"/api/v1/cases/{number}/attachments/").json["results"]
            assert row["stage"] == "before"
        assert watch.faults == []
