"""Hostile tutorials, followed by the real command line: a clear end, and nothing is lost or left.

What holds for every run (the report is there and valid, no traceback, no process, mount, control
group or file is left, nothing of the host is gone) is looked at by the driver, each time.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .driver import REPORTS, Ended, Smile, bash

pytestmark = pytest.mark.namespaces

LIMIT = 102_400


def said(ended: Ended) -> str:
    """The error on stderr."""
    return next(line for line in ended.stderr.splitlines() if line.startswith("error: "))


# --- the file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"#" * (LIMIT + 1), "Tutorial exceeds size limit (100KB)"),
        ("# Caf\xe9\n".encode("latin-1"), "is not a valid Markdown file: line 1 is not UTF-8"),
        (b"# T\n\0\n", "is not a valid Markdown file: it holds binary data"),
    ],
    ids=["one byte too many", "Latin-1", "NUL"],
)
def test_a_file_that_is_no_tutorial_is_refused_with_the_reason(
    smile: Smile, content: bytes, message: str
) -> None:
    smile.write(content)
    ended = smile.run()
    assert ended.code == 2
    assert message in said(ended)
    assert not ended.report


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.md", "There is no tutorial"),
        (".", "is a directory"),
        ("/dev/zero", "is no regular file"),
        ("loop.md", "There is no tutorial"),
    ],
)
def test_a_path_that_is_no_file_is_refused_with_the_reason(
    smile: Smile, name: str, message: str
) -> None:
    (smile.where / "loop.md").symlink_to("loop.md")
    ended = smile.run(name)
    assert ended.code == 2
    assert message in said(ended)


def test_a_tutorial_of_the_greatest_size_with_10_000_headings_is_read(smile: Smile) -> None:
    headings = "".join(f"## {number}\n" for number in range(10_000))
    ended = smile.follow(headings.ljust(LIMIT, "x"))
    assert (ended.code, ended.status) == (0, "completed")
    assert ended.report["summary"]["note"] == "no actions required"


def test_a_fence_that_is_never_closed_ends_with_the_file(smile: Smile) -> None:
    ended = smile.follow("# T\n\n```bash\necho one\necho two\n")
    assert list(ended.commands) == ["echo one", "echo two"]
    assert ended.code == 0


def test_an_empty_file_can_not_be_completed(smile: Smile) -> None:
    ended = smile.follow("\n")
    assert (ended.code, ended.status) == (1, "blocker")
    assert "The tutorial is empty" in ended.stdout


def test_prose_without_anything_to_do_is_completed(smile: Smile) -> None:
    ended = smile.follow("# Ideas\n\nThis is about ideas.\n")
    assert (ended.code, ended.status) == (0, "completed")
    assert "no actions required" in ended.stdout


def test_a_picture_that_leads_to_a_file_of_the_host_is_never_read(smile: Smile) -> None:
    secret = Path("/etc/passwd").read_text(encoding="utf-8").splitlines()[0]
    (smile.where / "logo.png").symlink_to("/etc/passwd")
    (smile.where / "data").symlink_to("/etc")
    links = "![logo](logo.png) [data](data/passwd) ![up](../../../../etc/passwd)"
    ended = smile.follow(bash("ls -A /workspace/tutorial") + links + "\n")
    assert ended.commands["ls -A /workspace/tutorial"]["output"] == "tutorial.md\n"
    assert secret not in ended.written
    assert {gap["severity"] for gap in ended.report["gaps"]} <= {"minor"}


# --- what commands print -------------------------------------------------------------------------


def test_whatever_is_printed_and_however_files_are_named_it_can_be_reported(smile: Smile) -> None:
    ended = smile.follow(
        bash(
            r"printf '\033[31mred\033[0m\007 \033]0;title\007\033[2Jbell\b\b\n'",
            r"printf '\377\376 invalid\n'",
            r"head -c 1000000 /dev/zero | tr '\0' x",
            "head -c 300000 /dev/urandom",
            r"touch $'one\ntwo' $'caf\xe9'",
            r"mkdir $'d\xff' && cd $'d\xff'",
            "echo '| `a` | ```'",
            "false",
        ),
        timeoutSeconds=20,
    )
    assert (ended.code, ended.gaps) == (1, [("broken_command", 11)])
    outputs = [ran["output"] for ran in ended.report["auditTrail"]["commands"]]
    assert outputs[0] == "red be\n" or outputs[0].startswith("red")
    assert outputs[1] == "�� invalid\n"
    assert "characters left out" in outputs[2]
    for text in [*outputs, ended.stdout, ended.stderr]:
        assert not set(text) & {"\x1b", "\x07", "\x08"}


def test_a_program_that_prints_a_gigabyte_does_not_drown_us(smile: Smile) -> None:
    ended = smile.follow(bash("yes | head -c 1000000000", "echo after"), timeoutSeconds=2)
    assert ended.code in {0, 1}
    assert ended.gaps in ([], [("long_running", 4)])
    assert ended.commands["echo after"]["output"] == "after\n"
    assert sum((smile.where / name).stat().st_size for name in REPORTS) < 1_000_000


# --- commands that do not end --------------------------------------------------------------------


def test_a_command_that_does_not_end_is_a_gap_and_the_next_one_is_followed(smile: Smile) -> None:
    endless = ["cat", "while true; do echo again; done", "trap '' INT TERM; sleep 100"]
    ended = smile.follow(bash(*endless, "echo after"), iterations=4, timeoutSeconds=2)
    assert ended.code == 1
    assert ended.gaps == [("long_running", 4), ("long_running", 5), ("long_running", 6)]
    for command in endless:
        assert ended.commands[command]["outcome"] == "timed_out"
        assert ended.commands[command]["seconds"] == pytest.approx(2, abs=1)
    assert ended.commands["echo after"]["output"] == "after\n"


STUBBORN = """\
import signal, socket, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_IGN)
serving = socket.create_server(("127.0.0.1", 8000))
time.sleep(500)
"""


def test_servers_and_background_jobs_end_with_the_machine_whatever_they_ignore(
    smile: Smile,
) -> None:
    ended = smile.follow(
        "# T\n\nWrite `server.py`:\n\n```python\n" + STUBBORN + "```\n\n"
        "```bash\n"
        "nohup setsid sleep 1000 > /dev/null 2>&1 &\n"
        "(trap '' HUP TERM; exec -a lingers sleep 1000) &\n"
        "python3 server.py\n"
        "```\n\nIn another terminal:\n\n```bash\necho after\n```\n",
        timeoutSeconds=10,
    )
    assert ended.code == 0, ended.stdout
    assert ended.commands["python3 server.py"]["outcome"] == "running"
    assert ended.commands["echo after"]["exitCode"] == 0


# --- commands that end more than themselves ------------------------------------------------------


def test_a_shell_that_ends_is_opened_again(smile: Smile) -> None:
    ended = smile.follow(
        bash("exit", "exec true", "(sleep 0.2; kill -9 $$) & sleep 0.1", "sleep 0.5", "echo after")
    )
    assert ended.commands["exit"]["exitCode"] == 0
    assert ended.commands["echo after"]["output"] == "after\n"


def test_a_command_that_kills_its_own_shell_is_a_gap_and_the_next_one_is_followed(
    smile: Smile,
) -> None:
    ended = smile.follow(bash("exec false", "kill -9 $$", "echo after"), iterations=3)
    assert (ended.code, ended.gaps) == (1, [("broken_command", 4), ("broken_command", 5)])
    assert ended.commands["exec false"]["exitCode"] == 1
    assert ended.commands["kill -9 $$"]["exitCode"] == 137
    assert ended.commands["echo after"]["output"] == "after\n"


def test_a_command_that_kills_every_process_ends_the_run_as_an_error_and_is_no_gap(
    smile: Smile,
) -> None:
    ended = smile.follow(bash("echo before", "sleep 0.3", "kill -9 -1", "echo after"))
    assert (ended.code, ended.status, ended.gaps) == (3, "error", [])
    killed = (
        r"the student's wrapper was killed \(SIGKILL\) (?:after line 5|at line 6) of the tutorial"
    )
    assert re.search(killed, said(ended))  # whether it was typed could just be told, or not
    assert ended.report["summary"]["errorMessage"] == said(ended).removeprefix("error: ")
    assert ended.commands["echo before"]["output"] == "before\n"


def test_a_fork_bomb_goes_off_in_the_sandbox_only(smile: Smile) -> None:
    ended = smile.follow(bash("bomb() { bomb | bomb & }; bomb", "sleep 1", "echo after"))
    assert ended.code in {0, 1, 3}
    assert ended.report["auditTrail"]["commands"][0]["exitCode"] == 0
    assert (ended.code == 3) == (ended.status == "error")


def test_a_tutorial_that_deletes_everything_deletes_nothing_of_the_host(smile: Smile) -> None:
    mine = smile.where / "mine.txt"
    mine.write_text("mine", encoding="utf-8")
    command = "rm -rf --no-preserve-root /"
    ended = smile.follow(bash(command, "echo after"), timeoutSeconds=30)
    # What stops it are the sandbox's own walls: they are no fault of the tutorial.
    assert (ended.code, ended.status, ended.gaps) == (3, "blocker", [])
    assert "the sandbox allows it to nobody" in ended.report["setAside"][0]["reason"]
    assert ended.commands[command]["exitCode"] == 1
    assert ended.commands["echo after"]["output"] == "after\n"
    assert mine.read_text(encoding="utf-8") == "mine"


def test_a_disk_that_is_full_is_a_gap_where_it_was_filled_and_nowhere_else(smile: Smile) -> None:
    fill = "dd if=/dev/zero of=big bs=4M"
    ended = smile.follow(
        bash("NAME=learner", fill, 'echo "$NAME at $HOME"', "touch more.txt"), timeoutSeconds=60
    )
    assert (ended.code, ended.gaps) == (1, [("broken_command", 5)])
    assert "No space left on device" in ended.commands[fill]["output"]
    assert ended.commands['echo "$NAME at $HOME"']["output"] == "learner at /root\n"


def test_a_heredoc_that_is_never_closed_is_a_gap_of_its_block(smile: Smile) -> None:
    ended = smile.follow(bash("cat > file.txt <<EOT", "never closed", "echo after"))
    assert ended.code == 1
    assert {line for _, line in ended.gaps} <= {4, 5}


# --- commands that reach for us ------------------------------------------------------------------

SPY = r"""
import ctypes, glob, http.client, os

