"""Secrets go, and nothing else does."""

from __future__ import annotations

import base64
import json
import string
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smile.plain import plain
from smile.redaction import Redactor, redacted
from smile.wire import CommandOutcome, CommandRan, JournalEntry, JournalEvent

from .keys import BODY, IN_CONTEXT, KEYS, PEM_LINES, pem

redact = Redactor()
SURROUNDINGS = [
    "{}",
    "export KEY={} # mine",
    'key: "{}"',
    "line before\n{}\nline after",
    "\t| {}\r\n",
    "--token={}&x=1",
    "['{}', 'b']",
    "\x1b[32m {} \x1b[0m",
]


# --- what is taken out ----------------------------------------------------------------------------


@pytest.mark.parametrize("around", SURROUNDINGS)
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_is_taken_out_and_all_around_it_stays(key: str, around: str) -> None:
    assert redact(around.format(key)) == around.format("[redacted]")


@pytest.mark.parametrize(("around", "secret"), IN_CONTEXT.values(), ids=IN_CONTEXT)
def test_what_stands_where_a_secret_stands_is_taken_out(around: str, secret: str) -> None:
    told = redact(f"$ curl {around.format(secret)} | jq")
    assert secret not in told
    assert "[redacted]" in told
    assert told.startswith("$ curl ")
    assert told.endswith(" | jq")


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "a\n{}\nb",
        "  {}",  # indented, as in YAML
        "Proc-Type below\n{}",
    ],
)
def test_a_private_key_is_taken_out_and_lines_keep_their_numbers(kind: str, written: str) -> None:
    text = written.format(pem(kind)).replace("\n", "\n  " if written == "  {}" else "\n")
    told = redact(text)
    assert not any(line in told for line in PEM_LINES)
    assert told.count("\n") == text.count("\n")
    assert told.split("\n")[-1].strip() in {"", "b", "[redacted]"}


def test_a_private_key_with_a_header_or_on_one_line_is_taken_out() -> None:
    header = ("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,F00D", "", *PEM_LINES)
    for text in (pem("RSA ", header), json.dumps({"private_key": pem()}), pem().replace("\n", " ")):
        told = redact(text)
        assert BODY not in told
        assert PEM_LINES[1] not in told
        assert "[redacted]" in told


def test_a_private_key_that_was_cut_is_taken_out_as_far_as_it_is_there() -> None:
    lines = pem().split("\n")
    cut = "\n[… 1,234 characters left out …]\n"
    for text in (
        "\n".join(lines[2:]),
        f"{lines[0]}\n{BODY}{cut}{BODY}\n{lines[-1]}",
        f"{lines[0]}\n{BODY}{cut}{PEM_LINES[1]}\n{lines[-1]}",
    ):
        told = redact(f"$ cat id\n{text}\n$ echo done\ndone")
        assert not any(line in told for line in PEM_LINES)
        assert told.startswith("$ cat id\n")
        assert told.endswith("\n$ echo done\ndone")


@pytest.mark.parametrize(
    "written",
    ["{}\n{}\n{}", "{} {} {}", "printf '%s\\n' '{}' '{}' '{}'", '"{}\\n" \\\n  "{}\\n" \\\n "{}"'],
    ids=["lines", "words", "quoted words", "quoted lines"],
)
def test_a_private_key_without_an_end_goes_on_to_the_end_of_the_text(written: str) -> None:
    lines = pem().split("\n")
    text = written.format(*lines[:3])
    for end in (len(text), len(text) - 3, text.index(BODY) + 30):
        told = redact(f"$ echo begins\n{text[:end]}\nand more")
        assert not any(part in told for part in (BODY[:20], PEM_LINES[1][:8]))
        assert told.startswith("$ echo begins\n")
        assert "[redacted]" in told


