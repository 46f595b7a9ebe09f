"""The documentation is held to the code: what it lists is complete, and what it shows is true."""

from __future__ import annotations

import inspect
import json
import re
import signal
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

import smile
from smile.check.explain import gaps
from smile.check.reading import Reading
from smile.check.surroundings import look_around
from smile.check.suspects import CHECKS, MOST, find
from smile.cli import arguments, bug_report
from smile.cli.main import READER_GONE
from smile.cli.talk import About
from smile.config import Config, FailOn, Provider, SandboxKind, load
from smile.config.fields import FIELDS
from smile.errors import InputError, NoEvidenceError, SmileError
from smile.loop import events, exchange, feed, journal, messages
from smile.loop.runner import LoopSettings
from smile.loop.state import ANSWER_TOKENS, CHARACTERS_PER_TOKEN, initial
from smile.report.model import Gap
from smile.sandbox.base import Limits
from smile.server import app as server
from smile.server import connections, endpoints
from smile.tutorial.load import MAX_BYTES, opened
from smile.tutorial.model import EditFile, Skip, SkipReason, WriteFile
from smile.tutorial.parse import parse
from smile.wire import (
    FixState,
    GapKind,
    Patience,
    Severity,
    Status,
    StepState,
    Trigger,
    now,
)
from smile.wiring import materials

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
FROM_THE_ENVIRONMENT = ("network.caBundle", "network.proxy")

_FENCE = re.compile(r"^(`{3,}|~{3,})([^\n`]*)\n(.*?)^\1`*[ \t]*$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(([^()\s]+)\)")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text)


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found, f"there is no heading {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every line of every table; a pipe with a backslash is none."""
    for line in text.split("\n"):
        if line.startswith("|") and not re.match(r"^\|[\s|:-]+$", line):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def first_cells(text: str) -> set[str]:
    """The code spans in the first cells."""
    return {span for cells in rows(text) for _, span in _SPAN.findall(cells[0])}


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    titles = re.findall(r"^#{1,6} (.+)$", prose(text), re.MULTILINE)
    plain = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", title).lower() for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).strip().replace(" ", "-") for title in plain}


# --- links ------------------------------------------------------------------------------------


def links() -> Iterator[tuple[Path, str]]:
    for path in PAGES:
        text = _SPAN.sub("", prose(path.read_text(encoding="utf-8")))
        for target in _LINK.findall(text):
            if not re.match(r"[a-z]+:", target):
                yield path, target


