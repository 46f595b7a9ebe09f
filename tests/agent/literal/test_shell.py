"""The terminal, with real bash in a real pseudo-terminal."""

import os
import socket
import tempfile
import threading
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


@pytest.mark.parametrize(
    "command",
    [
        "exec bash",
        "exec $SHELL -l",
        "exec sh",
        "bash",
        "bash --login",
        "sh",
        "env -i PATH=$PATH bash --norc -i",
        "script -q /dev/null",
        "python3 -c 'import pty; pty.spawn([\"bash\"])'",
    ],
)
def test_a_shell_that_waits_at_its_prompt_is_typed_in_with_true_exit_codes(
    shell: Shell, command: str
) -> None:
    shell.run("cd /usr; private=1", MANNER)
    assert shell.run(command, MANNER).ending is Ending.SHELL
    assert shell.run("echo in $PWD ${private-nothing}", MANNER).output == "in /usr nothing\n"
    assert [shell.run(text, MANNER).code for text in ("(exit 42)", "true")] == [42, 0]
    assert shell.run("(exit 7)", MANNER).code == 7
    assert shell.run("echo $?", MANNER).output == "7\n"
    text = "for i in 1 2; do cat <<EOF\n\\\\a$i\nEOF\ndone"
    assert shell.run(text, MANNER).output == "\\a1\n\\a2\n"
    assert shell.run("printf '0 /tmp\\0' >&8; false", MANNER).code != 0


@pytest.mark.parametrize("command", ["bash", "sh", "exec sh"])
def test_what_is_interrupted_in_a_shell_in_the_shell_leaves_it_open(
    shell: Shell, command: str
) -> None:
    shell.run(command, MANNER)
    shell.run("private=kept", MANNER)
    waits = shell.run("cat", Manner(seconds=0.5, answer=_answer))
    assert (waits.ending, waits.code) == (Ending.TIMED_OUT, None)
    assert shell.run("echo $private", MANNER).output == "kept\n"


def test_exit_returns_to_the_shell_that_opened_this_one(shell: Shell) -> None:
    shell.run("cd /usr; outer=1", MANNER)
    shell.run("bash", MANNER)
    shell.run("sh", MANNER)
    shell.run("exec bash", MANNER)
    shell.run("cd /", MANNER)
    assert shell.run("exit 3", MANNER).code == 3
    assert shell.run("echo $? ${outer-none}", MANNER).output == "3 none\n"
    assert shell.run("exit", MANNER).ending is Ending.CLOSED
    assert shell.run("echo ${outer-none} $PWD", MANNER).output == "1 /usr\n"
    assert shell.cwd == "/usr"


def test_a_shell_reads_the_start_up_files_that_it_would_read(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_text("FROM=bashrc\n")
    (tmp_path / ".bash_profile").write_text("FROM=profile\n")
    shell.run("exec bash", MANNER)
    assert shell.run("echo $FROM", MANNER).output == "bashrc\n"
    shell.run("exec bash -l", MANNER)
    assert shell.run("echo $FROM", MANNER).output == "profile\n"


def test_a_program_in_the_place_of_the_shell_is_waited_for_and_no_longer_than_allowed(
    shell: Shell,
) -> None:
    assert shell.run("exec sh -c 'exit 5'", MANNER).code == 5
    assert shell.run("exec cat", Manner(seconds=0.5, answer=_answer)).ending is Ending.TIMED_OUT
    assert shell.run("exec >/dev/null 2>&1 </dev/null; exec true", MANNER).code == 0
    assert shell.run("echo fresh", MANNER).output == "fresh\n"


def test_a_script_that_asks_is_no_shell_that_waits(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "ask.sh").write_text('read -p "Your name: " name; echo "hello $name"\n')
    assert shell.run("bash ask.sh", MANNER).output.endswith("hello demo\n")
    assert shell.run("bash -c 'read -p \"Your name: \" x; echo got $x'", MANNER).code == 0


def test_a_shell_that_can_not_be_reached_is_told_from_a_program_that_hangs(shell: Shell) -> None:
    code = "import time; print(end='root@3f2a:/# ', flush=True); time.sleep(100)"
    assert shell.run(f'python3 -c "{code}"', MANNER).ending is Ending.ELSEWHERE
    assert shell.leave().ending is Ending.EXITED
    assert shell.run("echo back", MANNER).output == "back\n"


def test_a_shell_that_died_while_nobody_looked_is_the_one_below_it_again(shell: Shell) -> None:
    shell.run("outer=1; bash", MANNER)
    shell.run("(sleep 0.3; kill -9 $$) &", MANNER)
    time.sleep(1)
    assert shell.run("echo ${outer-none}", MANNER).output.endswith("1\n")


def test_nothing_that_opened_a_shell_to_us_is_left(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assert shell.run("bash", MANNER).ending is Ending.SHELL
    assert not list(place.iterdir())


def test_a_job_that_has_ended_leaves_its_number_to_the_next(shell: Shell) -> None:
    shell.run("sleep 100 &", MANNER)
    assert shell.run("kill %1; wait %1", MANNER).code == 143
    shell.run("sleep 200 &", MANNER)
    assert "[1]+  Running" in shell.run("jobs", MANNER).output
    assert shell.run("kill %1", MANNER).code == 0


def test_jobs_can_be_waited_for_disowned_and_brought_to_the_foreground(shell: Shell) -> None:
    shell.run("(sleep 0.2; exit 6) &", MANNER)
    assert shell.run("fg", MANNER).code == 6
    shell.run("(exit 7) & sleep 0.1", MANNER)
    assert shell.run("wait $!", MANNER).code == 7
    shell.run("sleep 100 & victim=$!", MANNER)
    shell.run("disown %1", MANNER)
    assert shell.run("jobs", MANNER).output == ""
    assert shell.run("kill $victim", MANNER).code == 0


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


def test_a_port_that_another_program_opens_is_no_server_of_this_window(shell: Shell) -> None:
    with socket.socket() as other:
        timer = threading.Timer(0.3, other.listen)
        other.bind(("127.0.0.1", 0))
        timer.start()
        result = shell.run("cat", Manner(seconds=2.5, answer=_answer))
        timer.join()
    assert result.ending is Ending.TIMED_OUT
