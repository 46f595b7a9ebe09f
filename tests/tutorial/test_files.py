"""Which blocks are files, under which name, and how they change it."""

from __future__ import annotations

import json
import tomllib

import pytest

from smile.tutorial.model import Placement, Prose, Run, Skip, SkipReason, Step, WriteFile
from smile.tutorial.parse import parse

PY = "import sys\n\nprint(sys.argv)"


def block(text: str = PY, info: str = "python") -> str:
    return f"```{info}\n{text}\n```\n"


def files(source: str) -> list[WriteFile]:
    return [s for s in parse(source) if isinstance(s, WriteFile)]


def one(source: str) -> WriteFile:
    (step,) = files(source)
    return step


def kinds(source: str) -> list[type[Step]]:
    return [type(s) for s in parse(source)]


@pytest.mark.parametrize(
    "info",
    ['python title="app.py"', "python filename=app.py", 'python file="app.py"', "python {name='app.py'}",
     "python app.py", "python:app.py", 'py title="app.py" {1,3}', "{code-block} python app.py", "app.py"],
)  # fmt: skip
def test_a_fence_can_name_its_file(info: str) -> None:
    step = one(block(info=info))
    assert (step.path, step.content, step.named_at) == ("app.py", PY + "\n", 1)


@pytest.mark.parametrize(
    "words",
    [
        "Create a file called `app.py`:",
        "Create `app.py` with the following code:",
        "In `app.py`:",
        "Now open `app.py` and paste this:",
        "Put this into a file named `app.py`.",
        "Content of the `app.py` file:",
        "Save the following as `app.py`:",
        "Then make a new source file and call it _app.py_. It prints.",
        "First we create a file `app.py` which holds the source. It looks like this.",
        "Create a new file app.py containing:",
        "**app.py**",
        "`app.py`:",
        "Let's write a module named `app.py` that we need later.",
    ],
)
def test_the_text_before_a_block_can_name_its_file(words: str) -> None:
    step = one(f"{words}\n\n{block()}")
    assert (step.path, step.placement, step.named_at) == ("app.py", Placement.REPLACE, 1)


def test_a_heading_can_be_a_file_name() -> None:
    assert one("## `src/app.py`\n\n" + block()).path == "src/app.py"


def test_the_text_below_a_block_can_name_its_file() -> None:
    step = one("Here is our program:\n\n" + block() + "\nSave this as `app.py`.\n")
    assert (step.path, step.named_at) == ("app.py", 9)


@pytest.mark.parametrize(
    "comment", ["# app.py", "# save this as app.py", "# file: app.py", "# app.py:"]
)
def test_a_first_comment_can_name_the_file_and_stays(comment: str) -> None:
    step = one(block(f"{comment}\n{PY}"))
    assert step.path == "app.py"
    assert step.content.startswith(comment)


def test_a_path_comment_does_not_break_json() -> None:
    step = one(block('// package.json\n{"a": 1}', "json"))
    assert step.path == "package.json"
    assert json.loads(step.content) == {"a": 1}


def test_a_component_around_a_block_can_name_its_file() -> None:
    assert (
        one('<Listing number="1" file-name="app.py">\n\n' + block() + "\n</Listing>\n").path
        == "app.py"
    )


def test_the_fuller_of_two_names_of_one_file_wins() -> None:
    step = one("Open `src/app.py` and paste:\n\n" + block(info='python title="app.py"'))
    assert step.path == "src/app.py"


def test_a_name_is_resolved_to_the_file_that_is_known() -> None:
    source = (
        "```bash\nmkdir src\ntouch src/app.py\n```\n\nOpen `app.py` and paste this:\n\n" + block()
    )
    assert one(source).path == "src/app.py"


def test_a_file_in_a_named_directory_has_the_path_of_both() -> None:
    assert (
        one("Create the following `app.py` file under a `lib/` directory:\n\n" + block()).path
        == "lib/app.py"
    )


def test_a_title_that_is_a_label_is_no_file() -> None:
    assert files(block(info='python title="Our first program"')) == []


def test_a_product_is_no_file() -> None:
    assert files("Create an app with Node.js:\n\n" + block("let a = 1", "js")) == []


def test_the_language_must_fit_the_name() -> None:
    assert files("Add this to `package.json`:\n\n" + block()) == []


FIRST = "Create `app.py`:\n\n" + block("import a\n\n\ndef main():\n    a.b()") + "\n"


@pytest.mark.parametrize(
    ("words", "placement"),
    [
        ("Add the following to the bottom of `app.py`:", Placement.APPEND),
        ("Add this function to the end of your `app.py` file:", Placement.APPEND),
        ("Append this to `app.py`:", Placement.APPEND),
        ("Add this to `app.py`:", Placement.APPEND),
        ("At the top of `app.py`, add:", Placement.PREPEND),
        ("Put this at the beginning of `app.py`:", Placement.PREPEND),
    ],
)
def test_the_text_says_where_a_piece_goes(words: str, placement: Placement) -> None:
    step = files(FIRST + words + "\n\n" + block("def other():\n    pass"))[1]
    assert (step.path, step.placement) == ("app.py", placement)