@pytest.mark.parametrize(
    ("source", "target"), [pytest.param(p, t, id=f"{p.name}-{t}") for p, t in links()]
)
def test_a_link_leads_to_a_file_and_a_heading_that_exist(source: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    path = (source.parent / name).resolve() if name else source
    assert path.exists(), f"{source.name}: {target}"
    if anchor:
        assert anchor in anchors(path.read_text(encoding="utf-8")), f"{source.name}: {target}"


def test_every_page_is_linked_from_another_one() -> None:
    linked = {
        (source.parent / target.partition("#")[0]).resolve()
        for source, target in links()
        if not target.startswith("#")
    }
    assert [path.name for path in DOCS.glob("*.md") if path.resolve() not in linked] == []


# --- running ----------------------------------------------------------------------------------


def options(command: str) -> list[str]:
    """The options of a command, as its help lists them."""
    top = arguments.parser(smile.__version__)
    actions: Any = top._subparsers._group_actions[0].choices[command]._actions  # type: ignore[union-attr, index]
    return [option for action in actions for option in action.option_strings]


@pytest.mark.parametrize("option", options("run"))
def test_every_option_of_run_is_explained(option: str) -> None:
    table = section(page("running.md"), "Options")
    assert re.search(rf"`{option}[ `]", table)


def default(name: str, config: Config) -> object:
    """The default of a field, as smile.json would have it."""
    value: Any = asdict(config) | {"student_behavior": config.student_behavior.model_dump()}
    for key in name.split("."):
        value = {to_camel(k): v for k, v in value.items()}[key]
    if name == "container.memory":
        return f"{value // 1024**3}g"
    return value.relative_to(Path.cwd()).as_posix() if isinstance(value, Path) else value


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_stands_in_the_table_with_its_default(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config, _ = load(None, {}, {})
    (told,) = [c[1] for c in rows(section(page("running.md"), "smile.json")) if c[0] == f"`{name}`"]
    if name in FROM_THE_ENVIRONMENT:
        assert not default(name, config)
        assert told == "from the environment"
    else:
        assert told == f"`{json.dumps(default(name, config))}`"


def test_no_field_is_told_that_does_not_exist() -> None:
    table = section(page("running.md"), "smile.json").partition("```")[0]
    assert {name for name in first_cells(table) if name != "smile.json"} == set(FIELDS)


@pytest.mark.parametrize("word", [*Provider, *SandboxKind, *FailOn, *Patience, *Trigger])
def test_every_word_that_an_option_takes_is_told(word: str) -> None:
    assert re.search(rf"`[^`]*\b{word}\b[^`]*`", page("running.md"))


def test_every_trigger_and_every_patience_has_its_row() -> None:
    cells = first_cells(section(page("running.md"), "When the Student asks for help"))
    assert cells >= {*Trigger, *Patience}


def test_the_exit_codes_are_those_of_the_code() -> None:
    told = {int(c[0]) for c in rows(section(page("running.md"), "Exit codes")) if c[0].isdigit()}
    errors = {kind.exit_code for kind in (SmileError, InputError, NoEvidenceError)}
    signals = {128 + signal.SIGINT, 128 + signal.SIGTERM}
    assert told == {0, 1, READER_GONE, *errors, *signals}


def environment_names() -> set[str]:
    from smile.config import sources

    code = "".join(path.read_text("utf-8") for path in Path(smile.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'"(SMILE_[A-Z_]+)"', code))
    return {*named, *sources.CA_VARIABLES, *sources.PROXY_VARIABLES}


def test_every_variable_is_explained() -> None:
    told = first_cells(section(page("running.md"), "Environment variables"))
    assert environment_names() <= told


def test_every_event_of_a_log_has_its_row() -> None:
    assert first_cells(section(page("running.md"), "Logs")) == set(About)


def test_the_parts_of_a_bug_report_are_shown() -> None:
    shown = section(page("running.md"), "When something fails")
    for name, what in bug_report.WHAT.items():
        assert re.search(rf"^  {re.escape(name)} .* bytes  {re.escape(what)}$", shown, re.MULTILINE)
    assert f"{bug_report.LARGEST // 1024} KiB" in shown


# --- examples ---------------------------------------------------------------------------------


def blocks(language: str) -> list[Any]:
    found = [
        (path, info.strip(), text)
        for path in PAGES
        for _, info, text in _FENCE.findall(path.read_text(encoding="utf-8"))
    ]
    return [
        pytest.param(info, text, id=f"{path.name}-{number}")
        for number, (path, info, text) in enumerate(found)
        if info.split(" ")[0] == language
    ]


@pytest.mark.parametrize(("info", "text"), blocks("json"))
def test_an_example_in_json_is_valid_and_a_configuration_loads(
    info: str, text: str, tmp_path: Path
) -> None:
    assert json.loads(text)
    if "smile.json" in info:
        file = tmp_path / "smile.json"
        file.write_text(text, encoding="utf-8")
        config, warnings = load(file, {}, {})
        assert not warnings
        assert config != load(None, {}, {})[0]


def test_there_is_an_example_of_a_configuration() -> None:
    assert any("smile.json" in str(block.values[0]) for block in blocks("json"))


def conventions() -> list[Any]:
    return [
        pytest.param(cells[-2], cells[-1], id=re.sub(r"\W+", "-", cells[-3])[:50])
        for cells in rows(page("conventions.md"))
        if len(cells) >= 3 and cells[-2].startswith("````")
    ]


def named(step: object) -> str:
    match step:
        case Skip():
            return f"Skip ({step.reason})"
        case WriteFile():
            return f"WriteFile ({step.path}, {step.placement})"
        case EditFile():
            return f"EditFile ({step.path}, {step.change})"
        case _:
            return type(step).__name__


@pytest.mark.parametrize(("example", "read_as"), conventions())
def test_an_example_of_a_convention_is_read_as_told(example: str, read_as: str) -> None:
    span = _SPAN.fullmatch(example)
    assert span
    source = span[2][1:-1].replace(" ⏎ ", "\n").replace(" ⏎", "\n").replace("\\|", "|")
    assert ", ".join(map(named, parse(source + "\n"))) == read_as.replace("nothing", "")


def test_the_conventions_have_their_examples() -> None:
    assert len(conventions()) > 40


def test_every_reason_to_pass_a_block_over_is_told() -> None:
    text = page("conventions.md")
    assert first_cells(section(text, "Not applicable")) >= set(SkipReason) - {SkipReason.UNKNOWN}


# --- check ------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", options("check"))
def test_every_option_of_check_is_explained(option: str) -> None:
    assert re.search(rf"`{option}[ `]", section(page("check.md"), "Options"))


def test_the_exit_codes_of_check_are_those_of_the_code() -> None:
    cells = rows(section(page("check.md"), "Exit codes"))
    told = {int(code) for c in cells for code in re.findall(r"\d+", c[0])}
    assert told == {0, 1, InputError.exit_code, 3, 70, 128 + signal.SIGINT, READER_GONE}


def checks() -> list[list[str]]:
    return [c for c in rows(section(page("check.md"), "What it finds")) if c[0].startswith("`")]


def test_every_check_has_its_row() -> None:
    names = {check.__module__.rpartition(".")[2] for check in CHECKS}
    assert {cells[0].strip("`") for cells in checks()} == names | {"picture"}
    assert f"at most {MOST} are told" in page("check.md")


@pytest.mark.parametrize(
    "cells", checks(), ids=lambda cells: "-".join(cells[:3:2]).replace("`", "")
)
def test_an_example_of_a_check_is_found_as_told(cells: list[str], tmp_path: Path) -> None:
    _, _, kind, severity, example = cells
    span = _SPAN.fullmatch(example)
    assert span
    path = tmp_path / "tutorial.md"
    path.write_text(re.sub(" ?⏎ ?", "\n", span[2][1:-1]), encoding="utf-8")
    tutorial, document = opened(path)
    read = Reading(replace(tutorial, steps=parse(tutorial.text)), document, look_around(path))
    found = [(f"`{gap.kind}`", f"`{gap.severity}`") for gap in gaps(read, find(read))]
    assert found == [(kind, severity)]


def test_the_hook_of_the_page_is_the_one_that_there_is() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (shown,) = re.findall(r"- id: (\S+)", section(page("check.md"), "As a hook for pre-commit"))
    assert f"- id: {shown}\n" in hooks


# --- report -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Kinds", GapKind),
        ("Severity", Severity),
        ("Fix", FixState),
        ("Sections", Status),
        ("Sections", StepState),
    ],
)
def test_every_word_of_a_report_has_its_row(heading: str, words: type[GapKind]) -> None:
    known = {word for word in words if word.value not in _ON_THE_WAY}
    assert known <= first_cells(section(page("report.md"), heading))


