"""One JSON object a line, for programs that collect logs; masked like the lines for people."""

import json
import logging
from datetime import UTC, datetime

from nachruecker.log_masking import mask_people


class JsonFormatter(logging.Formatter):
    """Time in UTC, level, logger, message, request, release, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _mask(record.getMessage()),
            "request": vars(record).get("request_id", "-"),
            "release": vars(record).get("release", "-"),
        }
        if record.exc_info:
            told["traceback"] = _mask(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def _mask(text: str) -> str:
    return "\n".join(mask_people(line) for line in text.splitlines())
