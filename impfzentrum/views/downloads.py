"""Tables as downloads."""

from __future__ import annotations

import io
import tempfile
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify

from impfzentrum.sheets.files import SheetFormat, write_sheet
from impfzentrum.sheets.sheet import Sheet, SheetTooLong

IN_MEMORY = 2_000_000
"""Bytes of a file that stay in memory; what is longer goes through a file without a name."""


def send_sheet(
    request: HttpRequest,
    sheet: Sheet,
    file_format: SheetFormat,
    filename: str,
    *,
    password: str | None = None,
) -> HttpResponseBase:
    """The table as a download named `filename` and the ending of its format; too long a table answers with a page.

    The whole file is written before the first byte is sent, so that a failure is an error page and never half a table.
    The file holds what the page may show: the caller has checked who asks.
    """
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response reads and closes it
    try:
        write_sheet(sheet, file_format, file, password=password)
    except SheetTooLong as refusal:
        file.close()
        return render(request, "parts/sheet_refused.html", {"title": sheet.title, "refusal": refusal}, status=409)
    except BaseException:
        file.close()
        raise
    return send_file(file, file_format, filename)


def send_file(file: IO[bytes], file_format: SheetFormat, filename: str) -> HttpResponseBase:
    """A file that is written already, as a download that no cache keeps. Whoever answers the request closes it."""
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    if length <= IN_MEMORY:
        with file:
            return send_bytes(file.read(), file_format, filename)
    return _name_file(FileResponse(file, content_type=file_format.media_type), length, file_format, filename)


def send_bytes(content: bytes, file_format: SheetFormat, filename: str) -> HttpResponseBase:
    """A file that lies in memory, as a download that no cache keeps."""
    response = HttpResponse(content, content_type=file_format.media_type)
    return _name_file(response, len(content), file_format, filename)


def _name_file(response: HttpResponseBase, length: int, file_format: SheetFormat, filename: str) -> HttpResponseBase:
    response["Content-Disposition"] = f'attachment; filename="{slugify(filename)}.{file_format}"'
    response["Content-Length"] = str(length)
    response["Cache-Control"] = "no-store, private"
    return response
