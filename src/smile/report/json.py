"""The report as JSON, and the schema that every report written is valid against."""

from __future__ import annotations

import json

from pydantic.json_schema import GenerateJsonSchema

from smile.report.model import Report

__all__ = ["SCHEMA_ID", "dumps", "schema", "schema_text"]

SCHEMA_ID = "urn:smile-loop:smile-report"


class _Schema(GenerateJsonSchema):
    """Leaves out the titles that would only repeat the names of the fields."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the base's name
        return False


def dumps(report: Report, *, indent: int | None = 2) -> str:
    """``smile-report.json``: camelCase keys, every field present, a newline at its end.

    Without ``indent`` it is a single line.
    """
    return report.model_dump_json(by_alias=True, indent=indent) + "\n"


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of ``smile-report.json``, made from the report's own types."""
    made = Report.model_json_schema(by_alias=True, mode="serialization", schema_generator=_Schema)
    head: dict[str, object] = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": SCHEMA_ID,
        "title": "SMILE report",
    }
    return head | {key: value for key, value in made.items() if key != "title"}


def schema_text() -> str:
    """The text of ``schema/smile-report.schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
