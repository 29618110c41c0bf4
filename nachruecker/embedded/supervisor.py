"""Keeps servers and programs running until it is told to stop."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from nachruecker.embedded.children import Child
from nachruecker.embedded.log_watch import LogWatch, shorten_log
from nachruecker.embedded.orphans import remember_children
from nachruecker.embedded.run_folder import RunFolder

LOOK_EVERY_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
STEADY_AFTER_SECONDS = 20.0
STOP_SECONDS = 8.0


class StopAsked(Exception):
    """Ctrl-C, a termination, or a closed terminal."""


@dataclass
class Watched:
    """A child with its restarts: after each early death the pause before the next start doubles."""

    child: Child
    log: LogWatch
    started: float = 0.0
    pause: float = FIRST_PAUSE_SECONDS
    due: float | None = None


@dataclass
class Supervisor:
    """Children in the order of their start; they are stopped in the opposite order."""

    folder: RunFolder
    say: Callable[[str], None]
    watched: list[Watched] = field(default_factory=list)

    def start(self, child: Child, start: Callable[[], None] | None = None) -> None:
        """Start a child and watch it from now on; `start` is given where more than the process has to come up."""
        shorten_log(child.log)
        self.watched.append(Watched(child, LogWatch(child.name, child.log), started=time.monotonic()))
        (start or child.start)()
        self.watched[-1].log.skip_to_end()  # a server that is starting says FATAL to whoever knocks too early
        self.remember()

    def remember(self) -> None:
        remember_children(self.folder, [watched.child for watched in self.watched])

    def watch(self) -> None:
        """Restart what dies and show errors, until StopAsked is raised by a signal."""
        while True:
            now = time.monotonic()
            for watched in self.watched:
                watched.log.report(self.say)
                self.look_after(watched, now)
            time.sleep(LOOK_EVERY_SECONDS)

    def look_after(self, watched: Watched, now: float) -> None:
        """Restart one child when it is dead and its pause is over."""
        code = watched.child.exit_code()
        if code is None:
            return
        if watched.due is None:
            if now - watched.started > STEADY_AFTER_SECONDS:
                watched.pause = FIRST_PAUSE_SECONDS
            self.say(f"{watched.child.name} ended (code {code}); starting it again. Log: {watched.child.log}")
            watched.due = now + watched.pause
            watched.pause = min(watched.pause * 2, LONGEST_PAUSE_SECONDS)
        elif now >= watched.due:
            watched.child.stop(seconds=0)  # what the dead program left of its group
            watched.child.start()
            watched.started, watched.due = now, None
            self.remember()

    def stop(self) -> None:
        """Stop all, the last started first. A second Ctrl-C does not cut this short: it has an end of its own."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        while self.watched:
            watched = self.watched.pop()
            watched.child.stop(seconds=STOP_SECONDS)
            watched.log.report(self.say)
        self.remember()


STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def raise_on_stop_signals() -> None:
    """From now on a signal to stop raises StopAsked, once, wherever the main thread is."""

    def handler(number: int, frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise StopAsked(signal.Signals(number).name)

    for number in STOP_SIGNALS:
        signal.signal(number, handler)
