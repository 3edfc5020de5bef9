"""A case's own page: where it stands, what was reported and done, what this person may do now, and its story."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import routing, timeline
from cases.forms import MoveForm, PhotoTray
from cases.models import AgendaItem, Attachment, Case, CaseRequest, Meeting, Note, WhistleCall
from cases.policies import MACHINES, Look, Offer, may_erase, may_unmask, offers
from cases.policies.meetings import TO_MEET_ABOUT, may_convene
from cases.policies.whistles import may_ask
from cases.states import Move, Path, Step
from cases.views.photos import Picture, pictures
from cases.views.visible import visible_case
from staffing.middleware import StaffRequest
from staffing.models import Finding, Unit
from staffing.posts import CAPABILITIES, Capability
from yuhu.journal.models import Entry
from yuhu.kit import clock

# What the person most likely came for stands first and open.
FIRST = (
    *("decide-return", "decide-extension", "decide-suspension", "evaluate", "sign", "hand-back"),
    *("solve-on-spot", "dispatch", "resume"),
)
_DECIDES = {"decide-return": "return", "decide-extension": "extension", "decide-suspension": "suspension"}


@dataclass
class Todo:
    """One move as the page offers it: a form, or the link to the page that has its form."""

    move: Move
    form: MoveForm
    is_open: bool = False
    kept: list[Any] = field(default_factory=list)
    asked: "Asked | None" = None

    @property
    def draft(self) -> str:
        """Under which name the device keeps what is typed."""
        return f"{self.move.name}-{self.form.case.number}"

    @property
    def is_link(self) -> bool:
        """Its form lists units or people, which are looked up only when it is wanted."""
        return self.form.needs_rows and not self.is_open


@dataclass
class Asked:
    """A request that awaits a decision."""

    request: CaseRequest
    reason: str


@dataclass
class Happening:
    """One line of the case's story."""

    kind: str
    at: dt.datetime
    title: str
    actor: str
    post: str
    icon: str
    tone: str
    text: str = ""
    photos: list[Picture] = field(default_factory=list)


@dataclass
class Opened:
    """The one move whose form is unfolded, as it came back or was asked for."""

    name: str
    form: MoveForm | None = None
    tray: PhotoTray | None = None


@dataclass
class Notice:
    """What the page says first when a step was not carried out."""

    tone: str
    text: str | Promise
    typed: Sequence[tuple[str, str]] = ()


@login_required
@require_safe
def case(request: StaffRequest, number: str) -> HttpResponse:
    """The page of one case."""
    return case_page(request, number)


@login_required
@require_safe
def printed(request: StaffRequest, number: str) -> HttpResponse:
    """The same for paper: no buttons, the story from the beginning."""
    found = visible_case(request, number)
    context = {**_facts(found, clock.now()), "story": story(found)}
    return render(request, "cases/print.html", context)


