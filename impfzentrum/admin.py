"""Django's admin for reference data: places, rules and who works where. Nothing here shows a person on the list."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import URLField

from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    Membership,
    Postcode,
    PriorityCriterion,
    PriorityOrder,
    RuleSet,
    SwitchRule,
    Vaccine,
    VaccineRule,
)


class PriorityOrderInline(admin.TabularInline[PriorityOrder, Campaign]):
    model = PriorityOrder
    extra = 0


@admin.register(County)
class CountyAdmin(admin.ModelAdmin[County]):
    list_display = ("name", "ags", "list_state", "list_cap", "offer_validity")
    prepopulated_fields = {"slug": ("name",)}


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


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin[Membership]):
    list_display = ("user", "role", "county")
    list_filter = ("role", "county")
    list_select_related = ("user", "county")
    filter_horizontal = ("centres",)
