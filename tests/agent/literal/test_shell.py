"""The terminal, with real bash in a real pseudo-terminal."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from smile.agent.literal import questions
from smile.agent.literal.shell import Ending, Manner, Shell
from smile.agent.literal.terminals import learner_environment


def _answer(line: str, output: str) -> str | None:
    reply = questions.reply(line, output)
    return reply.keys if reply else None


MANNER = Manner(seconds=20, answer=_answer)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    environment = learner_environment({"PATH": os.environ["PATH"]}, {"HOME": str(tmp_path)})
    with (tmp_path / "log").open("wb") as log:
        window = Shell(1, str(tmp_path), environment, log)
        yield window
        window.close()


def test_each_command_has_its_true_exit_code(shell: Shell) -> None:
    codes = [shell.run(text, MANNER).code for text in ("true", "false", "(exit 42)", "nosuchcmd")]
    assert codes == [0, 1, 42, 127]


def test_a_look_at_a_window_that_has_just_opened_does_not_lose_its_first_word(
    shell: Shell,
) -> None:
    time.sleep(1)  # bash is ready
    assert shell.look() is None
    assert shell.run("echo hello", MANNER).output == "hello\n"


def test_directory_variables_and_functions_persist(shell: Shell) -> None:
    shell.run("cd /usr && export GREETING=hi && say() { echo $GREETING from $PWD; }", MANNER)
    assert shell.run("say", MANNER).output == "hi from /usr\n"
    assert shell.cwd == "/usr"


def test_the_last_exit_code_can_be_asked_for(shell: Shell) -> None:
    shell.run("(exit 7)", MANNER)
    assert shell.run("echo $?", MANNER).output == "7\n"


def test_a_program_can_not_fake_an_exit_code(shell: Shell) -> None:
    result = shell.run("printf '0 /tmp\\0' >&62; false", MANNER)
    assert result.code == 1


def test_heredocs_and_loops_are_one_command(shell: Shell) -> None:
    text = "for i in 1 2; do cat <<EOF\nline $i\nEOF\ndone"
    assert shell.run(text, MANNER).output == "line 1\nline 2\n"


def test_an_unclosed_quote_is_a_failure_and_not_the_end(shell: Shell) -> None:
    assert shell.run('echo "open', MANNER).code == 2
    assert shell.run("echo still here", MANNER).output == "still here\n"


def test_a_yes_no_question_is_answered(shell: Shell) -> None:
    result = shell.run('read -p "Continue? [Y/n] " x; echo "got $x"', MANNER)
    assert result.output.endswith("got y\n")


def test_a_listening_quiet_program_is_left_running_and_stopped_by_ctrl_c(shell: Shell) -> None:
    shell.run("export KEPT=yes", MANNER)
    result = shell.run("python3 -m http.server 0", MANNER)
    assert result.ending is Ending.SERVING
    shell.keep(3, "python3 -m http.server 0", interactive=False)
    assert shell.interrupt().ending is Ending.EXITED
    assert not shell.is_busy
    assert shell.run("echo $KEPT", MANNER).output == "yes\n"


def test_a_program_that_waits_for_ever_is_ended(shell: Shell) -> None:
    result = shell.run("cat", Manner(seconds=0.5, answer=_answer))
    assert (result.ending, result.code) == (Ending.TIMED_OUT, None)
    assert shell.run("echo next", MANNER).output == "next\n"


def test_a_program_that_ignores_signals_is_killed(shell: Shell) -> None:
    stubborn = "(trap '' TERM INT HUP; sleep 1000)"
    assert shell.run(stubborn, Manner(seconds=0.3, answer=_answer)).ending is Ending.TIMED_OUT
    assert shell.run("pgrep -f 'sleep 100[0]' -s 0 || echo none", MANNER).output == "none\n"


def test_exit_closes_the_window_and_a_new_one_opens(shell: Shell) -> None:
    result = shell.run("exit 4", MANNER)
    assert (result.ending, result.code) == (Ending.CLOSED, 4)
    assert shell.run("echo fresh", MANNER).output == "fresh\n"


def test_endless_output_is_kept_in_bounds(shell: Shell) -> None:
    result = shell.run("head -c 50000000 /dev/zero | tr '\\0' x", MANNER)
    assert result.size == 50_000_000
    assert len(result.output) < 250_000
    assert "bytes left out" in result.output


def test_an_interpreter_takes_lines_and_is_left_with_ctrl_d(shell: Shell) -> None:
    assert shell.run("python3 -q", MANNER).ending is Ending.WAITING
    assert "42" in shell.type("6 * 7", MANNER).output
    assert shell.leave().ending is Ending.EXITED
    assert shell.run("echo shell", MANNER).output == "shell\n"


def test_a_server_that_only_shows_a_traceback_fails(shell: Shell, tmp_path: Path) -> None:
    script = tmp_path / "reloads.py"
    script.write_text(
        "import time, traceback\ntry: nope\nexcept NameError: traceback.print_exc()\ntime.sleep(99)\n"
    )
    assert shell.run(f"python3 {script}", MANNER).ending is Ending.FAILING


def test_closing_ends_what_runs_in_the_window(tmp_path: Path) -> None:
    environment = learner_environment({"PATH": os.environ["PATH"]}, {"HOME": str(tmp_path)})
    with (tmp_path / "log").open("wb") as log:
        window = Shell(1, str(tmp_path), environment, log)
        pid = int(window.run("(sleep 500 & echo $!)", MANNER).output)
        window.close()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and "\tZ" not in _status(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return "\tZ"


def test_the_learner_sees_nothing_of_ours(shell: Shell) -> None:
    output = shell.run("env; ls -l /proc/self/fd", MANNER).output
    assert "PROMPT_COMMAND" not in output
    assert "smile" not in output.lower()
    assert "pipe:" not in output


def test_a_form_whose_cursor_stands_below_its_question_is_filled_in(
    shell: Shell, tmp_path: Path
) -> None:
    script = tmp_path / "form.py"
    script.write_text(
        "import sys, termios, tty\n"
        "print('What is your project name?'); print('   ', end='', flush=True)\n"
        "tty.setraw(0)\nanswer = ''\n"
        "while not answer.endswith('\\r'): answer += sys.stdin.read(1)\n"
        "print('got', answer.strip())\n"
    )
    result = shell.run(f"python3 {script}; stty sane", MANNER)
    assert (result.ending, "got demo" in result.output) == (Ending.EXITED, True)
