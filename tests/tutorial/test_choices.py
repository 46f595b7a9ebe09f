"""Of several ways a reader takes one."""

from __future__ import annotations

import pytest

from smile.tutorial.model import Run, Skip, SkipReason, Step, WriteFile
from smile.tutorial.parse import parse


def commands(source: str) -> list[str]:
    return [c.text for s in parse(source) if isinstance(s, Run) for c in s.commands]


def reasons(source: str) -> list[SkipReason]:
    return [s.reason for s in parse(source) if isinstance(s, Skip)]


def block(text: str, info: str = "bash", indent: str = "") -> str:
    return "".join(f"{indent}{x}\n" for x in [f"```{info}", *text.split("\n"), "```"])


def test_of_mkdocs_tabs_the_one_for_linux_is_opened() -> None:
    source = (
        '=== "Windows"\n\n'
        + block("dir x", indent="    ")
        + '\n=== "Linux"\n\n'
        + block("ls x", indent="    ")
        + "\nDone.\n"
    )
    assert commands(source) == ["ls x"]
    assert reasons(source) == [SkipReason.OTHER_SYSTEM]


def test_lines_inside_of_tabs_are_those_of_the_file() -> None:
    (step,) = parse('=== "Linux"\n\n    ```bash\n    ls\n    ```\n')
    assert (step.lines.first, step.lines.last) == (3, 5)


def test_two_groups_of_tabs_are_two_choices() -> None:
    tabs = "".join(
        f'=== "{x}"\n\n' + block(f"{x} install a", indent="    ") + "\n" for x in ("yarn", "npm")
    )
    assert commands(tabs + "\nThen:\n\n" + tabs.replace("install a", "install b")) == [
        "npm install a",
        "npm install b",
    ]


def test_of_docusaurus_tabs_one_is_opened() -> None:
    source = (
        '<Tabs>\n<TabItem value="yarn" label="Yarn">\n\n' + block("yarn add x") + '\n</TabItem>\n<TabItem value="npm" label="npm">\n\n'
        + block("npm install x") + "\n</TabItem>\n</Tabs>\n"
    )  # fmt: skip
    assert commands(source) == ["npm install x"]


def test_of_a_code_group_one_block_is_taken() -> None:
    source = (
        "::: code-group\n\n"
        + block("yarn add x", "sh [yarn]")
        + "\n"
        + block("npm add x", "sh [npm]")
        + "\n:::\n"
    )
    assert commands(source) == ["npm add x"]


def test_hugo_tabs_are_tabs() -> None:
    source = (
        '{{< tabs >}}\n{{< tab "Windows" >}}\n'
        + block("dir")
        + '{{< /tab >}}\n{{< tab "Linux" >}}\n'
        + block("ls")
        + "{{< /tab >}}\n{{< /tabs >}}\n"
    )
    assert commands(source) == ["ls"]


def test_a_recommended_tab_wins_over_the_first() -> None:
    source = (
        '=== "JavaScript"\n\n'
        + block("a x", indent="    ")
        + '\n=== "TypeScript (recommended)"\n\n'
        + block("b x", indent="    ")
    )
    assert commands(source) == ["b x"]


@pytest.mark.parametrize(
    "words", ["Or, with yarn:", "Alternatively, use Yarn:", "If you prefer Yarn:", "Or:", "yarn:"]
)
def test_the_same_with_another_tool_is_not_done_again(words: str) -> None:
    source = block("npm install x") + f"\n{words}\n\n" + block("yarn add x")
    assert commands(source) == ["npm install x"]
    assert reasons(source) == [SkipReason.ALTERNATIVE]


def test_another_program_after_or_is_tried_as_well() -> None:
    source = (
        block("curl http://localhost/")
        + "\nOr using the httpie tool...\n\n"
        + block("http http://localhost/")
    )
    assert commands(source) == ["curl http://localhost/", "http http://localhost/"]


@pytest.mark.parametrize(
    "words",
    [
        "On Windows, run:",
        "For macOS:",
        "Windows users:",
        "With PowerShell on Windows, enter:",
        "On Fedora:",
    ],
)
def test_sentences_for_other_systems_are_passed_over(words: str) -> None:
    source = f"{words}\n\n" + block("tool x")
    assert commands(source) == []
    assert reasons(source) == [SkipReason.OTHER_SYSTEM]


@pytest.mark.parametrize(
    "words",
    [
        "On Linux and macOS:",
        "For Linux, macOS, and PowerShell on Windows, enter this:",
        "On Ubuntu or Fedora:",
    ],
)
def test_sentences_that_include_our_system_are_for_us(words: str) -> None:
    assert commands(f"{words}\n\n" + block("tool x")) == ["tool x"]


def test_sections_for_other_systems_are_passed_over() -> None:
    source = (
        "## Install\n\n### macOS\n\n"
        + block("brew install x")
        + "\n### Debian\n\n"
        + block("apt install x")
        + "\n## Use\n\n"
        + block("x y")
    )
    assert commands(source) == ["apt install x", "x y"]


