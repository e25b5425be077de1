"""Messages of a kernel as JSON: a number that JSON has no word for goes as null, and the text "nan" stays a text."""

from __future__ import annotations

import json
import math
from typing import Any

from jupyter_client.jsonutil import json_default


def packed(message: Any) -> bytes:  # noqa: ANN401 - whatever a kernel says
    """Write a message as JSON in UTF-8; jupyter_client's own way turns what is not finite into texts."""
    try:
        text = _dumped(message)
    except ValueError:
        text = _dumped(finite(json.loads(json.dumps(message, default=json_default))))
    return text.encode("utf-8", errors="surrogateescape")


def finite(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Replace floats that are not finite by None, in lists and dictionaries of any depth."""
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _dumped(message: object) -> str:
    return json.dumps(message, default=json_default, ensure_ascii=False, allow_nan=False)
