"""The three programs of the site: web, worker, beat."""

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


def worker_child(folder: RunFolder, environ: Mapping[str, str]) -> Child:
    """One Celery worker of two processes for all queues that nachruecker.celery declares."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return Child(
        name="worker",
        command=[*CELERY, "worker", "--concurrency", "2", "--loglevel", "WARNING", *quiet],
        log=folder.log / "worker.log",
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