_ON_THE_WAY = {status.value for status in Status if not status.ended}


def test_no_kind_is_told_that_does_not_exist() -> None:
    assert first_cells(section(page("report.md"), "Kinds")) == set(GapKind)


def test_every_field_of_a_gap_is_told() -> None:
    told = first_cells(section(page("report.md"), "A gap"))
    assert {to_camel(name) for name in Gap.model_fields} <= told


# --- API and design ---------------------------------------------------------------------------


async def test_every_endpoint_is_told() -> None:
    state = initial("r", now())
    routes = server.create_app(exchange.Exchange(), lambda: state).routes
    told = page("api.md")
    assert len(routes) > 5
    for route in routes:
        assert f"{getattr(route, 'path', '')}`" in told


def test_every_event_of_the_websocket_is_told() -> None:
    source = inspect.getsource(messages) + inspect.getsource(feed)
    sent = set(re.findall(r'Message\(\s*"(\w+)"', source)) | {"connected"}
    assert sent <= first_cells(section(page("api.md"), "WebSocket"))
    assert len(sent) == 8


def test_every_status_and_every_event_of_the_machine_is_in_the_design() -> None:
    text = section(page("design.md"), "The state machine")
    names = {kind.__name__ for kind in events.Event.__args__}
    for word in (*Status, *names):
        assert word in text


def test_every_package_is_in_the_design() -> None:
    here = {
        path.stem
        for path in Path(smile.__file__).parent.iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    told = first_cells(section(page("design.md"), "Packages"))
    assert {name.removesuffix(".py").rstrip("/") for name in told} == here


# --- bounds -----------------------------------------------------------------------------------

GIB, MIB = 1024**3, 1024**2


@pytest.mark.parametrize(
    ("number", "row"),
    [
        (f"{Limits().memory // GIB} GiB", "memory"),
        (f"{Limits().disk // GIB} GiB", "disk"),
        (f"{Limits().pids}", "processes"),
        (f"{Limits().cpus:.0f} cores", "processor"),
        (f"{MAX_BYTES:,} bytes", "tutorial"),
        (f"{materials.MOST_FILES}", "files that go with it"),
        (f"{materials.LARGEST_FILE // MIB} MiB", "files that go with it"),
        (f"{materials.LARGEST_TOTAL // MIB} MiB", "files that go with it"),
        (f"{exchange.MAX_OBSERVATIONS:,}", "observations"),
        (f"{exchange.MAX_OBSERVED_BYTES // MIB} MiB", "observations"),
        (f"{ANSWER_TOKENS:,} tokens", "an answer of the Mentor"),
        (f"{ANSWER_TOKENS * CHARACTERS_PER_TOKEN:,} characters", "an answer of the Mentor"),
        (f"{LoopSettings().silence:.0f} s", "silence of a Student"),
        (f"{LoopSettings().answer:.0f} s", "a Mentor"),
        (f"{journal.MAX_JOURNAL_BYTES // MIB} MiB", "journal"),
        (f"{endpoints.BODY_LIMIT // MIB} MiB", "body of a result"),
        (f"{endpoints.OBSERVATIONS_LIMIT // MIB} MiB", "body of observations"),
        (f"{connections.MAX_CONNECTIONS}", "connections at a time"),
        (f"{connections.SECONDS:.0f} s", "time for a request's head, and for its answer"),
        (f"{server.BODY_SECONDS:.0f} s", "time for a body to arrive"),
        (f"{messages.LARGEST:,} characters", "a message to an observer"),
        (f"{feed.BUFFERED}", "messages waiting for an observer"),
        (f"{feed.PER_SECOND} a second", "observations to an observer"),
        (f"{feed.MAX_CLIENTS}", "observers at a time"),
    ],
)
def test_a_bound_is_told_as_it_is(number: str, row: str) -> None:
    told = [c for c in rows(section(page("sandboxes.md"), "Bounds")) if c[0] == row]
    assert number in " ".join(told[-1][1:])
