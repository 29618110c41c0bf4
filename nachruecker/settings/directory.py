"""The county's own directory (OpenID Connect): off unless the environment names one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from nachruecker.settings.environment import split_list

NEEDED = {
    "OIDC_ISSUER": "OIDC_ISSUER",
    "OIDC_AUTHORIZATION_ENDPOINT": "OIDC_OP_AUTHORIZATION_ENDPOINT",
    "OIDC_TOKEN_ENDPOINT": "OIDC_OP_TOKEN_ENDPOINT",
    "OIDC_USER_ENDPOINT": "OIDC_OP_USER_ENDPOINT",
    "OIDC_JWKS_ENDPOINT": "OIDC_OP_JWKS_ENDPOINT",
    "OIDC_CLIENT_ID": "OIDC_RP_CLIENT_ID",
    "OIDC_CLIENT_SECRET": "OIDC_RP_CLIENT_SECRET",
}
"""Variable of the environment: name of the setting. All of them, or none."""


def read_directory(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings of the directory. DIRECTORY_FACTOR_AMR and _ACR: which words mean that it asked for a second factor.

    Without those words it did not, and our own code is asked for.
    """
    return {setting: environ.get(variable, "").strip() for variable, setting in NEEDED.items()} | {
        "DIRECTORY_FACTOR_AMR": split_list(environ.get("OIDC_FACTOR_AMR", "")),
        "DIRECTORY_FACTOR_ACR": split_list(environ.get("OIDC_FACTOR_ACR", "")),
    }


def list_directory_faults(environ: Mapping[str, str]) -> list[str]:
    """What is missing or unsafe in it; nothing where none of its variables is set."""
    given = {name: environ.get(name, "").strip() for name in NEEDED}
    if not any(given.values()):
        return []
    faults = [f"{name} is missing: the others of the directory are set" for name, value in given.items() if not value]
    for name, value in given.items():
        if name.endswith(("ENDPOINT", "ISSUER")) and value and urlsplit(value).scheme != "https":
            faults.append(f"{name} must be https://")
    return faults
