"""Finds a Chromium for the browser tests; as a program it also gets one and prints its path.

The order: CHROMIUM, the usual names, Playwright's own; then Debian's package (as root), then Playwright's download.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The path of a Chromium that is on this machine. A CHROMIUM that cannot be run counts as none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    own = playwrights_own()
    return str(own) if own.exists() else None


def playwrights_own() -> Path:
    """Where Playwright keeps, or would keep, the Chromium it downloads."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def get_chromium() -> str | None:
    """Install one: Debian's own where we may, else Playwright's. What the installers say goes to standard error."""
    release = Path("/etc/os-release")
    if os.geteuid() == 0 and release.exists() and "\nID=debian\n" in f"\n{release.read_text()}\n":
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        print("Installing Debian's chromium ...", file=sys.stderr)
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            if subprocess.run(["apt-get", "-qq", *command], env=quiet, stdout=sys.stderr, check=False).returncode:
                break
        if found := find_chromium():
            return found
    print("Letting Playwright fetch a Chromium ...", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)
    return find_chromium()


if __name__ == "__main__":
    chromium = find_chromium() or get_chromium()
    if chromium is None:
        sys.exit("No Chromium was found and none could be installed; name one: CHROMIUM=/path/to/chromium make test")
    print(chromium)