def test_a_section_named_after_a_foreign_package_manager_is_for_others() -> None:
    source = "## Homebrew formula\n\n" + block("brew install x")
    assert reasons(source) == [SkipReason.OTHER_SYSTEM]


def test_a_foreign_package_manager_without_another_way_is_tried() -> None:
    assert commands("Get it:\n\n" + block("brew install x")) == ["brew install x"]


def test_ways_to_install_are_one_choice() -> None:
    source = (
        "## Installation\n\n### Using conda\n\n"
        + block("conda install x")
        + "\n### Using pip\n\n"
        + block("pip install x")
    )
    assert commands(source) == ["pip install x"]


def test_rival_sections_are_one_choice() -> None:
    source = (
        "## Set up with TypeScript\n\n"
        + block("a x")
        + "\n## Set up with JavaScript\n\n"
        + block("b x")
        + "\n## Run\n\n"
        + block("c x")
    )
    assert commands(source) == ["a x", "c x"]


def test_rival_panels_are_one_choice() -> None:
    source = (
        '<Panel title="With JavaScript">\n\n' + block("a x") + '\n</Panel>\n\n<Panel title="With TypeScript (Recommended)">\n\n'
        + block("b x") + "\n</Panel>\n"
    )  # fmt: skip
    assert commands(source) == ["b x"]


def test_details_that_say_or_are_another_way() -> None:
    source = (
        block("npm install x")
        + "\n<details>\n<summary>Or use <code>yarn</code></summary>\n\n"
        + block("yarn add x")
        + "\n</details>\n"
    )
    assert commands(source) == ["npm install x"]


@pytest.mark.parametrize(
    "source",
    [
        "## Optional: more\n\n{}",
        "## More (optional)\n\n{}",
        "Optionally, run:\n\n{}",
        "If you want colours, run:\n\n{}",
        "!!! note\n\n    Text.\n\n    ```bash\n    tool x\n    ```\n",
        "> [!TIP]\n> Text:\n>\n> ```bash\n> tool x\n> ```\n",
    ],
)
def test_what_need_not_be_done_is_optional(source: str) -> None:
    (step,) = [s for s in parse(source.format(block("tool x"))) if isinstance(s, Run)]
    assert step.optional
    assert [c.text for c in step.commands] == ["tool x"]


@pytest.mark.parametrize(
    "heading",
    [
        "Contributing",
        "Deploying",
        "Deploy your app (optional)",
        "Uninstall",
        "Troubleshooting",
        "Show your support",
    ],
)
def test_sections_that_are_not_for_following_are_passed_over(heading: str) -> None:
    assert commands(f"## {heading}\n\n" + block("tool x")) == []


def test_badges_and_listings_are_illustrations() -> None:
    source = (
        block("[![x](https://img.shields.io/x)](y)", "md")
        + "\n"
        + block("GET /posts", "http")
        + "\n"
        + block("-a\n+b", "diff")
    )
    assert reasons(source) == [SkipReason.ILLUSTRATION] * 3


def steps_in(source: str) -> list[type[Step]]:
    return [type(s) for s in parse(source)]


@pytest.mark.parametrize(
    "source",
    [
        "1. One:\n\n   ```bash\n   ls\n   ```\n",
        "- One\n  - Two:\n\n    ```bash\n    ls\n    ```\n",
        "> ```bash\n> ls\n> ```\n",
        "::: info\n```bash\nls\n```\n:::\n",
        "<div>\n```bash\nls\n```\n</div>\n",
        "<Steps>\n\n    ```bash\n    ls\n    ```\n\n</Steps>\n",
        "<details>\n<summary>More</summary>\n\n```bash\nls\n```\n\n</details>\n",
    ],
)
def test_a_fence_is_found_wherever_it_stands(source: str) -> None:
    (step,) = parse(source)
    assert isinstance(step, Run)
    rows = source.split("\n")
    assert "```bash" in rows[step.lines.first - 1]
    assert "ls" in rows[step.commands[0].lines.first - 1]
    assert step.commands[0].text == "ls"


def test_front_matter_imports_and_comments_are_no_instructions() -> None:
    source = (
        "---\ntitle: Run `rm -rf x`\n---\n\nimport X from './x';\n\n<!--\n```bash\nrm x\n```\n-->\n\n"
        + block("ls")
    )
    assert commands(source) == ["ls"]


def test_tabs_named_after_different_kinds_of_files_are_all_files() -> None:
    source = (
        '=== "index.html"\n\n'
        + block("<p>x</p>", "html", "    ")
        + '\n=== "style.css"\n\n'
        + block("p { color: red }", "css", "    ")
    )
    assert [s.path for s in parse(source) if isinstance(s, WriteFile)] == [
        "index.html",
        "style.css",
    ]
