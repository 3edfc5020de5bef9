"""The desk for duty lists, certificates, consultations of streets, calendar and limits."""

from duties.admin.calendar import CalendarDayAdmin, CalendarYearAdmin, StepLimitAdmin, WorkWindowAdmin
from duties.admin.certificates import CertificateRuleAdmin
from duties.admin.consultations import ConsultationAdmin, StreetAnswerAdmin
from duties.admin.lists import DutyItemAdmin, DutyListAdmin, ListBannerAdmin

__all__ = [
    "CalendarDayAdmin",
    "CalendarYearAdmin",
    "CertificateRuleAdmin",
    "ConsultationAdmin",
    "DutyItemAdmin",
    "DutyListAdmin",
    "ListBannerAdmin",
    "StepLimitAdmin",
    "StreetAnswerAdmin",
    "WorkWindowAdmin",
]