def test_a_whole_new_version_replaces_the_file() -> None:
    new = "import a\nimport c\n\n\ndef main():\n    a.b(c)\n\n\ndef more():\n    pass"
    for words in (
        "Update `app.py` with:",
        "Modify the file `app.py`.\n\nGive it a second function.",
        "Our app.py now looks like this:",
    ):
        step = files(FIRST + words + "\n\n" + block(new))[1]
        assert (step.path, step.placement, step.inferred) == ("app.py", Placement.REPLACE, False)


def test_a_new_version_without_a_name_is_inferred() -> None:
    step = files(
        FIRST + "Now with a type:\n\n" + block("import a\n\n\ndef main() -> None:\n    a.b()")
    )[1]
    assert (step.path, step.placement, step.inferred) == ("app.py", Placement.REPLACE, True)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("The function has this form:", "def main():"),
        ("Its body is:", "    a.b()"),
        ("For example, for a number:", "count: int"),
        ("Try changing the line with:", "    ... a.b() ..."),
    ],
)
def test_a_piece_that_is_only_explained_is_an_illustration(words: str, text: str) -> None:
    steps = parse(FIRST + words + "\n\n" + block(text))
    assert isinstance(steps[-1], Skip)
    assert steps[-1].reason is SkipReason.ILLUSTRATION


def test_a_changed_piece_of_unknown_place_is_unknown() -> None:
    steps = parse(FIRST + "Change `app.py`:\n\n" + block("    a.c()"))
    assert isinstance(steps[-1], Skip)
    assert steps[-1].reason is SkipReason.UNKNOWN


def test_a_fragment_of_json_is_merged() -> None:
    source = "```bash\nnpm init -y\n```\n\nAdd this to your `package.json`:\n\n" + block(
        '{"scripts": {"a": "b"}}', "json"
    )
    step = one(source)
    assert (step.path, step.placement, step.elided) == ("package.json", Placement.MERGE, False)


def test_an_elided_fragment_of_json_is_valid_without_the_gaps() -> None:
    text = '{\n  // ...etc.\n  "type": "module",\n  "scripts": {\n    "a": "b"\n  }\n  // other fields\n}'
    step = one("Replace the `scripts` entry in your `package.json`:\n\n" + block(text, "json"))
    assert step.placement is Placement.MERGE
    assert step.elided
    assert json.loads(step.content) == {"type": "module", "scripts": {"a": "b"}}


def test_a_toml_table_is_added_to_what_a_tool_made() -> None:
    step = one("Add to `pyproject.toml`:\n\n" + block("[tool.x]\na = 1\n", "toml"))
    assert step.placement is Placement.MERGE
    assert tomllib.loads(step.content) == {"tool": {"x": {"a": 1}}}


def test_a_new_configuration_file_is_written_whole() -> None:
    assert (
        one("Create a `docker-compose.yml`:\n\n" + block("services: {}", "yaml")).placement
        is Placement.REPLACE
    )


def test_a_setting_for_the_configuration_file_spoken_of_is_merged() -> None:
    source = (
        "Edit `site.yml` and set the name:\n\n"
        + block("name: x", "yaml")
        + "\nThen add a `nav` setting to the configuration:\n\n"
        + block("nav: []", "yaml")
    )
    step = files(source)[1]
    assert (step.path, step.placement, step.inferred) == ("site.yml", Placement.MERGE, True)


MAKE = "Create a `Makefile`:\n\n" + block("a.o : a.c\n\tcc a.c", "make") + "\n"


def test_a_rule_of_make_is_added_changed_and_put_on_top() -> None:
    source = (
        MAKE + "Let's add another rule to the end of `Makefile`:\n\n" + block("clean :\n\trm a.o", "make")
        + "\nMark it as phony:\n\n" + block(".PHONY : clean\nclean :\n\trm a.o", "make")
        + "\nPut this at the top of our Makefile:\n\n" + block("all : a.o", "make")
        + "\nOur Makefile now looks like this:\n\n" + block("all : a.o\n\na.o : a.c\n\tcc a.c\n\nclean :\n\trm a.o", "make")
    )  # fmt: skip
    places = [s.placement for s in files(source)]
    assert places == [
        Placement.REPLACE,
        Placement.APPEND,
        Placement.MERGE,
        Placement.PREPEND,
        Placement.REPLACE,
    ]
    assert {s.path for s in files(source)} == {"Makefile"}


def test_elided_code_is_marked() -> None:
    step = one("Create `a.js`:\n\n" + block("const a = 1;\n// ... the rest\nrun(a);", "js"))
    assert step.elided


@pytest.mark.parametrize("text", ["def f():\n    ...", "const a = {...b};"])
def test_dots_that_are_code_leave_nothing_out(text: str) -> None:
    info = "python" if text.startswith("def") else "js"
    assert not one(f"Create `a.{info[:2]}`:\n\n" + block(text, info)).elided


def test_an_item_for_a_list_is_added_exactly() -> None:
    source = "Add `'x'` to `APPS` in `proj/settings.py`:\n\n" + block(
        "APPS = [\n    ...\n    'x',\n]"
    )
    step = one(source)
    assert (step.path, step.placement) == ("proj/settings.py", Placement.APPEND)
    assert step.content == "\nAPPS += [\n    'x',\n]\n"


