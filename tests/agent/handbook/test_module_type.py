from __future__ import annotations

from tests.agent.handbook.scene import file, on, sh, verdict


def test_import_in_a_project_of_commonjs_sets_the_type() -> None:
    scene = on(file("a.js", "import fs from 'node:fs';"), sh("node a.js"))

    answer = scene.ask("node a.js", "/root/work/a.js:1\nimport fs from 'node:fs';\n^^^^^^\n\n"
                       "SyntaxError: Cannot use import statement outside a module")  # fmt: skip

    assert verdict(answer) == (
        "module_type", "broken_command", "before", ("npm pkg set type=module",),
    )  # fmt: skip


def test_require_in_a_project_of_es_modules_unsets_it() -> None:
    scene = on(file("a.js", "const fs = require('fs');"), sh("node a.js"))

    answer = scene.ask("node a.js", "ReferenceError: require is not defined in ES module scope")

    assert verdict(answer)[3] == ("npm pkg delete type",)
