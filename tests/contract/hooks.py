"""What generated requests need to know that no schema can say."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import schemathesis

KEY = "Idempotency-Key"
LONGEST = 160


@schemathesis.hook
def before_call(context: Any, case: Any, **kwargs: Any) -> None:
    """Use no key for two requests: another body under a used one is rightly refused (422)."""
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and 0 < len(key) <= LONGEST:
        case.headers[KEY] = key + uuid4().hex