def test_a_generated_file_that_is_shown_is_not_written() -> None:
    source = (
        "```bash\npoetry new demo\n```\n\nThe `pyproject.toml` file is what matters. For now it looks like this:\n\n"
        + block("[project]\nname = 'demo'", "toml")
    )
    assert kinds(source) == [Run, Skip]


def test_an_answer_in_json_is_no_file() -> None:
    source = "```bash\ncurl http://localhost/\n```\n\nYou will see the JSON response:\n\n" + block(
        '{"a": 1}', "json"
    )
    assert files(source) == []


def test_a_plain_block_with_a_file_name_is_that_file() -> None:
    step = one("Create a file `requirements.txt` with:\n\n```\nflask\n```\n")
    assert (step.path, step.content) == ("requirements.txt", "flask\n")


def test_an_empty_file_is_written() -> None:
    step = one("Create an empty file `pkg/__init__.py`.\n")
    assert (step.path, step.content) == ("pkg/__init__.py", "")


def test_a_request_beside_the_file_is_kept_as_prose() -> None:
    source = (
        "We'll then clear out the content of `pkg/__init__.py` and create `pkg/a.py` with this code:\n\n"
        + block()
    )
    prose, write = parse(source)
    assert isinstance(prose, Prose)
    assert prose.about == ("pkg/__init__.py",)
    assert isinstance(write, WriteFile)
    assert write.path == "pkg/a.py"


def test_a_variable_for_the_profile_is_added_to_it() -> None:
    step = one(
        "Add this line to your `~/.bashrc`:\n\n" + block('export PATH="$HOME/bin:$PATH"', "bash")
    )
    assert (step.path, step.placement) == ("~/.bashrc", Placement.APPEND)


def test_a_new_version_in_details_with_or_is_another_way() -> None:
    source = (
        FIRST
        + "<details>\n<summary>Or use async</summary>\n\n"
        + block("import a\n\n\nasync def main():\n    a.b()")
        + "\n</details>\n"
    )
    assert len(files(source)) == 1


def test_an_entry_for_a_section_is_merged_below_it() -> None:
    step = one(
        "Add this to the `scripts` section of your `package.json`:\n\n"
        + block('"start": "node a.js",', "json")
    )
    assert step.placement is Placement.MERGE
    assert json.loads(step.content) == {"scripts": {"start": "node a.js"}}


def test_the_end_of_the_file_is_that_of_the_file_last_spoken_of() -> None:
    step = files(FIRST + "At the end of the file, add:\n\n" + block("main()"))[1]
    assert (step.path, step.placement, step.inferred) == ("app.py", Placement.APPEND, True)


def test_a_diff_of_a_named_file_is_applied_to_what_is_known() -> None:
    source = (
        FIRST
        + "**app.py**\n\n"
        + block(" import a\n+import c\n \n \n-def main():\n+def start():\n     a.b()", "diff")
    )
    step = files(source)[1]
    assert (step.path, step.placement) == ("app.py", Placement.REPLACE)
    assert step.content == "import a\nimport c\n\n\ndef start():\n    a.b()\n"


def test_a_diff_that_does_not_fit_is_unknown() -> None:
    steps = parse(FIRST + "**app.py**\n\n" + block("-x = 1\n+x = 2", "diff"))
    assert isinstance(steps[-1], Skip)
    assert steps[-1].reason is SkipReason.UNKNOWN


def test_a_diff_that_a_tool_prints_is_an_illustration() -> None:
    steps = parse(
        FIRST
        + "Running `git diff` shows:\n\n"
        + block("--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x\n+y", "diff")
    )
    assert isinstance(steps[-1], Skip)
    assert steps[-1].reason is SkipReason.ILLUSTRATION


def test_an_untagged_new_version_is_inferred() -> None:
    source = 'Create `a.go`:\n\n```\npackage main\n\nfunc main() {\n}\n```\n\nYour code should include:\n\n```\npackage main\n\nimport "x"\n\nfunc main() {\n}\n```\n'
    assert [(s.path, s.inferred) for s in files(source)] == [("a.go", False), ("a.go", True)]


def test_a_listing_of_a_directory_is_an_illustration() -> None:
    (step,) = parse(
        "It makes:\n\n    mysite/\n        manage.py\n        mysite/\n            __init__.py\n"
    )
    assert isinstance(step, Skip)
    assert step.reason is SkipReason.ILLUSTRATION


def test_a_part_of_a_generated_file_stays_a_part_when_it_repeats_what_was_shown() -> None:
    text = (
        "Add to `pyproject.toml`:\n\n```toml\n[tool.lint]\nwidth = 79\n```\n\n"
        "Then, in `pyproject.toml`:\n\n"
        '```toml\n[project]\nrequires-python = ">=3.10"\n\n[tool.lint]\nwidth = 79\n```\n'
    )
    placements = [s.placement for s in parse(text) if isinstance(s, WriteFile)]
    assert placements == [Placement.MERGE, Placement.MERGE]
