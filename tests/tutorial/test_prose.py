"""Sentences that ask for something, and those that don't."""

from __future__ import annotations

import pytest

from smile.tutorial.model import Prose, Run, Step, Stop, Terminal, Visit
from smile.tutorial.parse import parse


def commands(source: str) -> list[str]:
    return [c.text for s in parse(source) if isinstance(s, Run) for c in s.commands]


def visits(source: str) -> list[str]:
    return [s.url for s in parse(source) if isinstance(s, Visit)]


def kinds(source: str) -> list[type[Step]]:
    return [type(s) for s in parse(source)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Run `npm test`.",
        "Now, run `npm test` to see it.",
        "Finally run the `npm test` command.",
        "Once it is installed, run `npm test`.",
        "To check this, run `npm test` in your terminal.",
        "You can now run `npm test`, which should work.",
        "Save the file and run `npm test`.",
        "Create a directory `a`, change to it and run `npm test`.",
        "Let's run `npm test`.",
        "Execute `npm test`:",
        "Start the tests by running `npm test`.",
        "Run the tests with `npm test`.",
        "1. Run `npm test`",
        "Type `npm test` and press Enter.",
        "You should now run `npm test`",
        "Then `npm test`.",
    ],
)
def test_an_instruction_to_run_is_run(sentence: str) -> None:
    assert commands(sentence) == ["npm test"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Running `npm test` shows the following.",
        "This will run `npm test` for you.",
        "The script runs `npm test` in the background.",
        "`npm test` runs the tests.",
        "It is important that `npm test` works.",
        "The `npm test` command runs the tests.",
        "Unlike `npm test`, this is fast.",
        "We can resolve it automatically by running `npm test`.",
        "If `npm test` fails, ask for help.",
        "Use `foo` instead of `bar`.",
        "Run the `dev` script.",
        "On Windows, run `npm test`.",
        "You need Node.js; `npm test` is not enough.",
        "Which runs `npm test` under the hood.",
    ],
)
def test_a_description_is_not_run(sentence: str) -> None:
    assert commands(sentence) == []


def test_of_two_commands_with_or_one_is_run() -> None:
    assert commands("Finally, run `yarn test` or `npm test`.") == ["npm test"]


def test_a_command_that_the_next_block_holds_is_not_run_twice() -> None:
    assert commands("Now, run `npx mocha` to test:\n\n```sh\nnpx mocha\n```\n") == ["npx mocha"]
    assert commands("We can run it with `ruff check`:\n\n```sh\nuv run ruff check\n```\n") == [
        "uv run ruff check"
    ]


def test_a_command_that_was_run_is_only_repeated_when_the_text_says_again() -> None:
    first = "```sh\nnpm init --yes\n```\n\n"
    assert commands(first + "Create a directory and run `npm init`.") == ["npm init --yes"]
    assert commands("Run `tsc a.ts`.\n\nRe-run `tsc a.ts`.") == ["tsc a.ts", "tsc a.ts"]


def test_a_command_for_more_information_is_optional() -> None:
    (step,) = parse("Run `tool --help` for a list of options")
    assert isinstance(step, Run)
    assert step.optional
    assert step.inline


def test_a_change_of_directory_in_a_sentence_is_made() -> None:
    assert commands("`cd` into the `app` directory and run:\n\n```sh\nls\n```\n") == [
        "cd app",
        "ls",
    ]
    assert commands("Then `cd app`.") == ["cd app"]


def test_a_sentence_can_ask_for_another_terminal() -> None:
    step = parse("```sh\nnpm start\n```\n\nIn another terminal, run `curl localhost`.")[1]
    assert isinstance(step, Run)
    assert step.terminal is Terminal.NEW


@pytest.mark.parametrize(
    "sentence",
    [
        "Visit `http://localhost:8000` in your browser.",
        "Open up <http://localhost:8000> in your browser, and see.",
        "Open your browser at [http://localhost:8000](http://localhost:8000).",
        "Now go to http://localhost:8000.",
        "Then, load `http://localhost:8000` in a browser to see the output.",
        "Point your browser to http://localhost:8000.",
        "Navigate to http://localhost:8000",
        "You can now visit http://localhost:8000 and log in.",
        "Start the server and open http://localhost:8000.",
    ],
)
def test_an_address_to_open_is_visited(sentence: str) -> None:
    assert visits(sentence) == ["http://localhost:8000"]


@pytest.mark.parametrize(
    "sentence",
    [
        "This starts the server at `http://localhost:8000`.",
        "The server is running at http://localhost:8000.",
        "Visit https://example.com for more.",
        "Or directly through the browser, by going to `http://localhost:8000`.",
        "Requests to http://localhost:8000 are forwarded.",
        "Run `curl http://localhost:8000/users`.",
    ],
)
def test_an_address_that_is_only_named_is_not_visited(sentence: str) -> None:
    assert visits(sentence) == []


def test_every_address_of_a_sentence_is_visited() -> None:
    source = "Visit http://localhost:8000/a and http://127.0.0.1:8000/b in your browser."
    assert visits(source) == ["http://localhost:8000/a", "http://127.0.0.1:8000/b"]


