"""The Mentor as a whole: what it does when no entry fits, or when a remedy did not help."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agent.handbook.scene import NOW, file, gap, on, remedy, sh

from smile.agent.literal.handbook.base import name_of
from smile.agent.literal.handbook.rules import RULES
from smile.wire import MentorResult, Trigger


def test_a_failure_that_no_entry_knows_is_skipped_with_honest_words() -> None:
    answer = on(sh("frob --all")).ask("frob --all", "frob: the moon is full", 3)

    assert not answer.resolvable
    assert remedy(answer).action == "skip"
    assert gap(answer).kind == "broken_command"
    assert gap(answer).problem == (
        "The command on line 4 fails (exit code 3): “frob: the moon is full”. The text does not "
        "say what to do then."
    )


def test_the_trigger_names_the_kind_when_nothing_else_does() -> None:
    answer = on(sh("frob")).ask("frob", "no frobs", 3, trigger=Trigger.MISSING_DEPENDENCY)

    assert gap(answer).kind == "missing_prerequisite"


def test_a_remedy_that_did_not_help_is_not_given_again() -> None:
    scene = on(sh("jq ."))
    said = ("jq .", "bash: jq: command not found", 127)
    first = scene.ask(*said)

    second = scene.after(first).ask(*said)

    assert gap(second).title == "`jq` is not installed"
    assert not second.resolvable
    assert remedy(second).action == "skip"


def test_the_next_entry_is_asked_when_the_first_ones_remedy_did_not_help() -> None:
    scene = on(
        file("shop_main.py", "1"),
        sh("python shop.py"),
        found={"shop.py": ("/root/work/b/shop.py",)},
    )
    said = (
        "python shop.py",
        "python: can't open file '/root/work/shop.py': [Errno 2] No such file",
    )
    first = scene.ask(*said)

    second = scene.after(first).ask(*said)

    assert gap(first).kind == "missing_directory_change"
    assert gap(second).kind == "missing_file"
    assert remedy(second).commands == ("python shop_main.py",)


def test_the_same_remedy_at_another_line_is_another_remedy() -> None:
    scene = on(sh("./a.sh"), sh("cd x; ./a.sh"))
    first = scene.ask("./a.sh", "bash: ./a.sh: Permission denied", 126)

    second = scene.after(first).ask("cd x; ./a.sh", "bash: ./a.sh: Permission denied", 126)

    assert second.resolvable


def test_the_answer_for_a_person_says_what_is_wrong_and_what_to_do() -> None:
    answer = on(sh("apt-get update", "jq .")).ask("jq .", "bash: jq: command not found", 127)

    assert answer.timestamp == NOW
    assert answer.mentor_output == (
        "The command on line 5 needs `jq`, which no earlier step installs. Before line 5, run "
        "`DEBIAN_FRONTEND=noninteractive apt-get install -y jq`."
    )


def test_every_entry_has_a_name_and_says_what_it_is_about() -> None:
    names = [name_of(rule) for rule in RULES]

    assert len(set(names)) == len(names)
    assert all(rule.__doc__ for rule in RULES)


WORDS = st.text(alphabet=st.sampled_from(list("abc ./-<>$'\"{}[]()=:~\n;|&*#")), max_size=40)
SAID = st.sampled_from(
    ["{}: command not found", "{}: No such file or directory", "No module named '{}'",
     "NameError: name '{}' is not defined", "unrecognized arguments: {}", "{}", "Abort."]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(WORDS, WORDS, SAID, st.sampled_from(list(Trigger)))
def test_whatever_fails_gets_an_answer(
    command: str, thing: str, said: str, trigger: Trigger
) -> None:
    scene = on(sh("mkdir x", "tool --go"), file("a.py", "print(b)"), sh("python a.py"))

    answer = scene.ask(command, said.format(thing), line=5, trigger=trigger)

    assert MentorResult.model_validate_json(answer.to_json()) == answer
    assert answer.remedy is not None
    assert answer.mentor_output
