from __future__ import annotations

from tests.agent.handbook.scene import file, gap, on, remedy, sh, verdict

NPM = {"npm": "/usr/bin/npm", "node": "/usr/bin/node"}
CODE = file("a.js", "import x from '@shop/cart/items';")


def test_a_package_that_node_does_not_find_is_installed() -> None:
    answer = on(CODE, sh("node a.js"), tools=NPM).ask(
        "node a.js",
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package '@shop/cart/items' imported from /a.js",
    )

    assert verdict(answer) == (
        "missing_package", "missing_prerequisite", "before", ("npm install @shop/cart",),
    )  # fmt: skip


def test_a_package_that_is_installed_later() -> None:
    scene = on(CODE, sh("node a.js", "npm install express"), tools=NPM)

    answer = scene.ask("node a.js", "Error: Cannot find module 'express'\nRequire stack:")

    assert gap(answer).kind == "wrong_order"
    assert remedy(answer).commands == ("npm install express",)


def test_a_file_that_is_required_by_its_path_is_no_package() -> None:
    answer = on(CODE, sh("node b.js"), tools=NPM).ask(
        "node b.js", "Error: Cannot find module '/root/work/b.js'"
    )

    assert gap(answer).kind == "missing_file"
