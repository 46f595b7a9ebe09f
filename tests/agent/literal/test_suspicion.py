"""Failures that may be ours are never counted as gaps."""

from smile.agent.literal.suspicion import Suspicion
from smile.tutorial.model import Lines
from smile.wire import Failure

TEXT = "Change `limits.toml` to your taste.\n\nrun it\n"


def test_a_failure_that_names_what_was_not_followed_is_doubtful() -> None:
    suspicion = Suspicion(TEXT)
    suspicion.not_followed(Lines(1, 1), ("limits.toml", TEXT))
    failure = Failure(command="./start", exit_code=1, output="error: limits.toml: no key 'max'")
    (place,) = suspicion.doubts(failure)
    assert (place.line, place.quote) == (1, "Change `limits.toml` to your taste.")


def test_another_failure_is_not_doubted() -> None:
    suspicion = Suspicion(TEXT)
    suspicion.not_followed(Lines(1, 1), ("limits.toml", TEXT))
    assert suspicion.doubts(Failure(command="mkae", exit_code=127, output="not found")) == ()


def test_what_hangs_on_a_skipped_command_is_passed_over() -> None:
    suspicion = Suspicion(TEXT)
    suspicion.skipped(Lines(3, 3), ("wget https://x.example/sounds.tar.gz",))
    assert suspicion.hangs_on_skipped(Failure(command="tar xf sounds.tar.gz", exit_code=2))
    assert not suspicion.hangs_on_skipped(Failure(command="ls missing", exit_code=2))
    assert suspicion.left_out == (Lines(3, 3),)


def test_a_server_that_was_skipped_explains_why_nothing_answers() -> None:
    refused = Failure(
        url="http://localhost:3000/",
        problem="http://localhost:3000/ answers nothing: Connection refused",
    )
    curl = Failure(
        command="curl http://127.0.0.1:3000/",
        exit_code=7,
        output="curl: (7) Failed to connect to 127.0.0.1",
    )
    suspicion = Suspicion(TEXT)
    assert not suspicion.hangs_on_skipped(refused)
    suspicion.skipped(Lines(3, 3), ("node app.js",))
    assert suspicion.hangs_on_skipped(refused)
    assert suspicion.hangs_on_skipped(curl)
    assert not suspicion.hangs_on_skipped(
        Failure(command="git clone https://x.example/y", exit_code=128)
    )


def test_what_a_skipped_command_lacked_and_would_have_made_is_lost_with_it() -> None:
    suspicion = Suspicion(TEXT)
    said = "At line 3 `make` ends with exit code 2 (No rule to make target 'books/a.txt', needed by 'a.dat'.). What am I missing?"
    suspicion.skipped(Lines(3, 3), ("make",), (said,))
    assert suspicion.hangs_on_skipped(
        Failure(command="head a.dat", exit_code=1, output="head: cannot open 'a.dat'")
    )
    assert suspicion.hangs_on_skipped(
        Failure(command="make b", exit_code=2, output="No rule to make target 'books/b.txt'")
    )
    assert not suspicion.hangs_on_skipped(
        Failure(command="make -f Other", exit_code=2, output="Other: missing")
    )
