"""Who works with the system, and for which county and centres."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from impfzentrum.models.county import Centre, County
from impfzentrum.vocabulary import Role


class Membership(models.Model):
    """The role of a user. Centre roles reach only the named centres, county roles all of their county."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("Rolle"), max_length=20, choices=Role.choices)
    centres = models.ManyToManyField(Centre, blank=True, related_name="memberships")

    class Meta:
        verbose_name = _("Zugehörigkeit")
        verbose_name_plural = _("Zugehörigkeiten")
        constraints = [models.CheckConstraint(condition=Q(role__in=sorted(Role.values)), name="membership_role_known")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.county}"
