#!/usr/bin/env python
"""Runs one of the site's commands; without further settings it uses the embedded servers."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nachruecker.settings.embedded")
    from nachruecker.embedded.lending import execute_command

    execute_command(sys.argv)


if __name__ == "__main__":
    main()