def content(path):
    with open(path, "rb") as file:
        return file.read()

ours = [path for path in glob.glob("/proc/[0-9]*") if b"smile.agent" in content(path + "/cmdline")]
opened = []
for path in ours:
    for name in ("environ", "mem", "maps", "fd/0", "fd/3", "root/etc/hostname"):
        try:
            os.close(os.open(f"{path}/{name}", os.O_RDONLY | os.O_NONBLOCK))
            opened.append(name)
        except OSError:
            pass
pidfd_getfd = 438
handle = os.pidfd_open(int(os.path.basename(ours[0])))
grabbed = [fd for fd in range(20) if ctypes.CDLL(None).syscall(pidfd_getfd, handle, fd, 0) >= 0]
told = [path for path in ours if b"token" in content(path + "/cmdline")]
print(len(ours), "wrapper", opened, grabbed, told)
for path in ("/api/mentor/result", "/api/student/result", "/api/stop"):
    for token in ("", "x" * 43):
        connection = http.client.HTTPConnection("127.0.0.1", 47015)
        body = b'{"mentorOutput": "x", "timestamp": "2026-01-01T00:00:00Z"}'
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        connection.request("POST", path, body, headers)
        print(path, connection.getresponse().status)
"""


def test_the_wrapper_s_token_can_not_be_read_and_nobody_else_is_heard(smile: Smile) -> None:
    ended = smile.follow(
        f"# T\n\nWrite `spy.py`:\n\n```python\n{SPY}```\n\n```bash\npython3 spy.py\n```\n",
        timeoutSeconds=10,
    )
    assert (ended.code, ended.status) == (0, "completed"), ended.stdout
    first, *answers = ended.commands["python3 spy.py"]["output"].splitlines()
    assert first == "1 wrapper [] [] []"
    assert len(answers) == 6
    assert {answer.split()[1] for answer in answers} == {"401"}
