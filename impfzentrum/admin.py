"""Django's admin for reference data: places and rules. Nothing here shows a person on the list, nor an account.

Accounts are invited, changed and closed on the county's own page, where each step is audited (views/accounts.py).
"""

from __future__ import annotations

from typing import cast

from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import URLField
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    Postcode,
    PriorityCriterion,
    PriorityOrder,
    RuleSet,
    SmsProvider,
    SwitchRule,
    Vaccine,
    VaccineRule,
    WeightChange,
)
from impfzentrum.procedures.listing import record_list_state, view_list

admin.site.unregister(User)
admin.site.unregister(Group)

LIST_FIELDS = {"list_state", "list_text", "list_cap"}


class PriorityOrderInline(admin.TabularInline[PriorityOrder, Campaign]):
    model = PriorityOrder
    extra = 0


@admin.register(County)
class CountyAdmin(admin.ModelAdmin[County]):
    list_display = ("name", "ags", "list_state", "list_cap", "offer_validity")
    prepopulated_fields = {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: County, form: ModelForm[County], change: bool) -> None:
        """Who opens, pauses, caps or closes the list stands in the record of the county, with what it was before."""
        changed = LIST_FIELDS & set(form.changed_data)
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if changed:
                before = {name: form.initial.get(name) for name in sorted(LIST_FIELDS)}
                record_list_state(obj, before, by=cast("User", request.user), now=timezone.now())
        people = view_list(obj, now=timezone.now()).people
        if obj.list_cap is not None and people > obj.list_cap:
            told = _(
                "Auf der Liste stehen schon %(people)d Personen, mehr als die Höchstzahl. Niemand verliert den Platz."
            )
            messages.warning(request, told % {"people": people})


@admin.register(Centre)
class CentreAdmin(admin.ModelAdmin[Centre]):
    list_display = ("name", "county", "town", "opens_at", "closes_at")
    list_filter = ("county",)
    list_select_related = ("county",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin[Campaign]):
    list_display = ("name", "county", "state", "rule_set", "rules_as_of")
    list_filter = ("state", "county")
    list_select_related = ("county", "rule_set")
    inlines = (PriorityOrderInline,)


@admin.register(RuleSet)
class RuleSetAdmin(admin.ModelAdmin[RuleSet]):
    list_display = ("name", "slug")


@admin.register(PriorityCriterion)
class PriorityCriterionAdmin(admin.ModelAdmin[PriorityCriterion]):
    list_display = ("code", "group", "paragraph", "proof", "valid_from", "valid_until")
    list_filter = ("rule_set", "group", "theme", "proof")
    search_fields = ("code", "text", "plain_de")


@admin.register(PriorityOrder)
class PriorityOrderAdmin(admin.ModelAdmin[PriorityOrder]):
    list_display = ("campaign", "group", "valid_from", "valid_until")
    list_filter = ("campaign",)
    list_select_related = ("campaign__county",)


@admin.register(Vaccine)
class VaccineAdmin(admin.ModelAdmin[Vaccine]):
    list_display = ("name", "maker", "approved_on", "doses_per_vial", "series")
    formfield_overrides = {URLField: {"assume_scheme": "https"}}


@admin.register(VaccineRule)
class VaccineRuleAdmin(admin.ModelAdmin[VaccineRule]):
    list_display = ("vaccine", "age_min", "age_max", "interval_min_weeks", "valid_from", "valid_until", "evidence")
    list_filter = ("rule_set", "vaccine")
    list_select_related = ("vaccine",)


@admin.register(SwitchRule)
class SwitchRuleAdmin(admin.ModelAdmin[SwitchRule]):
    list_display = ("vaccine", "after", "interval_min_weeks", "valid_from", "valid_until", "evidence")
    list_filter = ("rule_set", "vaccine")
    list_select_related = ("vaccine", "after")


@admin.register(Postcode)
class PostcodeAdmin(admin.ModelAdmin[Postcode]):
    list_display = ("code", "place", "county")
    list_filter = ("county",)
    list_select_related = ("county",)
    search_fields = ("code", "place")


@admin.register(SmsProvider)
class SmsProviderAdmin(admin.ModelAdmin[SmsProvider]):
    """The share at rest can be set; what is carried now moves by itself towards it."""

    list_display = ("name", "weight", "resting", "moved_at")
    readonly_fields = ("name", "weight", "moved_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(WeightChange)
class WeightChangeAdmin(admin.ModelAdmin[WeightChange]):
    list_display = ("at", "provider", "before", "after", "reason")
    list_filter = ("provider",)
    list_select_related = ("provider",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WeightChange | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: WeightChange | None = None) -> bool:
        return False
