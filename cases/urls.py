"""Addresses of cases. The number of a case is its address; the reporter's link carries a secret instead."""

from django.urls import path

from cases.views import (
    detail,
    erase,
    findings,
    listing,
    meetings,
    moves,
    person,
    photos,
    place,
    public,
    report,
    resident,
    unsent,
    visits,
)

app_name = "cases"
urlpatterns = [
    path("cases/", listing.listing, name="list"),
    path("cases/new/", report.new, name="new"),
    path("cases/new/similar/", report.similar, name="similar"),
    path("cases/unsent/", unsent.unsent, name="unsent"),
    path("cases/unsent/who/", unsent.who, name="who"),
    path("cases/unsent/send/", unsent.send, name="send"),
    path("cases/drafts/<slug:key>/", photos.draft, name="draft"),
    path("cases/<slug:number>/", detail.case, name="case"),
    path("cases/<slug:number>/sent/", report.sent, name="sent"),
    path("cases/<slug:number>/print/", detail.printed, name="print"),
    path("cases/<slug:number>/person/", person.person, name="person"),
    path("cases/<slug:number>/erase/", erase.erasing, name="erase"),
    path("cases/<slug:number>/moves/<slug:name>/", moves.move, name="move"),
    path("cases/<slug:number>/photos/<int:pk>/", photos.photo, name="photo"),
    path("cases/<slug:number>/photos/<int:pk>/small/", photos.photo, {"small": True}, name="thumbnail"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/minutes.pdf", meetings.minutes, name="minutes"),
    path("visits/", visits.visits, name="visits"),
    path("visits/new/", visits.new, name="new_visit"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/<slug:name>/", visits.do, name="visit_do"),
    path("findings/<int:pk>/case/", findings.make_case, name="finding_case"),
    path("here/", place.here, name="here"),
    path("r/", resident.look_up, name="look_up"),
    path("r/<slug:token>/", resident.report, name="resident"),
    path("f/<slug:token>/sent/", resident.sent, name="resident_sent"),
    path("f/<slug:token>/", public.follow, name="follow"),
    path("f/<slug:token>/<slug:name>/", public.answer, name="answer"),
    path("f/<slug:token>/photos/<int:pk>/", public.photo, name="follow_photo"),
    path("f/<slug:token>/photos/<int:pk>/small/", public.photo, {"small": True}, name="follow_thumbnail"),
]
