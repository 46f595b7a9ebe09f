"""The base of everything on the wire: frozen, camelCase out, either spelling in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticSerializationError


def _readable(value: Any) -> Any:
    """The same without what stands for the bytes of a file name that is no UTF-8 (PEP 383)."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_readable(key): _readable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    return value


class Wire(BaseModel):
    """A frozen value with camelCase keys that takes either spelling."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        allow_inf_nan=False,  # they would be written as null, and not be read back
    )

    def to_json(self) -> str:
        """One line of JSON with camelCase keys, without the fields that are ``None``."""
        try:
            return self.model_dump_json(by_alias=True, exclude_none=True)
        except PydanticSerializationError:
            text = type(self).model_validate(_readable(self.model_dump()))
            return text.model_dump_json(by_alias=True, exclude_none=True)


def now() -> datetime:
    """The current time with its zone: for edges only, the core takes time as an argument."""
    return datetime.now(UTC)
