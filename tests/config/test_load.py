"""smile.json, environment and flags → Config."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smile.config import Config, FailOn, Provider, SandboxKind, load
from smile.config.fields import FIELDS, SECTIONS, snake
from smile.errors import ConfigError
from smile.sandbox.base import Limits
from smile.wire import Patience, Severity


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str, name: str = "smile.json") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(text: str) -> Config:
    config, warnings = load(write(text), {}, {})
    assert warnings == ()
    return config


def failure(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(write(text), {}, {})
    return caught.value.message


def test_without_a_file_the_published_defaults_hold(tmp_path: Path) -> None:
    config, warnings = load(None, {}, {})
    assert warnings == ()
    assert config.file is None
    assert config.tutorial == tmp_path / "tutorial.md"
    assert config.llm_provider is Provider.AUTO
    assert (config.max_iterations, config.timeout) == (10, 1800)
    assert config.container_image == "smile-base:latest"
    assert config.student_behavior.max_retries_before_help == 3
    assert config.student_behavior.timeout_seconds == 60
    assert config.student_behavior.ask_on_timeout
    assert config.student_behavior.patience_level is Patience.LOW
    assert config.container.keep_on_failure
    assert not config.container.keep_on_success
    limits = Limits()
    assert config.container.memory == limits.memory == 4 * 1024**3
    assert (config.container.pids, config.container.cpus) == (limits.pids, limits.cpus) == (512, 2)
    assert config.state_file == tmp_path / ".smile/state.json"
    assert config.output_dir == tmp_path
    assert (config.network.ca_bundle, config.network.proxy) == (None, "")


@pytest.mark.parametrize(
    ("text", "read"),
    [("64m", 64 * 1024**2), ("65536K", 64 * 1024**2), (" 4G ", 4 * 1024**3)],
)
def test_a_size_is_written_as_the_docker_command_takes_it(text: str, read: int) -> None:
    limits = {"container": {"memory": text, "pids": 100, "cpus": 0.5}}
    config, _ = load(write(json.dumps(limits)), {}, {})
    assert (config.container.memory, config.container.pids) == (read, 100)
    assert config.container.cpus == 0.5


@pytest.mark.parametrize(
    "limit",
    [
        '"memory": "63m"',
        '"memory": 4294967296',
        '"memory": "1.5g"',
        '"memory": "2048g"',
        '"pids": 31',
        '"pids": "many"',
        '"cpus": 0',
        '"cpus": true',
        '"cpus": NaN',
        f'"cpus": {10**400}',
        '"cpus": "2"',
    ],
)
def test_a_limit_that_no_machine_can_have_is_refused(limit: str) -> None:
    name = limit.partition(":")[0].strip('"')
    assert f"container.{name} must be" in failure(f'{{"container": {{{limit}}}}}')


def test_smile_json_of_the_current_directory_is_taken_without_being_named() -> None:
    write('{"maxIterations": 4}')
    assert load(None, {}, {})[0].max_iterations == 4


def test_both_spellings_of_a_key_are_read() -> None:
    text = '{"max_iterations": 2, "student_behavior": {"patienceLevel": "high"}}'
    config = read(text)
    assert config.max_iterations == 2
    assert config.student_behavior.patience_level is Patience.HIGH


def test_one_field_in_both_spellings_is_refused() -> None:
    assert "maxIterations is given twice" in failure('{"max_iterations": 2, "maxIterations": 3}')


def test_enum_values_may_be_in_any_case() -> None:
    text = '{"llmProvider": "LiTeRaL", "studentBehavior": {"patienceLevel": "MEDIUM"}}'
    config = read(text)
    assert config.llm_provider is Provider.LITERAL
    assert config.student_behavior.patience_level is Patience.MEDIUM


def test_an_unknown_field_is_ignored_with_one_warning_that_names_it_and_its_line() -> None:
    file = write('{\n  "timeout": 5,\n  "maxIteration": 3\n}')
    config, warnings = load(file, {}, {})
    assert config.timeout == 5
    assert warnings == (
        'smile.json:3: unknown field "maxIteration" is ignored; did you mean maxIterations?',
    )


def test_an_unknown_field_of_a_section_is_named_with_its_section() -> None:
    _, (warning,) = load(write('{"container":\n {"colour": {"deep": 1}}}'), {}, {})
    assert warning == 'smile.json:2: unknown field "container.colour" is ignored'


def test_a_wrong_type_names_file_line_field_what_was_wrong_and_what_is_allowed() -> None:
    text = '{\n  "timeout": 5,\n  "studentBehavior": {\n    "timeoutSeconds": "ten"\n  }\n}'
    message = failure(text)
    assert message == (
        "smile.json:4: studentBehavior.timeoutSeconds must be an integer from 1 to 2147483647,"
        ' not "ten"'
    )


def test_a_bad_enum_value_lists_what_is_allowed() -> None:
    message = failure('{"llmProvider": "gpt"}')
    assert "smile.json:1: llmProvider must be one of auto, claude, codex, gemini" in message
    assert 'not "gpt"' in message


@pytest.mark.parametrize("value", ["0", "-1", "true", "1.5", "null", '"3"', "1e3", "9" * 30])
def test_a_count_that_is_no_integer_of_at_least_one_is_refused(value: str) -> None:
    assert "maxIterations must be an integer" in failure(f'{{"maxIterations": {value}}}')


@pytest.mark.parametrize("value", ['""', '"  "', "1", "[]", r'"a\u0000b"', r'"\ud800"'])
def test_a_path_that_no_file_can_have_is_refused(value: str) -> None:
    assert "tutorial must be a string" in failure(f'{{"tutorial": {value}}}')


def test_a_section_that_is_no_object_is_refused() -> None:
    assert "container must be an object in braces, not 3" in failure('{"container": 3}')


def test_a_field_that_is_an_object_is_refused() -> None:
    assert "timeout must be an integer" in failure('{"timeout": {"seconds": 3}}')


def test_bad_json_names_the_line() -> None:
    assert failure('{\n  "timeout": 5,\n}').startswith("smile.json:3: not valid JSON")


@pytest.mark.parametrize("text", ["", "[]", "3", "[" * 100_000, '{"timeout": ' + "9" * 5000 + "}"])
def test_what_is_no_object_is_refused(text: str) -> None:
    assert "smile.json" in failure(text)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read('\ufeff{"timeout": 7}').timeout == 7


def test_a_file_that_is_not_utf8_is_refused() -> None:
    Path("smile.json").write_bytes(b'{"tutorial": "\xff"}')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(None, {}, {})


def test_a_named_file_that_is_missing_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"other\.json does not exist") as caught:
        load(Path("other.json"), {}, {})
    assert "smile init" in caught.value.hint


def test_a_directory_is_refused() -> None:
    Path("smile.json").mkdir()
    with pytest.raises(ConfigError, match="can't be read"):
        load(None, {}, {})


def test_paths_in_the_file_are_relative_to_it_and_those_of_flags_to_the_current_directory(
    tmp_path: Path,
) -> None:
    file = write('{"tutorial": "a.md", "network": {"caBundle": "ca.pem"}}', "docs/smile.json")
    config, _ = load(file, {"output_dir": "out"}, {"SMILE_STATE_DIR": "state"})
    assert config.tutorial == tmp_path / "docs/a.md"
    assert config.network.ca_bundle == tmp_path / "docs/ca.pem"
    assert config.output_dir == tmp_path / "out"
    assert config.state_file == tmp_path / "state/state.json"


def test_flags_win_over_the_environment_and_the_environment_over_the_file() -> None:
    file = write('{"timeout": 5, "container": {"keepOnSuccess": true}, "stateFile": "s.json"}')
    environ = {"SMILE_PORT": "4000", "SMILE_KEEP_CONTAINER": "0", "SMILE_STATE_DIR": "d"}
    config, _ = load(file, {"port": 5000, "timeout": None, "tutorial": None}, environ)
    assert config.timeout == 5
    assert config.port == 5000
    assert not config.container.keep_on_success
    assert not config.container.keep_on_failure
    assert config.state_file.parent.name == "d"
    assert load(file, {"keep": True}, environ)[0].container.keep_on_success


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SMILE_PORT", "http"), ("SMILE_PORT", "65536"), ("SMILE_KEEP_CONTAINER", "maybe")],
)
def test_a_wrong_variable_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigError, match=variable):
        load(None, {}, {variable: value})


def test_an_empty_variable_counts_as_unset() -> None:
    environ = {
        "SMILE_PORT": "",
        "SMILE_KEEP_CONTAINER": "",
        "SMILE_STATE_DIR": "",
        "SSL_CERT_FILE": "",
    }
    assert load(None, {}, environ) == load(None, {}, {})


def test_certificates_and_proxy_come_from_the_variables_of_other_tools() -> None:
    environ = {"REQUESTS_CA_BUNDLE": "/etc/ca.pem", "https_proxy": "http://proxy:3128"}
    network = load(None, {}, environ)[0].network
    assert network.ca_bundle == Path("/etc/ca.pem")
    assert network.proxy == "http://proxy:3128"


def test_certificates_in_the_file_win_over_the_variables() -> None:
    file = write('{"network": {"caBundle": "/mine.pem", "proxy": "http://mine:1"}}')
    environ = {"SSL_CERT_FILE": "/other.pem", "HTTPS_PROXY": "http://other:1"}
    network = load(file, {}, environ)[0].network
    assert (network.ca_bundle, network.proxy) == (Path("/mine.pem"), "http://mine:1")


def test_the_choice_of_a_sandbox_is_a_flag() -> None:
    config, _ = load(None, {"sandbox": "local", "fail_on": "major"}, {})
    assert config.sandbox is SandboxKind.LOCAL
    assert config.fail_on is FailOn.MAJOR


@pytest.mark.parametrize(
    ("fail_on", "covered"),
    [
        (FailOn.CRITICAL, {Severity.CRITICAL}),
        (FailOn.MAJOR, {Severity.CRITICAL, Severity.MAJOR}),
        (FailOn.MINOR, set(Severity)),
        (FailOn.NEVER, set[Severity]()),
    ],
)
def test_fail_on_covers_its_severity_and_the_worse_ones(
    fail_on: FailOn, covered: set[Severity]
) -> None:
    assert {severity for severity in Severity if fail_on.covers(severity)} == covered


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted([*FIELDS, *SECTIONS]))


def nested(name: str, value: Any) -> dict[str, Any]:
    section, _, key = name.rpartition(".")
    return {section: {key: value}} if section else {key: value}


@given(name=NAMES, value=JSON, spelling=st.sampled_from([str, snake]))
def test_any_json_value_in_any_field_gives_a_config_or_a_config_error_that_names_it(
    name: str, value: Any, spelling: Any
) -> None:
    text = json.dumps(nested(spelling(name), value), indent=1)
    try:
        config, _ = load(write(text), {}, {})
    except ConfigError as error:
        assert error.message.startswith("smile.json:")  # noqa: PT017 - either way is right
        assert name in error.message  # noqa: PT017
    else:
        assert config.max_iterations >= 1
        assert config.tutorial.is_absolute()


@given(document=JSON)
def test_any_json_document_gives_a_config_or_a_config_error(document: Any) -> None:
    file = write(json.dumps(document))
    try:
        _, warnings = load(file, {}, {})
    except ConfigError:
        assert not isinstance(document, dict) or document
    else:
        assert len(warnings) == len(document)


@given(text=st.text())
def test_any_text_gives_a_config_or_a_config_error(text: str) -> None:
    file = Path("smile.json")
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        config, _ = load(file, {}, {})
    except ConfigError as error:
        assert "smile.json" in error.message  # noqa: PT017
    else:
        assert config.timeout == 1800


def test_the_line_of_a_field_is_right_whatever_strings_stand_before_it() -> None:
    before = {"a{": ['"', "\\", {"timeout": 1}], "b\\": {"timeout": [2]}, "c\n": "timeout"}
    text = json.dumps(before, indent=2).removesuffix("\n}") + ',\n"timeout": "x"}'
    assert failure(text).startswith(f"smile.json:{text.count(chr(10)) + 1}: timeout")


def test_reading_a_configuration_is_no_work() -> None:
    file = write(json.dumps({"timeout": 3, "studentBehavior": {"timeoutSeconds": 2}}))
    start = time.process_time()
    load(file, {}, {})
    assert time.process_time() - start < 1


def test_a_current_directory_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(ConfigError, match="the current directory can't be used") as caught:
        load(None, {}, {})
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["{", "[1, 2", '{"a": 1,}', "[" * 100_000, "1" * 5000, "NaN", '{"a": "\ud800"', ""]
)
def test_whatever_the_parser_of_json_raises_is_an_error_of_ours(text: str, tmp_path: Path) -> None:
    file = tmp_path / "smile.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(ConfigError) as caught:
        load(file, {}, {})
    assert str(file) in caught.value.message
    assert caught.value.hint
