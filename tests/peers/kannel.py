"""A real Kannel on loopback: bearerbox and smsbox, started and stopped by a test, with a centre behind them."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.gateways.loopback import CALLBACK_SECRET
from tests.peers.finding import FAKE_SMSC, box_path

OUR_NUMBER = "+49561900"
"""The sender of the county: a number, so that people can reply."""

PATIENCE = 20.0


def wait_for(holds: Callable[[], object], what: str) -> None:
    """Wait until it is so. Fails after twenty seconds, with what was waited for."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Kannel:
    """Both boxes with their own folder. Messages survive a stop in the store of the bearerbox."""

    def __init__(self, folder: Path, site: str, centre: str) -> None:
        self.folder = folder
        self.boxes_port, self.send_port, self.fake_port = free_port(), free_port(), free_port()
        self.config = folder / "kannel.conf"
        self.config.write_text(self._configuration(site, centre), encoding="utf-8")
        self.running: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.send_port}/cgi-bin/sendsms"

    def start(self) -> None:
        for box, port in (("bearerbox", self.boxes_port), ("smsbox", self.send_port)):
            with (self.folder / f"{box}.log").open("ab") as log:
                self.running.append(
                    subprocess.Popen([box_path(box), str(self.config)], cwd=self.folder, stdout=log, stderr=log)
                )
            wait_for(lambda port=port: _listens(port), f"{box} to listen")  # type: ignore[misc]

    def stop(self) -> None:
        """Stop in peace, the smsbox first; what does not stop is killed."""
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def _configuration(self, site: str, centre: str) -> str:
        return f"""
group = core
admin-port = {free_port()}
admin-password = test
smsbox-port = {self.boxes_port}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = {self.folder}/store
dlr-storage = internal
log-level = 1

{centre.format(fake_port=self.fake_port)}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {self.send_port}
log-level = 1
http-request-retry = 20
http-queue-delay = 1

group = sendsms-user
username = tester
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
post-url = "{site}/gateway/kannel/antwort/{CALLBACK_SECRET}/?id=%I"
send-sender = true
max-messages = 0
catch-all = true
"""


FAKE_CENTRE = """
group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = {fake_port}
connect-allow-ip = 127.0.0.1
"""


def smpp_centre(port: int) -> str:
    """The part of the configuration for our own SMPP centre."""
    return f"""
group = smsc
smsc = smpp
smsc-id = smpp
host = 127.0.0.1
port = {port}
transceiver-mode = true
smsc-username = kannel
smsc-password = test
system-type = ""
reconnect-delay = 1
enquire-link-interval = 5
"""


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        caller.settimeout(0.2)
        return caller.connect_ex(("127.0.0.1", port)) == 0


class FakePhone:
    """Kannel's own fake centre as the phone of everybody: shows what arrives, and may write one SMS itself."""

    def __init__(self, kannel: Kannel, folder: Path) -> None:
        self.kannel = kannel
        self.log = folder / "fakesmsc.log"
        self.process: subprocess.Popen[bytes] | None = None

    def switch_on(self, *, writes: str = "") -> None:
        """`writes`: "sender receiver text words", sent once after connecting."""
        said = ["-m", "1", writes] if writes else ["-m", "0", "1 2 text x"]
        command = [FAKE_SMSC, "-H", "127.0.0.1", "-r", str(self.kannel.fake_port), "-i", "0.1", *said]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def switch_off(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    @property
    def got(self) -> list[tuple[str, str, str]]:
        """(from, to, text) of every SMS that arrived."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return re.findall(r"Got message \d+: <(\S+) (\S+) text (.*)>", text)
