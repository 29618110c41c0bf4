"""The programs of the site: web, workers, beat."""

import sys
from collections.abc import Mapping

from nachruecker.embedded.children import Child
from nachruecker.embedded.run_folder import PROJECT, RunFolder

CELERY = (sys.executable, "-m", "celery", "--app", "nachruecker")


def web_child(folder: RunFolder, port: int, environ: Mapping[str, str]) -> Child:
    """gunicorn: two processes of four threads on the loopback address."""
    command = [
        *(sys.executable, "-m", "gunicorn", "nachruecker.wsgi"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--worker-class", "gthread"),
        *("--preload", "--graceful-timeout", "3", "--no-control-socket", "--log-level", "warning"),
        *("--worker-tmp-dir", "/dev/shm" if sys.platform.startswith("linux") else str(folder.path)),
    ]
    return Child(
        name="web",
        command=command,
        log=folder.log / "web.log",
        environ=environ,
        cwd=PROJECT,
    )


def worker_children(folder: RunFolder, environ: Mapping[str, str]) -> list[Child]:
    """Two Celery workers: one matches and sweeps, one sends, so that a slow gateway keeps nobody from matching.

    What takes long (files that are read, reports) has a worker of its own in production; here the first one does it.
    """
    return [
        _worker("worker", "match,sweep,reports", 2, folder, environ),
        _worker("sender", "deliver", 1, folder, environ),
    ]


def _worker(name: str, queues: str, processes: int, folder: RunFolder, environ: Mapping[str, str]) -> Child:
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    called = ("--hostname", f"{name}@%h", "--queues", queues, "--concurrency", str(processes))
    return Child(
        name=name,
        command=[*CELERY, "worker", *called, "--loglevel", "WARNING", *quiet],
        log=folder.log / f"{name}.log",
        environ={**environ, "CELERY_SKIP_CHECKS": "1"},  # `manage.py demo` has just migrated with the same code
        cwd=PROJECT,
    )


def beat_child(folder: RunFolder, environ: Mapping[str, str]) -> Child:
    """The clock. Its memory of the last runs lies in the run folder and may be lost."""
    command = [
        *CELERY,
        "beat",
        "--schedule",
        str(folder.path / "beat-schedule"),
        "--pidfile",
        "",
        "--loglevel",
        "WARNING",
    ]
    return Child(name="beat", command=command, log=folder.log / "beat.log", environ=environ, cwd=PROJECT)