def test_a_key_that_colours_hide_is_seen_as_a_reader_sees_it() -> None:
    key = KEYS["anthropic"]
    for hidden in (
        f"\x1b[32m{key}",
        f"{key[:9]}\x1b[31m\x1b[K{key[9:]}\x1b[m",
        f"{key[:5]}\u200b{key[5:]}\n",
    ):
        told = redact(f"found \x1b[1m{hidden}")
        assert key not in plain(told)
        assert "[redacted]" in told


# --- what stays ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "export API_KEY=your-key",
        "export OPENAI_API_KEY=sk-your-key-1234567890",
        'export ANTHROPIC_API_KEY="sk-ant-..."',
        "GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        'curl -H "Authorization: Bearer $TOKEN" http://localhost:8000',
        'curl -H "Authorization: Bearer <your-token-here-123>"',
        'curl -H "x-api-key: your-api-key"',
        "password123",
        "createuser --pwprompt learner  # type password123",
        "postgres://postgres:postgres@localhost:5432/app",
        "postgresql://user:password@db/app",
        "amqp://guest:guest@localhost",
        "mongodb://root:example@mongo:27017/",
        "mysql://app:${DB_PASSWORD}@db/app",
        "https://user:<password>@example.com",
        "pip install scikit-learn",
        "sk-learn-contrib-and-other-tools",
        "sk_X509_EXTENSION_new_null()",
        "the bearer of this letter",
        "basic python3-installation",
        "git clone git@github.com:a/b.git",
        "ssh://git@host.xz:22/a@b",
        "http://localhost:8000/a@b",
        "disk-usage-analyser-2000-and-more",
        "The file begins with -----BEGIN OPENSSH PRIVATE KEY----- and ends with -----END ...\nSo.",
        "-----BEGIN CERTIFICATE-----\nMIIB0zCCAX2gAwIBAgIJAI/M7BYjwB+uMA0GCSqGSIb3DQEB\n-----END CERTIFICATE-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Zx81QwQyNTUxOQAAACCq4dn0h2KxV ann@host",
    ],
)
def test_the_words_of_a_tutorial_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "around",
    [
        '"integrity": "sha512-{}",',
        "<img src='data:image/png;base64,{}'>",
        "--hash=sha256:{}",
        "ssh-rsa AAAAB3NzaC1yc2E{} ann@host",
        "SHA256:{} ann@host (ED25519)",
        'resource "aws_key" {{ etag = "{}" }}',
    ],
)
@given(st.binary(min_size=48, max_size=2_000))
@settings(deadline=None, max_examples=60)
def test_pictures_checksums_and_public_keys_stay(around: str, data: bytes) -> None:
    text = around.format(base64.b64encode(data).decode())
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "AccountKey=<your-account-key>",
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "SharedAccessKeyName=RootManageSharedAccessKey",
        "export DD_API_KEY=$DD_API_KEY",
        "dd if=/dev/zero of=key bs=32",
        "SENDGRID: SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ALPINE_SKU=SK1234",
        "dapi_handler_for_requests_of_all_kinds_and_more",
        "the dop_v1_ prefix",
        "hvs.vault.example.com/a/long/path/of/words",
        "npm_config_cache_directory_of_the_user",
        "hf_transfer_of_many_files_at_once_is_fast",
        "12:34:56:AA:BB",
        "glsa_configuration_of_a_dashboard",
        "https://discord.com/api/webhooks/<id>/<token>",
    ],
)
def test_what_only_begins_as_a_key_does_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("length", [7, 12, 32, 40, 64, 128])
@given(st.data())
@settings(deadline=None, max_examples=30)
def test_digests_commits_and_uuids_stay(length: int, data: st.DataObject) -> None:
    digits = data.draw(st.text("0123456789abcdef", min_size=length, max_size=length))
    uuid = data.draw(st.uuids())
    text = f"commit {digits} sha256:{digits} id={uuid} {digits.upper()} image@sha256:{digits}"
    assert redact(text) == text