@pytest.mark.parametrize(
    "sentence",
    ["Press Ctrl+C.", "Stop the server with Ctrl+C first.", "Press `CTRL-C` to stop the server.", "Hit <kbd>Ctrl</kbd>+<kbd>C</kbd> now.",
     "Now press **Ctrl + C**.", "Use Control-C to quit.", "To stop the server, press Ctrl+C."],
)  # fmt: skip
def test_the_reader_is_told_to_stop_a_program(sentence: str) -> None:
    assert kinds(f"```sh\nnpm start\n```\n\n{sentence}") == [Run, Stop]


def test_ctrl_c_in_what_a_program_prints_is_no_instruction() -> None:
    assert kinds("```console\n$ flask run\n * Running\nPress CTRL+C to quit\n```\n") == [Run]


def test_a_stop_that_is_only_explained_waits_until_the_server_was_used() -> None:
    source = "```sh\nnpm start\n```\n\nTo stop it, press Ctrl+C.\n\nVisit http://localhost:3000.\n"
    assert kinds(source) == [Run, Visit]


@pytest.mark.parametrize(
    ("sentence", "about"),
    [
        (
            "Open `docs/index.md` in your editor, change the heading to `Lorum`, and save.",
            ("Lorum",),
        ),
        ("Delete `old.txt` and its copy.", ("old.txt",)),
        ("Add `x` to `LIST` in `a.py`.", ("x", "LIST", "a.py")),
        ("Create a directory named `myapp`.", ("myapp",)),
        ("Next, rename `a.txt` to `b.txt`.", ("a.txt", "b.txt")),
        ("Uncomment the line with `DEBUG`.", ("DEBUG",)),
        ("To use your own, create an `img` folder.", ("img",)),
        ("Open `greeter.html` in the browser.", ("greeter.html",)),
        ("Paste this string into the panel.", ()),
    ],
)
def test_a_change_by_hand_is_prose(sentence: str, about: tuple[str, ...]) -> None:
    (step,) = parse(sentence)
    assert isinstance(step, Prose)
    assert step.about == about


@pytest.mark.parametrize(
    "sentence",
    [
        "The `a.py` file contains the code.",
        "You changed `a.py` before.",
        "This adds `x` to the list.",
        "Install Python 3.10 or newer.",
        "First, [install `uv`](https://example.com), then go on.",
        "Then, install `express` as a dependency, as per the [guide](/x).",
        "Make sure that `a.py` exists.",
        "Adding `x` to `y` is easy.",
        "Why change `a.py` at all?",
        "And that will:\n\n* Add a subcommand with `x`.\n* Create a `y` file.",
        "Take a look at `a.py`.",
    ],
)
def test_a_description_of_a_change_is_nothing(sentence: str) -> None:
    assert parse(sentence) == ()


def test_a_change_that_a_block_makes_is_not_asked_for_twice() -> None:
    source = "Add a line containing `site/` to your `.gitignore` file.\n\n```bash\necho site/ >> .gitignore\n```\n"
    assert kinds(source) == [Run]


@pytest.mark.parametrize(
    ("component", "command"),
    [
        ('<PackageManagers pkg="mocha" />', "npm i mocha"),
        ('<PackageManagers dev type="add" pkg="mocha" />', "npm i -D mocha"),
        ('<PackageManagers type="add" pkg="mocha" dev={true} />', "npm i -D mocha"),
        ('<PackageManagers type="run" pkg="test" />', "npm run test"),
        ('<PackageManagers type="create" pkg="astro@latest" args="-- --yes" />',
         "npm create astro@latest -- --yes"),
        ('<PackageManagers type="exec" pkg="mocha" args="--watch" />', "npx mocha --watch"),
    ],
)  # fmt: skip
def test_a_component_whose_command_is_known_is_typed(component: str, command: str) -> None:
    (step,) = parse(f"Do this:\n\n{component}\n")
    assert isinstance(step, Run)
    assert [c.text for c in step.commands] == [command]
    assert (step.lines.first, step.lines.last) == (3, 3)


def test_another_component_that_stands_for_a_command_is_prose() -> None:
    (step,) = parse('Install it:\n\n<InstallTabs pkg="mocha" />\n')
    assert isinstance(step, Prose)
    assert step.about == ("mocha",)


def test_the_lines_of_a_sentence_are_its_own() -> None:
    (step,) = parse("First sentence\nof two lines.\nThen\nrun `npm test`. Done.\n")
    assert isinstance(step, Run)
    assert (step.lines.first, step.lines.last) == (3, 4)
    assert (step.commands[0].lines.first, step.commands[0].lines.last) == (4, 4)


def test_a_named_directory_is_entered() -> None:
    source = "```sh\nmake-site demo\n```\n\nChange into the `demo` directory and run:\n\n```sh\nls\n```\n"
    assert commands(source) == ["make-site demo", "cd demo", "ls"]


def test_a_directory_that_was_entered_is_not_entered_twice() -> None:
    assert commands(
        "```sh\nmkdir a\ncd a\n```\n\nGo to the `a` directory and run:\n\n```sh\nls\n```\n"
    ) == ["mkdir a", "cd a", "ls"]


def test_a_command_that_is_left_running_is_marked() -> None:
    first, second = parse(
        "```sh\nnpm start\n```\n\nLeave it running and open a new terminal:\n\n```sh\nls\n```\n"
    )
    assert isinstance(first, Run)
    assert isinstance(second, Run)
    assert (first.background, second.background) == (True, False)
    assert second.terminal is Terminal.NEW


def test_a_command_after_the_following_is_run() -> None:
    assert commands("Run the following to check it: `python -m app --version`.") == [
        "python -m app --version"
    ]
