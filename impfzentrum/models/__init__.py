"""What is stored, one file a topic."""

from impfzentrum.models.account import AccountLink
from impfzentrum.models.asking import LinkRequest, OpeningWatch
from impfzentrum.models.attendance import Attendance, AttendanceStep
from impfzentrum.models.audit import AuditEvent
from impfzentrum.models.booking import Booking
from impfzentrum.models.booking_import import BookingColumns, BookingImport
from impfzentrum.models.campaign import (
    Campaign,
    CriterionPause,
    GroupOrder,
    PriorityCriterion,
    PriorityOrder,
    RuleSet,
    Vaccine,
    VaccineRule,
    in_force,
)
from impfzentrum.models.contact_proof import ContactProof
from impfzentrum.models.county import Centre, County, Postcode
from impfzentrum.models.draft import SignUpDraft
from impfzentrum.models.draw import Draw, DrawRecord, Place, PlaceChange, PlaceDue
from impfzentrum.models.feedback import Feedback
from impfzentrum.models.form_key import FormKey
from impfzentrum.models.hand_pick import HandPick
from impfzentrum.models.interface import CancelReport, InterfaceKey
from impfzentrum.models.lesson import ResponseLesson
from impfzentrum.models.life import SignOfLife
from impfzentrum.models.limit import RequestCount
from impfzentrum.models.listing import GroupFigures, ListSize
from impfzentrum.models.message import Message, MessageTemplate
from impfzentrum.models.offer import Offer
from impfzentrum.models.provider import SmsProvider, WeightChange
from impfzentrum.models.receipt import DeliveryReceipt
from impfzentrum.models.release import Dose, Release, ReleaseDue
from impfzentrum.models.reply import Reply
from impfzentrum.models.report import ExportFile, ExportJob, PublicFigures, ReportSchedule, Rhythm
from impfzentrum.models.retention import ErasedCount, Retention, Tombstone
from impfzentrum.models.second_factor import Authenticator, RecoveryCodes
from impfzentrum.models.sending import SendingStop, SmsDay
from impfzentrum.models.setting import RecordCheck, SettingVersion
from impfzentrum.models.staff import Membership
from impfzentrum.models.standby import FurtherCentre, StandbyEntry
from impfzentrum.models.switch_rule import SwitchRule
from impfzentrum.models.team_export import TeamExport, TeamExportRun, TeamMail
from impfzentrum.models.text import MessageText
from impfzentrum.models.vial import OpenedVials

__all__ = [
    "AccountLink",
    "Attendance",
    "AttendanceStep",
    "AuditEvent",
    "Authenticator",
    "Booking",
    "BookingColumns",
    "BookingImport",
    "Campaign",
    "CancelReport",
    "Centre",
    "ContactProof",
    "County",
    "CriterionPause",
    "DeliveryReceipt",
    "Dose",
    "Draw",
    "DrawRecord",
    "ErasedCount",
    "ExportFile",
    "ExportJob",
    "Feedback",
    "FormKey",
    "FurtherCentre",
    "GroupFigures",
    "GroupOrder",
    "HandPick",
    "InterfaceKey",
    "LinkRequest",
    "ListSize",
    "Membership",
    "Message",
    "MessageTemplate",
    "MessageText",
    "Offer",
    "OpenedVials",
    "OpeningWatch",
    "Place",
    "PlaceChange",
    "PlaceDue",
    "Postcode",
    "PriorityCriterion",
    "PriorityOrder",
    "PublicFigures",
    "RecordCheck",
    "RecoveryCodes",
    "Release",
    "ReleaseDue",
    "Reply",
    "ReportSchedule",
    "RequestCount",
    "ResponseLesson",
    "Retention",
    "Rhythm",
    "RuleSet",
    "SendingStop",
    "SettingVersion",
    "SignOfLife",
    "SignUpDraft",
    "SmsDay",
    "SmsProvider",
    "StandbyEntry",
    "SwitchRule",
    "TeamExport",
    "TeamExportRun",
    "TeamMail",
    "Tombstone",
    "Vaccine",
    "VaccineRule",
    "WeightChange",
    "in_force",
]
