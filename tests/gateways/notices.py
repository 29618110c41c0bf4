"""Delivery status notices as mail servers write them, about an e-mail with a number of ours."""

from __future__ import annotations

OURS = "6f7e51d5-2f36-4b3c-9a4f-0d8a8b7f0c11"

POSTFIX = """\
Return-Path: <>
Date: Sat, 24 Apr 2021 12:00:04 +0200 (CEST)
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4FTb0m2Xkzz/mx.example.org"

This is a MIME-encapsulated message.

--4FTb0m2Xkzz/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<somebody@example.com>: host mail.example.com[192.0.2.1] said: {said}

--4FTb0m2Xkzz/mx.example.org
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4FTb0m2Xkzz
Arrival-Date: Sat, 24 Apr 2021 12:00:01 +0200 (CEST)

Final-Recipient: rfc822; somebody@example.com
Original-Recipient: rfc822;somebody@example.com
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.com
Diagnostic-Code: smtp; {said}

--4FTb0m2Xkzz/mx.example.org
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <impfliste@example.org>
Message-ID: <{reference}@example.org>
From: impfliste@example.org
To: somebody@example.com

--4FTb0m2Xkzz/mx.example.org--
"""

EXCHANGE = """\
From: <postmaster@example.com>
To: <bounces@example.org>
Date: Sat, 24 Apr 2021 10:00:05 +0000
Content-Type: multipart/report; report-type="delivery-status"; boundary="_000_"
Subject: Unzustellbar: Angebot
MIME-Version: 1.0

--_000_
Content-Type: multipart/alternative; boundary="_001_"

--_001_
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

SWhyZSBOYWNocmljaHQga29ubnRlIG5pY2h0IHp1Z2VzdGVsbHQgd2VyZGVuLg==

--_001_--

--_000_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.example.com

Final-recipient: RFC822;somebody@example.com
Action: failed
Status: 5.1.10
Remote-MTA: dns;EX02.example.com
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

--_000_
Content-Type: message/rfc822

MIME-Version: 1.0
From: impfliste@example.org
To: somebody@example.com
Message-ID: <{reference}@example.org>
X-Reference: {reference}
Content-Type: text/plain

Guten Tag
--_000_--
"""

ABSENT = """\
From: somebody@example.com
To: bounces@example.org
Subject: Abwesend
Auto-Submitted: auto-replied
In-Reply-To: <6f7e51d5-2f36-4b3c-9a4f-0d8a8b7f0c11@example.org>
Content-Type: text/plain

Ich bin nicht da.
"""


def write_notice(
    action: str = "failed",
    status: str = "5.1.1",
    said: str = "550 5.1.1 <somebody@example.com>: Recipient address rejected: User unknown",
    *,
    to: str = "bounces@example.org",
    reference: str = OURS,
) -> bytes:
    return POSTFIX.format(action=action, status=status, said=said, to=to, reference=reference).encode()
