"""The JSON and its schema."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from smile.report.build import build
from smile.report.json import dumps, schema, schema_text
from smile.report.record import RunRecord
from smile.wire import CommandOutcome, Status, StepState

from .example import NO_UV, Story, whole_record

CHECKED_IN = Path(__file__).parents[2] / "schema" / "smile-report.schema.json"


def problems(record: RunRecord) -> list[str]:
    value = json.loads(dumps(build(record)))
    return [error.message for error in Draft202012Validator(schema()).iter_errors(value)]


def test_the_schema_checked_in_is_the_one_made_from_the_types() -> None:
    assert CHECKED_IN.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema_that_describes_its_fields() -> None:
    made = schema()

    Draft202012Validator.check_schema(made)
    assert made["title"] == "SMILE report"
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    definitions = made["$defs"]
    assert isinstance(definitions, dict)
    for definition in definitions.values():
        assert definition["description"]
        for name, field in definition.get("properties", {}).items():
            assert "description" in field, name


def test_the_published_fields_are_there() -> None:
    value = json.loads(dumps(build(whole_record())))

    assert value.keys() >= {
        "tutorialName",
        "summary",
        "gaps",
        "timeline",
        "auditTrail",
        "recommendations",
    }
    assert value["summary"].keys() >= {"status", "iterations", "durationSeconds", "tutorialPath"}
    assert value["gaps"][0].keys() >= {
        "id",
        "title",
        "kind",
        "severity",
        "location",
        "problem",
        "suggestedFix",
        "evidence",
        "fix",
    }
    assert value["gaps"][0]["location"].keys() == {"lineNumber", "endLine", "quote"}
    trail = value["auditTrail"]
    assert trail["commands"][0].keys() >= {"command", "exitCode", "output", "timestamp"}
    assert trail["files"][0].keys() >= {"path", "operation", "timestamp"}
    assert trail["llmCalls"][0].keys() >= {
        "provider",
        "promptTokens",
        "completionTokens",
        "durationMs",
        "timestamp",
    }
    assert value["recommendations"][0].keys() >= {"priority", "category", "description"}


def test_the_example_is_valid() -> None:
    assert problems(whole_record()) == []


def test_a_report_of_nothing_is_valid() -> None:
    assert problems(Story().record(Status.ERROR)) == []


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    text=texts,
    status=st.sampled_from(Status),
    state=st.sampled_from(StepState),
    outcome=st.sampled_from(CommandOutcome),
    code=st.none() | st.integers(0, 255),
    resolvable=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_every_report_is_valid(
    *,
    text: str,
    status: Status,
    state: StepState,
    outcome: CommandOutcome,
    code: int | None,
    resolvable: bool,
) -> None:
    story = Story().attempt()
    story.runs(text, step=0, line=6, code=code, output=text, outcome=outcome)
    story.asked(text, text, step=1, line=12).ends(0, 6, state, text)
    story.differs(text, step=1, line=12, expected=text, actual=text)
    story.stuck(text, step=0, line=6, output=NO_UV)
    story.answered(line=99, title=text, resolvable=resolvable)

    assert problems(story.record(status)) == []