@given(st.text(max_size=300))
@settings(deadline=None)
def test_any_text_is_redacted_once_and_for_all(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
    assert once.count("\n") == text.count("\n") or "\x1b" in text


@given(
    st.lists(
        st.sampled_from([*KEYS.values(), pem(), *(a.format(b) for a, b in IN_CONTEXT.values())])
    ),
    st.text(string.ascii_letters + " \n\t\"'=:,", max_size=40),
)
@settings(deadline=None)
def test_no_mixture_of_keys_and_words_lets_one_through(keys: list[str], words: str) -> None:
    told = redact(f"\n{words}\n".join(["", *keys, ""]))
    assert not any(key in told for key in KEYS.values())
    assert BODY not in told
    assert not any(secret in told for _, secret in IN_CONTEXT.values())
    assert redact(told) == told


# --- what is known ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MY_SERVICE_TOKEN", "tulip7battery"),
        ("DB_PASSWORD", "correct horse battery staple"),
        ("SMTP_PASS", "abcd efgh ijkl mnop"),
        ("FOO_SECRET", "x9!kQ#2m"),
        ("apiKey", "k8Jd2mPq7sZx4vBn"),
        ("npm_config__authToken", "0c8d27e4-9f6a-4d52-8a55-1f0a2b7c9d11"),
        ("SIGNING_KEY", "line one of a key 1\nline two of a key 2"),
    ],
)
def test_the_value_of_a_variable_that_holds_a_secret_is_taken_out(name: str, value: str) -> None:
    told = Redactor.of({name: value})(f"before {value} after, {value}!")
    assert told == "before [redacted] after, [redacted]!"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "postgres"),  # a word of any tutorial
        ("PASSWORD", "password123"),
        ("API_KEY", "your-api-key"),
        ("SECRET_KEY", "changeme"),
        ("TOKEN_FILE", "/run/secrets/token-of-mine"),
        ("SSH_AUTH_SOCK", "/tmp/ssh-XXXX4f9aAq/agent.1234"),
        ("AWS_ACCESS_KEY_ID_COUNT", "12345678"),
        ("PWD", "/home/ann/guides/first"),
        ("EDITOR", "vim-with-many-plugins-7"),
        ("KEYBOARD", "de-latin1-nodeadkeys-2"),
        ("TOKENIZERS_PARALLELISM", "false"),
    ],
)
def test_the_value_of_any_other_variable_is_not(name: str, value: str) -> None:
    text = f"uses {value} here"
    assert Redactor.of({name: value})(text) == text


@pytest.mark.parametrize(
    "printed",
    [
        "http://ann:secret@proxy:3128",
        "ann:secret@proxy",
        "Basic YW5uOnNlY3JldA==",
        "p://ann:secret@h",
    ],
)
def test_the_password_of_a_proxy_is_known_however_short_and_however_written(printed: str) -> None:
    told = Redactor.of({"HTTPS_PROXY": "http://ann:secret@proxy:3128"})(f"via {printed} it went")
    assert "ann:secret" not in told
    assert "YW5u" not in told
    assert told.endswith(" it went")


def test_a_proxy_without_a_scheme_has_a_password_too() -> None:
    known = Redactor()
    known.learn_url("ann:secret@proxy:3128")
    known.learn_url("")
    assert known("ann:secret@proxy:3128") == "[redacted]@proxy:3128"
    assert known("the secret of ann") == "the secret of ann"


def test_what_is_learned_is_a_secret_from_then_on() -> None:
    known = Redactor()
    assert known("a-token-of-this-run") == "a-token-of-this-run"
    assert known.learn("a-token-of-this-run") == "a-token-of-this-run"
    assert known("say a-token-of-this-run") == "say [redacted]"


def test_a_secret_that_holds_another_one_is_taken_out_whole() -> None:
    environ = {"A_TOKEN": "tulip7battery", "B_TOKEN": "tulip7battery9more"}
    assert Redactor.of(environ)("tulip7battery9more tulip7battery") == "[redacted] [redacted]"


