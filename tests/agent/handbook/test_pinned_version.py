from __future__ import annotations

from tests.agent.handbook.scene import gap, on, remedy, sh, verdict


def test_a_pin_that_cant_be_installed_is_loosened() -> None:
    scene = on(sh("pip install 'oldthing==0.2'"))

    answer = scene.ask(
        "pip install 'oldthing==0.2'",
        "ERROR: Could not find a version that satisfies the requirement oldthing==0.2 "
        "(from versions: 3.0, 3.1)",
    )

    assert verdict(answer) == (
        "pinned_version", "version_mismatch", "replace", ("pip install 'oldthing'",),
    )  # fmt: skip


def test_a_pinned_package_that_breaks_inside_is_to_blame_where_it_was_pinned() -> None:
    scene = on(sh("pip install flask==0.12", "flask run"))
    output = (
        'Traceback (most recent call last):\n  File "/root/.venv/lib/python3.11/site-packages/'
        "flask/__init__.py\", line 19\nImportError: cannot import name 'Markup' from 'jinja2'"
    )

    answer = scene.ask("flask run", output)

    assert gap(answer).kind == "version_mismatch"
    assert gap(answer).location.line == 4
    assert remedy(answer).line == 4
    assert remedy(answer).commands == ("pip install flask",)


def test_a_pinned_compiler_that_chokes_on_new_syntax_is_to_blame() -> None:
    scene = on(sh("npm install -g typescript@1.0.0", "tsc shop.ts"))

    answer = scene.ask("tsc shop.ts", "/root/shop.ts(1,26): error TS1005: ',' expected.")

    assert remedy(answer).commands == ("npm install -g typescript",)


def test_a_missing_file_is_not_blamed_on_a_pin() -> None:
    scene = on(sh("pip install frob==1.0", "frob read data.txt"))

    answer = scene.ask("frob read data.txt", "frob: data.txt: No such file or directory")

    assert gap(answer).kind == "missing_file"


def test_a_pinned_package_that_only_called_what_broke_is_not_to_blame() -> None:
    answer = on(sh("npm install commander@12"), sh("node index.js")).ask(
        "node index.js",
        "/w/index.js:9\nTypeError: chalk.bold is not a function\n"
        "    at Command.<anonymous> (/w/index.js:9:9)\n"
        "    at Command.parse (/w/node_modules/commander/lib/command.js:1:1)\n",
        1,
    )

    assert gap(answer).rule != "pinned_version"