def case_page(
    request: StaffRequest,
    number: str,
    *,
    opened: Opened | None = None,
    notice: Notice | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with the case as it is now; ``opened`` unfolds one of the moves."""
    found, at = visible_case(request, number), clock.now()
    look = Look(found, request.user, at)
    known = offers(look)
    context = {
        **_facts(found, at),
        "found_at": _found_at(found, request),
        "points": _points(found, at),
        "steps": _steps(look, known, request, opened),
        "refused": [offer for offer in known if not offer.verdict and not offer.move.who <= MACHINES],
        "story": story(found)[::-1],
        "may_unmask": bool(may_unmask(look)),
        "may_erase": bool(may_erase(look)),
        "notice": notice,
        **_whistle(look),
        **_meetings(look, request),
    }
    return render(request, "cases/case.html", context, status=status)


def _facts(found: Case, at: dt.datetime) -> dict[str, Any]:
    photos = list(found.attachments.all())
    return {
        "case": found,
        "at": at,
        "step_label": dict(Step.choices).get(getattr(found, "next_step", None) or "", ""),
        "before": pictures(found, photos, Attachment.Stage.BEFORE),
        "after": pictures(found, photos, Attachment.Stage.AFTER),
        "result": _result(found),
        "explanation": [sentence for step in found.explanation if (sentence := routing.sentence(step))],
        "asked": _asked(found),
        "joined": [note for note in found.notes.all() if note.move == "join" and note.text],
    }


def _points(found: Case, at: dt.datetime) -> list[dict[str, Any]]:
    """The place on the map: the point that was reported, else the middle of the block; none when neither is known."""
    longitude, latitude = found.longitude, found.latitude
    if longitude is None and found.block is not None:
        longitude, latitude = found.block.centroid_longitude, found.block.centroid_latitude
    if longitude is None or not found.street_code:
        return []
    tone = "overdue" if found.is_overdue(at) else "soon" if found.is_due_soon(at) else "open"
    tone = "done" if found.is_final else tone
    label = found.address or (found.block.name if found.block else found.number)
    return [{"longitude": longitude, "latitude": latitude, "label": label, "url": "", "tone": tone}]


def _found_at(found: Case, request: StaffRequest) -> Finding | None:
    """What was found at a visit that this person sees, and became this case. No query for what was not."""
    if found.finding_id is None:
        return None
    rows = (
        Finding.objects.within(request.scope).select_related("visit__block").defer("visit__block__boundary")
    )
    return rows.filter(pk=found.finding_id).first()


def _meetings(look: Look, request: StaffRequest) -> dict[str, Any]:
    """Where it stands or stood on an agenda, newest first, and whether a complex case needs a meeting that this person
    may convene. An ordinary matter never had one: no query."""
    found, on = look.case, clock.local_date(look.at)
    if found.path == Path.FRONT_END:
        return {"agendas": [], "may_convene": False}
    seen = Meeting.objects.within(request.scope).values("pk")
    rows = found.agenda_items.filter(meeting__in=seen).select_related("meeting__street")
    joined = rows.select_related("lead_unit", "lead_person").defer("meeting__street__boundary")
    agendas: list[AgendaItem] = list(joined.order_by("-meeting__starts_at", "-pk"))
    waits = found.path == Path.MEETING and found.state in TO_MEET_ABOUT
    waits = waits and not any(item.decision in ("", "settled") for item in agendas)
    street = found.street_code
    return {
        "agendas": agendas,
        "may_convene": waits and bool(street) and bool(may_convene(request.user, street=street, on=on)),
    }


def _result(found: Case) -> Note | None:
    """What the last handed-back order says was done."""
    notes = {note.pk: note for note in found.notes.all()}
    done = [notes[order.result_id] for order in found.orders.all() if order.result_id in notes]
    return done[-1] if done else None


def _asked(found: Case) -> list[Asked]:
    notes = {note.pk: note.text for note in found.notes.all()}
    pending = [row for row in found.requests.all() if row.decided_at is None]
    return [Asked(row, notes.get(row.reason_id, "")) for row in pending]


def _steps(look: Look, known: Iterable[Offer], request: StaffRequest, opened: Opened | None) -> list[Todo]:
    """What may be done now, the likeliest first; that one, or the asked one, is unfolded."""
    moves = [offer.move for offer in known if offer.verdict]
    moves.sort(key=lambda move: FIRST.index(move.name) if move.name in FIRST else len(FIRST))
    asked = {row.request.kind: row for row in _asked(look.case)}
    steps = []
    for place, move in enumerate(moves):
        mine = opened if opened is not None and opened.name == move.name else None
        form = (mine and mine.form) or MoveForm(
            move, case=look.case, at=look.at, scope=request.scope if mine else None
        )
        likeliest = opened is None and place == 0 and move.name in FIRST and not form.needs_rows
        kept = mine.tray.kept("attachments") if mine and mine.tray and form.takes_photos else []
        waiting = asked.get(_DECIDES.get(move.name, ""))
        steps.append(Todo(move, form, is_open=bool(mine) or likeliest, kept=kept, asked=waiting))
    return steps


def story(found: Case) -> list[Happening]:
    """The case's journal in sentences, oldest first; photos stand with what they were sent with."""
    notes = {note.pk: note for note in found.notes.all()}
    photos = {photo.pk: photo for photo in found.attachments.all()}
    receivers = {order.no: str(order.user or order.unit or "") for order in found.orders.all()}
    told: list[Happening] = []
    entries = list(Entry.objects.for_subject("case", found.number))
    names = _departments(entries)
    for entry in entries:
        called = "、".join(names.get(code, code) for code in timeline.departments_of(entry.data))
        line = _happening(entry, notes, called or receivers.get(entry.data.get("order"), ""))
        if entry.kind == "case.attached" and (photo := photos.get(entry.data.get("attachment"))):
            line.photos = pictures(found, [photo], photo.stage)
        _add(told, line)
    return told


def _departments(entries: Iterable[Entry]) -> dict[str, str]:
    """Names of the departments that whistles called; no query where there was none."""
    codes = {code for entry in entries for code in timeline.departments_of(entry.data)}
    return dict(Unit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _whistle(look: Look) -> dict[str, Any]:
    """The whistle of the case that runs, or else the last one; and whether this person may ask for one."""
    found = None
    if look.case.path == Path.WHISTLE:
        rows = look.case.whistles.prefetch_related(
            Prefetch("calls", WhistleCall.objects.select_related("unit"))
        )
        found = rows.order_by("-no").first()
    if found is not None:
        found.case = look.case
    runs = found is not None and found.is_running
    at_desk = any(post.kind in CAPABILITIES[Capability.USE_ADMIN] for post in look.posts)
    return {
        "whistle": found,
        "whistle_at_desk": at_desk,
        "may_whistle": not runs and at_desk and bool(may_ask(look)),
    }


def _add(told: list[Happening], line: Happening) -> None:
    """What was sent in one go is told in one line: photos stand with the report, the result, or with each other."""
    last = told[-1] if told else None
    if last is None or (last.at, last.actor) != (line.at, line.actor):
        told.append(line)
    elif line.kind == "case.attached" and last.kind in ("case.attached", *_WITH_PHOTOS_AFTER):
        last.photos += line.photos
    elif last.kind == "case.attached" and line.kind in _WITH_PHOTOS_BEFORE:
        line.photos = [*last.photos, *line.photos]
        told[-1] = line
    else:
        told.append(line)


# Entries that are recorded before their photos, and after them.
_WITH_PHOTOS_AFTER = ("case.reported",)
_WITH_PHOTOS_BEFORE = ("case.handed_back", "case.solved_on_spot", "case.joined")


def _happening(entry: Entry, notes: dict[int, Note], receiver: str) -> Happening:
    line = timeline.line_of(entry.kind, entry.data)
    texts = [_words(notes[key]) for key in timeline.notes_of(entry.kind, entry.data) if key in notes]
    nobody = {"system": _("System"), "reporter": _("The reporter"), "resident": _("The reporter")}
    is_person = entry.actor_id is not None
    return Happening(
        kind=entry.kind,
        at=entry.at,
        title=timeline.sentence(entry.kind, entry.data, zone=clock.LOCAL, receiver=receiver),
        actor=entry.actor_name if is_person else nobody.get(entry.actor_name, entry.actor_name),
        post=entry.actor_post if is_person else "",
        icon=line.icon if line else "info",
        tone=line.tone if line else "",
        text="\n".join(texts),
    )


def _words(note: Note) -> str:
    return _("(erased)") if note.erased_at and not note.text else note.text
