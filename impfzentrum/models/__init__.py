"""What is stored, one file a topic."""

from impfzentrum.models.audit import AuditEvent
from impfzentrum.models.campaign import (
    Campaign,
    GroupOrder,
    PriorityCriterion,
    PriorityOrder,
    RuleSet,
    Vaccine,
    VaccineRule,
    in_force,
)
from impfzentrum.models.county import Centre, County, Postcode
from impfzentrum.models.draw import Draw
from impfzentrum.models.message import Message, MessageTemplate
from impfzentrum.models.offer import Offer
from impfzentrum.models.provider import SmsProvider, WeightChange
from impfzentrum.models.receipt import DeliveryReceipt
from impfzentrum.models.release import Dose, Release
from impfzentrum.models.reply import Reply
from impfzentrum.models.staff import Membership
from impfzentrum.models.standby import ContactProof, StandbyEntry

__all__ = [
    "AuditEvent",
    "Campaign",
    "Centre",
    "ContactProof",
    "County",
    "DeliveryReceipt",
    "Dose",
    "Draw",
    "GroupOrder",
    "Membership",
    "Message",
    "MessageTemplate",
    "Offer",
    "Postcode",
    "PriorityCriterion",
    "PriorityOrder",
    "Release",
    "Reply",
    "RuleSet",
    "SmsProvider",
    "StandbyEntry",
    "Vaccine",
    "VaccineRule",
    "WeightChange",
    "in_force",
]
