"""How a beginner answers what programs ask."""

import pytest

from smile.agent.literal import questions
from smile.agent.literal.questions import is_mentioned, reply


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        ("Do you want to continue? [Y/n] ", "y\n"),
        ("Proceed ([y]/n)? ", "\n"),
        ("Are you sure you want to continue connecting (yes/no/[fingerprint])? ", "yes\n"),
        ("package name: (demo) ", "\n"),
        ("Is this OK? (yes) ", "\n"),
        ("Project name: ", "demo\n"),
        ("Email address: ", "newcomer@example.com\n"),
        ("Press ENTER to continue", "\n"),
        ("(END)", "q"),
    ],
)
def test_a_question_gets_the_answer_of_a_person_who_trusts_the_tutorial(
    line: str, keys: str
) -> None:
    answer = reply(line, line)
    assert answer is not None
    assert answer.keys == keys


@pytest.mark.parametrize("line", ["", "Downloading packages", "total 12", "99% done"])
def test_a_program_that_is_only_quiet_is_asked_nothing(line: str) -> None:
    assert reply(line, line) is None


def test_a_password_is_typed_but_not_repeated_in_the_report() -> None:
    answer = reply("Password (again): ", "")
    assert answer is not None
    assert answer.secret
    assert answer.keys.strip() not in answer.shown


def test_a_menu_takes_its_first_choice() -> None:
    output = "? Which framework do you use?\n❯ Vanilla\n  React\n"
    answer = reply("  React", output)
    assert answer is not None
    assert answer.question == "? Which framework do you use?"


def test_a_question_is_mentioned_when_the_text_has_its_telling_words() -> None:
    assert is_mentioned("Enter a project title:", "make new", "It asks for a project title.")
    assert not is_mentioned("Do you want to continue? [Y/n]", "apt-get install git", "Install git.")


def test_a_question_is_mentioned_when_the_text_quotes_it() -> None:
    asked, command = "🎤 What is your project name?", "copier copy template my_project"
    assert is_mentioned(asked, command, "It asks “What is your project name?”: press Enter.")
    assert not is_mentioned(asked, command, "Now make a project.")


TRANSCRIPT = (
    "You should see:\n\n```\nWhich directory? 2024\nKeep the old one (y/n)? n\nSaved\n```\n"
)


@pytest.mark.parametrize(
    ("line", "keys"),
    [("Which directory? ", "2024\n"), ("Keep the old one (y/n)? ", "n\n")],
)
def test_an_answer_that_the_text_shows_is_given(line: str, keys: str) -> None:
    reply = questions.shown(line, TRANSCRIPT)
    assert reply is not None
    assert reply.keys == keys


@pytest.mark.parametrize("line", ["Which colour? ", "? ", "Which directory? 2024", "Password? "])
def test_an_answer_that_the_text_does_not_show_is_not_made_up(line: str) -> None:
    assert questions.shown(line, TRANSCRIPT + "Password? abc\nread -p 'Which colour? ' x") is None