MARKS = st.builds(
    "\n[… {:,} {} left out …]\n".format,
    st.integers(1, 10**9),
    st.sampled_from(["characters", "bytes"]),
)


@given(
    st.sampled_from([pem(), "correct horse battery staple", KEYS["github"], "x9!kQ#2m7&ab"]),
    MARKS,
    st.data(),
)
@settings(deadline=None)
def test_no_part_of_a_known_secret_stays_beside_the_mark_of_a_cut(
    secret: str, mark: str, data: st.DataObject
) -> None:
    known = Redactor.of({"DEPLOY_KEY": secret, "OTHER_TOKEN": "tulip7battery"})
    until = data.draw(st.integers(4, len(secret) - 1))
    since = data.draw(st.integers(1, len(secret) - 4))
    told = known(f"before: {secret[:until]}{mark}{secret[since:]} after\n")
    head, tail = told.split(mark)
    assert secret[:until] not in head
    assert secret[since:] not in tail
    assert head.startswith("before: ")
    assert tail.endswith(" after\n")
    assert known(told) == told
    words = f"the rest stays{mark}as it is\n"
    assert known(words) == words


# --- values ---------------------------------------------------------------------------------------


class Word(StrEnum):
    A = "a-token-of-this-run"


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    more: tuple[object, ...] = ()
    word: Word = Word.A


def test_every_text_in_a_value_is_redacted_and_nothing_else_is_changed() -> None:
    key = KEYS["github"]
    entry = JournalEntry(
        timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        event=JournalEvent.OBSERVATION,
        iteration=1,
        observation=CommandRan(
            timestamp=datetime(2026, 1, 1, tzinfo=UTC), iteration=1, step=0, line=1, end_line=1,
            text=f"echo {key}", cwd="/", outcome=CommandOutcome.EXITED, output=f"{key}\n",
        ),
    )  # fmt: skip
    value = Value("x", (entry, {"k": [key], key: 1}, key.encode(), 7, None))
    clean = redacted(value, redact)
    ran, names, raw, *rest = clean.more
    assert isinstance(ran, JournalEntry)
    assert isinstance(ran.observation, CommandRan)
    assert (ran.observation.text, ran.observation.output) == ("echo [redacted]", "[redacted]\n")
    assert ran.observation.cwd == "/"
    assert names == {"k": ["[redacted]"], "[redacted]": 1}
    assert (raw, rest) == (key.encode(), [7, None])
    assert key in json.dumps(entry.model_dump(mode="json"))


def test_a_value_without_secrets_is_the_same_object() -> None:
    value = Value("x", ({"a": ["b"]}, ("c",)))
    assert redacted(value, Redactor([("a-token-of-this-run", "-")])) is value


# --- cost -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece",
    [
        "-eyJ", "eyJaaaaaaaa.", "sk-", " sk-", "sk-a", "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ", "-----BEGIN PRIVATE KEY-----\n" + "A" * 64 + "\n", "-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----" + " " + "A" * 16, "A" * 64 + "\n", "bearer ", "bearer a.",
        "://a", "://a:", "://:@", "secretkey ", "secret key " + "a" * 39 + " ", "authorization: ",
        "x-api-key: ", "xoxb-", "-glpat-", "pypi-AgE", "hooks.slack.com/services/", "AKIA",
        "SG.", "SG." + "a" * 20 + ".", "dop_v1_", "AccountKey=", "dd_" + "a" * 24, "?sig=", ":AA", "sb_secret_",
        "-----BEGIN PRIVATE KEY-----\n ", "-----BEGIN PRIVATE KEY-----\nVersion: 1\n", "dp.pt.a",
        "\n[… 1 bytes left out …]\n", "\x1b", "\x1b]",
    ],
)  # fmt: skip
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    """A pattern that runs through a text from many places takes hours for this, not seconds."""
    text = piece * (2_000_000 // len(piece))
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 20
