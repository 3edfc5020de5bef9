"""The desk for duty lists, admission to them, certificates, consultations of streets, calendar and limits."""

from duties.admin.admissions import AdmissionAdmin
from duties.admin.calendar import CalendarDayAdmin, CalendarYearAdmin, StepLimitAdmin, WorkWindowAdmin
from duties.admin.certificates import CertificateRuleAdmin
from duties.admin.consultations import ConsultationAdmin, StreetAnswerAdmin
from duties.admin.lists import DutyItemAdmin, DutyListAdmin, ListBannerAdmin
from duties.admin.off_list import OffListReportAdmin

__all__ = [
    "AdmissionAdmin",
    "CalendarDayAdmin",
    "CalendarYearAdmin",
    "CertificateRuleAdmin",
    "ConsultationAdmin",
    "DutyItemAdmin",
    "DutyListAdmin",
    "ListBannerAdmin",
    "OffListReportAdmin",
    "StepLimitAdmin",
    "StreetAnswerAdmin",
    "WorkWindowAdmin",
]
