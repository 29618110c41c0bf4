"""Counties and their centres: tenant and place."""

from __future__ import annotations

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.states import ListState
from impfzentrum.vocabulary import OrderPolicy

validate_sender = RegexValidator(
    r"^(\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$",
    _("Ein Name aus höchstens 11 Buchstaben und Ziffern, eine Rufnummer mit + oder eine Kurzwahl."),
)
"""A name cannot be answered; replies by SMS need a number."""


class County(models.Model):
    """A Landkreis: it runs the centres, answers for the list and receives the reports."""

    ags = models.CharField(
        _("amtlicher Gemeindeschlüssel"), max_length=5, unique=True, validators=[RegexValidator(r"^\d{5}$")]
    )
    name = models.CharField(_("Name"), max_length=100)
    slug = models.SlugField(_("Kurzname in Adressen"), unique=True)
    hotline = models.CharField(_("Telefon für Fragen"), max_length=40, blank=True)
    email = models.EmailField(_("E-Mail für Fragen"), blank=True)
    sms_sender = models.CharField(
        _("Absender der SMS"), max_length=16, default="Impfliste", validators=[validate_sender]
    )
    list_state = models.CharField(_("Liste"), max_length=10, choices=ListState.choices, default=ListState.OPEN)
    list_text = models.TextField(_("Hinweis, wenn die Liste nicht offen ist"), blank=True)
    list_text_en = models.TextField(_("derselbe Hinweis auf Englisch"), blank=True, default="", db_default="")
    list_cap = models.PositiveIntegerField(_("Höchstzahl auf der Liste"), null=True, blank=True)
    residents_only = models.BooleanField(_("nur für Menschen, die hier wohnen"), default=True, db_default=True)
    sms_abroad = models.BooleanField(
        _("SMS auch an ausländische Nummern"),
        default=True,
        db_default=True,
        help_text=_("Sie kosten mehr. Ohne Haken bleibt Menschen mit ausländischer Nummer die E-Mail."),
    )
    offer_validity = models.DurationField(_("Angebote gelten höchstens"), default=timedelta(minutes=15))
    cool_down = models.DurationField(_("Pause nach einem Angebot ohne Antwort"), default=timedelta(hours=4))
    unanswered_limit = models.PositiveSmallIntegerField(
        _("Angebote ohne Antwort, nach denen der Eintrag pausiert"), default=3
    )

    order_policy = models.CharField(
        _("Reihenfolge in einer Gruppe"), max_length=10, choices=OrderPolicy.choices, default=OrderPolicy.DRAW
    )
    cap_per_day = models.PositiveSmallIntegerField(_("Angebote an eine Person in 24 Stunden höchstens"), default=3)
    cap_per_week = models.PositiveSmallIntegerField(_("Angebote an eine Person in 7 Tagen höchstens"), default=9)

    widens = models.BooleanField(_("mehr Menschen fragen, als Dosen da sind, wenn die Zeit knapp wird"), default=True)
    quiet_from = models.TimeField(_("Ruhezeit ab"), null=True, blank=True)
    quiet_until = models.TimeField(_("Ruhezeit bis"), null=True, blank=True)
    sms_per_day = models.PositiveIntegerField(
        _("SMS am Tag höchstens"), null=True, blank=True, help_text=_("Ohne Angabe gibt es keine Grenze.")
    )

    shows_figures = models.BooleanField(
        _("öffentliche Seite mit Zahlen"),
        default=False,
        db_default=False,
        help_text=_("Gerettete Dosen, Vergabequote, Wartende je Gruppe und die letzten Auslosungen, für alle."),
    )

    class Meta:
        verbose_name = _("Landkreis")
        verbose_name_plural = _("Landkreise")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(list_state__in=sorted(ListState.values)), name="county_list_state_known"
            ),
            models.CheckConstraint(
                condition=Q(order_policy__in=sorted(OrderPolicy.values)), name="county_order_policy_known"
            ),
            models.CheckConstraint(condition=Q(offer_validity__gt=timedelta(0)), name="county_offer_validity_positive"),
            models.CheckConstraint(
                condition=Q(cap_per_day__gte=1, cap_per_week__gte=F("cap_per_day")), name="county_caps_in_order"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="county_quiet_hours_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Centre(models.Model):
    """A place where doses are given. Opening hours are Berlin wall-clock times."""

    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="centres")
    name = models.CharField(_("Name"), max_length=100)
    slug = models.SlugField(_("Kurzname in Adressen"), unique=True)
    street = models.CharField(_("Straße und Hausnummer"), max_length=100)
    postcode = models.CharField(_("Postleitzahl"), max_length=5, validators=[RegexValidator(r"^\d{5}$")])
    town = models.CharField(_("Ort"), max_length=100)
    directions = models.TextField(_("Anfahrt und Eingang"), blank=True)
    phone = models.CharField(_("Telefon des Impfzentrums"), max_length=40, blank=True, default="", db_default="")
    opens_at = models.TimeField(_("öffnet um"))
    closes_at = models.TimeField(_("schließt um"))

    class Meta:
        verbose_name = _("Impfzentrum")
        verbose_name_plural = _("Impfzentren")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="centre_opens_before_closing")
        ]

    def __str__(self) -> str:
        return self.name


class Postcode(models.Model):
    """A postcode of a county with its place and position (© OpenStreetMap contributors, ODbL)."""

    county = models.ForeignKey(County, on_delete=models.CASCADE, related_name="postcodes")
    code = models.CharField(_("Postleitzahl"), max_length=5, validators=[RegexValidator(r"^\d{5}$")])
    place = models.CharField(_("Ort"), max_length=100)
    latitude = models.FloatField(validators=[MinValueValidator(47), MaxValueValidator(55.1)])
    longitude = models.FloatField(validators=[MinValueValidator(5.8), MaxValueValidator(15.1)])

    class Meta:
        verbose_name = _("Postleitzahl")
        verbose_name_plural = _("Postleitzahlen")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["county", "code"], name="postcode_once_a_county")]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"
