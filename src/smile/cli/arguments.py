"""The command line of ``smile``: what may be said, and the help that says so."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from smile.errors import UsageError

__all__ = ["of_talk", "parser"]

EXIT_CODES = """\
exit codes:
  0         the tutorial was completed, with no gap at or above --fail-on
  1         gaps were found, or it could not be completed
  2         command line, smile.json or tutorial is wrong
  3         nothing could be observed: Docker, image, provider, key or network is missing
  70        a bug of SMILE
  130, 143  interrupted, terminated: a partial report was written
"""

MAIN = """\
examples:
  smile run                     follow ./tutorial.md
  smile run docs/install.md     follow another tutorial
  smile run --example list      the tutorials that come with SMILE
  smile check docs/*.md         what shows without following them, in an instant
  smile fix --apply             write into it what was seen to help
  smile watch                   follow a run that goes on in another terminal
  smile doctor                  can this machine do it, and what is missing?
  smile bug-report              a file to attach to an issue of SMILE Loop
"""

RUN = f"""\
examples:
  smile run                           what smile.json says, else ./tutorial.md
  smile run docs/install.md -o out    reports go into out/
  smile run --sandbox local           Linux namespaces, no Docker needed
  smile run --fail-on major           minor gaps are reported, and exit with 0
  smile run --json | jq .summary      the report on stdout, the talk on stderr

{EXIT_CODES}"""

CHECK = """\
examples:
  smile check                         what smile.json says, else ./tutorial.md
  smile check docs/*.md               several; a line for each gap: file:line: severity kind: …
  smile check -v README.md            what to write instead, too
  smile check --fail-on major *.md    minor gaps are listed, and exit with 0
  smile check --json *.md | jq .gaps  a report on each line of stdout, the talk on stderr

Nothing is executed: it finds placeholders, files and variables that nothing makes, broken links,
missing pictures, numbering, and tools that the text neither installs nor asks for.

exit codes: 0 no gap at or above --fail-on, 1 gaps, 2 command line, smile.json or a tutorial is
wrong, 3 a report can't be written, 70 a bug of SMILE
"""

FIX = """\
examples:
  smile fix                           a diff of ./tutorial.md on stdout
  smile fix docs/install.md | patch -p0
  smile fix docs/install.md -o new.md a patched copy
  smile fix docs/install.md --apply   in place

Only what was seen to help is written: the patched text is followed from the top on a fresh machine.

exit codes:
  0         all fixes helped, and nothing is left at or above --fail-on
  1         gaps are left
  2         command line, smile.json or tutorial is wrong, or that has changed meanwhile
  3         nothing could be observed, or the text can't be written
  70        a bug of SMILE
  130, 143  interrupted, terminated: the tutorial is as it was
"""

WATCH = """\
examples:
  smile watch                         the run in this directory
  smile watch -v                      each command, too
  smile watch http://127.0.0.1:35543  another one; its token is taken from SMILE_TOKEN
  smile watch --json | jq .event      what the WebSocket says, one message a line

exit codes:
  0    the tutorial was completed; the report says with which gaps
  1    it was not completed
  2    the address or its token is wrong
  3    SMILE failed there, no run is going on here, or it is gone without a word
  130  the run was stopped, or Ctrl+C was pressed here: then the run goes on
"""

STOP = """\
examples:
  smile stop                          the run in this directory
  smile stop http://127.0.0.1:35543   another one; its token is taken from SMILE_TOKEN

exit codes: 0 it has ended, 2 address or token is wrong, 3 there is no run or it does not end
"""

DOCTOR = """\
examples:
  smile doctor                        what this machine can do
  smile doctor --image node:22        whether that image can be had

exit codes: 0 a run is possible, 3 it is not
"""

INIT = """\
examples:
  smile init                          write ./smile.json
  smile init docs                     write docs/smile.json
"""

IMAGE = """\
examples:
  smile image build                   smile-base:latest: the common languages, the default
  smile image build bare              smile-bare:latest: nothing but sudo
  smile image build --from node:22    smile-node:22: sudo added to an image based on Debian
  smile image build runtime           what SMILE needs for any other image, which is used as it is
  smile image build agents            the same, with the programs claude, codex and gemini
  smile image list
  smile image remove my-image
"""

CLEAN = """\
examples:
  smile clean                         remove it, and say what it was

What runs left on the Docker engine that were killed: containers and volumes, found by their label.
Those of a run that goes on stay, and containers that were kept for a look inside.
A new run removes them, too. The sandbox `local` leaves nothing there.
"""

BUG_REPORT = """\
examples:
  smile bug-report                    smile-bug-report-DATE.zip in this directory
  smile bug-report -o report.zip      another name

It holds versions, what `smile doctor` says, smile.json, the state of the last run, the end of its
journal, and the last crash; never keys, names of your directories or other variables. It lists
what is in it. Nothing is sent anywhere.
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in the same shape as every other error."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"{self.prog} --help")


def parser(version: str) -> argparse.ArgumentParser:
    """The parser; its result has ``module``, the command's module, and the options of talk.

    Parsing raises ``UsageError``.
    """
    top = _parser_of(
        _Parser,
        prog="smile",
        description="Find out, before you publish, whether a newcomer can follow your tutorial.",
        epilog=MAIN,
    )
    top.add_argument("--version", action="version", version=f"smile {version}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, add, summary, epilog in (
        ("run", _run, "follow a tutorial as a newcomer would, and report the gaps", RUN),
        ("check", _check, "find what shows in tutorials without following them", CHECK),
        ("fix", _fix, "write the fixes into the tutorial, and see which of them help", FIX),
        ("watch", _watch, "follow a run that goes on in another terminal", WATCH),
        ("stop", _stop, "end a run that goes on in another terminal; it writes its report", STOP),
        ("doctor", _doctor, "say what this machine can do, and how to get what is missing", DOCTOR),
        ("init", _init, "write a smile.json to start from", INIT),
        ("image", _image, "build, list and remove the images of newcomers' machines", IMAGE),
        ("clean", _talk, "remove what dead runs left on the Docker engine", CLEAN),
        ("bug-report", _bug_report, "put what helps to find a fault into one file", BUG_REPORT),
    ):
        command = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        module = f"smile.cli.{name.replace('-', '_')}"
        command.set_defaults(module=module, quiet=False)
        add(command)
    return top


def of_talk(given: Sequence[str]) -> argparse.Namespace:
    """How to speak of a command line that is wrong: what it says of that, as far as it is clear."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    early.add_argument("--log-format")
    early.set_defaults(verbose=0, quiet=False, log_file=None)
    try:
        return early.parse_known_args(given)[0]
    except argparse.ArgumentError:  # it ends with --log-format
        return early.parse_args([])


def _parser_of(
    kind: type[argparse.ArgumentParser], *, prog: str, description: str, epilog: str
) -> argparse.ArgumentParser:
    return kind(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _run(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--example", metavar="NAME", help="follow a tutorial that comes with SMILE; list: names")
    add("-o", "--output", metavar="DIR", help="where the reports go (default: .)")
    add("--keep", action="store_true", default=None, help="leave the sandbox for a look inside")
    add("--json", action="store_true", help="the report as JSON on stdout")
    _following(command)


def _fix(command: argparse.ArgumentParser) -> None:
    into = command.add_mutually_exclusive_group()
    into.add_argument("-o", "--output", metavar="FILE", help="write a patched copy")
    into.add_argument("--apply", action="store_true", help="write into the tutorial itself")
    _following(command)


def _following(command: argparse.ArgumentParser) -> None:
    """What decides on how a tutorial is followed."""
    add = command.add_argument
    add("tutorial", nargs="?", metavar="TUTORIAL", help="the Markdown file (default: tutorial.md)")
    _config(command)
    add("--provider", help="auto, literal (no model), claude, codex, gemini (default: auto)")
    add("--sandbox", choices=("auto", "docker", "local"), help="(default: auto)")
    add("--image", help="the newcomer's machine (default: smile-base:latest)")
    add("--max-iterations", type=_count, metavar="N", help="fresh attempts (default: 10)")
    add("--timeout", type=_count, metavar="SECONDS", help="of the whole run (default: 1800)")
    add("--port", type=int, help="of the HTTP API on 127.0.0.1 (default: any free one)")
    _fail_on(command)
    add("--fresh", action="store_true", help="forget a run that was cut short, begin anew")
    add("-q", "--quiet", action="store_true", help="no progress: errors and the summary only")
    _talk(command)


def _check(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("tutorials", nargs="*", metavar="TUTORIAL", help="Markdown files (default: tutorial.md)")
    _config(command)
    add("-o", "--output", metavar="DIR", help="write reports there, too (default: none)")
    _fail_on(command)
    add("--json", action="store_true", help="a report as JSON on a line of stdout for each")
    add("-q", "--quiet", action="store_true", help="the gaps and errors only")
    _talk(command, "what to write instead")


def _fail_on(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--fail-on",
        choices=("critical", "major", "minor", "never"),
        help="the mildest gap that exits with 1 (default: minor)",
    )


def _watch(command: argparse.ArgumentParser) -> None:
    _stop(command)
    command.add_argument("--json", action="store_true", help="each message on a line of stdout")


def _stop(command: argparse.ArgumentParser) -> None:
    command.add_argument("url", nargs="?", metavar="URL", help="of its API (default: found here)")
    _config(command)
    _talk(command)


def _doctor(command: argparse.ArgumentParser) -> None:
    _config(command)
    command.add_argument("--image", help="the image to look for")
    _talk(command)


def _init(command: argparse.ArgumentParser) -> None:
    command.add_argument("directory", nargs="?", default=".", help="where (default: here)")
    _talk(command)


def _image(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(title="actions", dest="action", required=True)
    build = actions.add_parser("build", help="build a machine, and what SMILE needs in it")
    build.add_argument(
        "what",
        nargs="?",
        choices=("base", "bare", "runtime", "agents"),
        help="which one (default: base)",
    )
    build.add_argument("--from", dest="base", metavar="IMAGE", help="the image to start from")
    build.add_argument("--tag", help="the name to give it (default: smile- and that of IMAGE)")
    build.add_argument(
        "--host-sources",
        action="store_true",
        help="keep this machine's apt and pip mirrors in it, where only these can be reached",
    )
    actions.add_parser("list", help="the images that SMILE built")
    remove = actions.add_parser("remove", help="remove an image that SMILE built")
    remove.add_argument("tag", help="which one, as `smile image list` shows it")
    for action in actions.choices.values():
        _talk(action)


def _bug_report(command: argparse.ArgumentParser) -> None:
    _config(command)
    command.add_argument("-o", "--output", metavar="FILE", help="the file to write, a zip")
    _talk(command)


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("-c", "--config", metavar="FILE", help="(default: smile.json, if any)")


def _talk(command: argparse.ArgumentParser, more: str = "each command") -> None:
    add = command.add_argument
    add(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help=f"say more: -v {more}, -vv tracebacks and the libraries' logs",
    )
    add(
        "--log-format",
        choices=("human", "json"),
        default="human",
        help="of all that is said on stderr; json: one object a line (default: human)",
    )
    add("--log-file", metavar="FILE", help="append all that is said to it, too, as JSON lines")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be an integer of at least 1, not {text}")
    return number


_count.__name__ = "integer"
