"""The mailbox where bounces arrive: by IMAP, or a Maildir or mbox on this machine. Named by one address.

`imaps://user:password@host/folder`, `maildir:///path`, `mbox:///path`; user and password percent-encoded. `imap://` (no
TLS) is for tests on this machine.
"""

from __future__ import annotations

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

SECONDS = 10
MOST_BYTES = 256 * 1024
"""So much of a mail is read: a notice tells all at its beginning, what it returns may be long."""

BATCH = 200
KINDS = ("imaps", "imap", "maildir", "mbox")


class MailboxOutOfReach(Exception):
    """The mailbox cannot be opened or read now. The sentence holds neither user nor password."""


class Mailbox(Protocol):
    """Mails that nobody has looked at yet. What is removed is gone; what is left stays, marked as read."""

    def unread(self) -> Iterator[tuple[str, bytes]]: ...

    def remove(self, key: str) -> None: ...

    def leave(self, key: str) -> None: ...


@contextmanager
def open_mailbox(address: str) -> Iterator[Mailbox]:
    """Open the mailbox of this address. Raises MailboxOutOfReach, also for what happens inside."""
    parts = urlsplit(address)
    try:
        if parts.scheme in ("imaps", "imap"):
            with _imap(parts) as box:
                yield box
        elif parts.scheme in ("maildir", "mbox"):
            with _local(parts) as box:
                yield box
        else:
            raise MailboxOutOfReach(f"a mailbox is one of {', '.join(KINDS)}")
    except (OSError, imaplib.IMAP4.error, mailbox.Error) as fault:
        raise MailboxOutOfReach(type(fault).__name__) from fault


class ImapMailbox:
    """A folder on an IMAP server. Only by UID: the numbers of mails move when another program deletes one."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._client = client

    def unread(self) -> Iterator[tuple[str, bytes]]:
        [found] = self._ask("SEARCH", "UNSEEN")
        for uid in found.split()[:BATCH] if isinstance(found, bytes) else []:
            key = uid.decode("ascii")
            answer = self._ask("FETCH", key, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            for part in answer:
                if isinstance(part, tuple):
                    yield key, part[1]

    def remove(self, key: str) -> None:
        self._ask("STORE", key, "+FLAGS.SILENT", r"(\Seen \Deleted)")

    def leave(self, key: str) -> None:
        self._ask("STORE", key, "+FLAGS.SILENT", r"(\Seen)")

    def _ask(self, command: str, *args: str) -> list[bytes | tuple[bytes, bytes]]:
        said, answer = self._client.uid(command, *args)
        if said != "OK":
            raise imaplib.IMAP4.error(f"{command} was refused")
        return answer


@contextmanager
def _imap(parts: SplitResult) -> Iterator[ImapMailbox]:
    host, tls = parts.hostname or "", parts.scheme == "imaps"
    client = (
        imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=ssl.create_default_context(), timeout=SECONDS)
        if tls
        else imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
    )
    try:
        client.login(unquote(parts.username or ""), unquote(parts.password or ""))
        said, _ = client.select(unquote(parts.path.strip("/")) or "INBOX")
        if said != "OK":
            raise imaplib.IMAP4.error("the folder is not there")
        yield ImapMailbox(client)
        client.expunge()
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()
        with suppress(OSError):
            client.shutdown()  # a goodbye that failed leaves the line open


class LocalMailbox:
    """A Maildir or mbox, locked while it is open. `mark` is the flag of what somebody has read."""

    def __init__(self, box: mailbox.Mailbox[mailbox.MaildirMessage] | mailbox.Mailbox[mailbox.mboxMessage]) -> None:
        self._box = box
        self._mark = "S" if isinstance(box, mailbox.Maildir) else "R"

    def unread(self) -> Iterator[tuple[str, bytes]]:
        fresh = (key for key in self._box.keys() if self._mark not in self._box[key].get_flags())  # noqa: SIM118
        for key, _ in zip(list(fresh), range(BATCH), strict=False):
            yield str(key), self._box.get_bytes(self._key(key))[:MOST_BYTES]

    def remove(self, key: str) -> None:
        self._box.discard(self._key(key))

    def leave(self, key: str) -> None:
        mail = self._box[self._key(key)]
        mail.add_flag(self._mark)
        if isinstance(mail, mailbox.MaildirMessage):
            mail.set_subdir("cur")
        self._box[self._key(key)] = mail

    def _key(self, key: object) -> str:
        """mbox counts its mails, Maildir names them."""
        return key if isinstance(self._box, mailbox.Maildir) else int(str(key))  # type: ignore[return-value]


@contextmanager
def _local(parts: SplitResult) -> Iterator[LocalMailbox]:
    path = unquote(parts.path)
    try:
        box = mailbox.Maildir(path, create=False) if parts.scheme == "maildir" else mailbox.mbox(path, create=False)
    except mailbox.NoSuchMailboxError as fault:
        raise MailboxOutOfReach("there is no such mailbox") from fault
    try:
        box.lock()
        yield LocalMailbox(box)
        box.flush()
    finally:
        box.close()
