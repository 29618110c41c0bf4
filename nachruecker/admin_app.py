"""Django's admin with our own rule of who gets in."""

from django.contrib.admin.apps import AdminConfig


class ReferenceAdminConfig(AdminConfig):
    default_site = "impfzentrum.admin_site.ReferenceSite"
