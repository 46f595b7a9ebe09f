"""What no schema can say, for schemathesis: an observation speaks of its token's iteration."""

from __future__ import annotations

from typing import Any

import schemathesis

ITERATION = 1


@schemathesis.hook
def before_call(
    _: schemathesis.HookContext, case: schemathesis.Case[Any], __: dict[str, Any]
) -> None:
    """Put the right iteration where there is a valid one."""
    body: Any = case.body
    if not isinstance(body, dict) or not isinstance(body.get("observations"), list):
        return
    for each in body["observations"]:
        given: Any = each.get("iteration") if isinstance(each, dict) else None
        number = isinstance(given, int | float) and not isinstance(given, bool)
        if number and given >= 1 and given == int(given):
            each["iteration"] = ITERATION
