"""Finds a Kannel for the tests against it; as a program it also gets one: Debian's packages, as root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("kannel", "kannel-extras")
FAKE_SMSC = "/usr/lib/kannel/test/fakesmsc"


def find_kannel() -> bool:
    """Whether both boxes and the fake centre of short messages are on this machine."""
    return all(map(_find, ("bearerbox", "smsbox"))) and Path(FAKE_SMSC).exists()


def box_path(name: str) -> str:
    """The path of a box; Debian puts them where only root looks."""
    return _find(name) or name


def _find(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def get_kannel() -> bool:
    """Install it where we may. What the installer says goes to standard error."""
    release = Path("/etc/os-release")
    if os.geteuid() != 0 or not release.exists() or "\nID=debian\n" not in f"\n{release.read_text()}\n":
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Debian's kannel ...", file=sys.stderr)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        if subprocess.run(["apt-get", "-qq", *command], env=quiet, stdout=sys.stderr, check=False).returncode:
            break
    return find_kannel()


if __name__ == "__main__" and not (find_kannel() or get_kannel()):
    missing = "No Kannel was found and none could be installed."
    sys.exit(f"{missing} On Debian, as root: apt-get install {' '.join(PACKAGES)}")
