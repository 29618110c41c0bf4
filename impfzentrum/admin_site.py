"""Who gets into Django's admin: only superusers, who run the installation. Staff have no way in."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class ReferenceSite(AdminSite):
    """Reference data: places, rules, providers. No person on the list, no account: those have pages of their own."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Raises PermissionDenied for whoever is logged in as something else: a login form would only puzzle them."""
        if request.user.is_authenticated and not request.user.is_superuser:
            raise PermissionDenied
        return request.user.is_active and request.user.is_superuser

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """There is one login for everybody: with its lock-out and its second factor."""
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))
