from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed


def test_an_import_that_was_left_out_is_put_back(tmp_path: Path) -> None:
    code = "words = collections.Counter(open(sys.argv[1]).read().split())\nprint(words)"
    (tmp_path / "count.py").write_text(code + "\n")
    exit_code, output = typed("python3 count.py count.py", tmp_path)
    scene = on(file("count.py", code), sh("python3 count.py count.py"))

    answer = scene.ask("python3 count.py count.py", output, exit_code)

    assert gap(answer).kind == "undefined_variable"
    assert gap(answer).location.quote == code.splitlines()[0]
    (tmp_path / "count.py").write_text(remedy(answer).files[0].content)
    assert typed("python3 count.py count.py", tmp_path)[0] == 0


def test_a_name_that_another_block_imports_is_imported_the_same_way() -> None:
    scene = on(
        file("a.py", "from shoplib.cart import Basket as _, Cart\nCart()"),
        file("b.py", "print(Cart())"),
        sh("python b.py"),
    )

    answer = scene.ask("python b.py", 'File "/root/work/b.py", line 1\n    print(Cart())\n'
                       "NameError: name 'Cart' is not defined")  # fmt: skip

    assert (
        remedy(answer).files[0].content.startswith("from shoplib.cart import Basket as _, Cart\n")
    )


def test_an_application_that_is_never_made_is_made_below_the_imports() -> None:
    scene = on(file("app.py", "from flask import Flask\n\n@app.route('/')\ndef hi():\n    ..."), sh("flask run"))  # fmt: skip

    answer = scene.ask("flask run", 'File "/root/work/app.py", line 3, in <module>\n'
                       "    @app.route('/')\nNameError: name 'app' is not defined")  # fmt: skip

    content = remedy(answer).files[0].content
    assert content.startswith("from flask import Flask\n\napp = Flask(__name__)\n")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_a_reference_error_of_node_is_located_and_cured(tmp_path: Path) -> None:
    code = "const data = { a: 1 };\nassert.equal(data.a, 1);\nmodule.exports = data;"
    (tmp_path / "check.js").write_text("// a check\n" + code)
    exit_code, output = typed("node check.js", tmp_path)
    if exit_code == 0:
        pytest.skip("this node knows assert by itself")
    scene = on(file("check.js", code), sh("node check.js"))

    answer = scene.ask("node check.js", output, exit_code)

    assert gap(answer).location.quote == code.rsplit("\n", 1)[0]
    assert 'const assert = require("node:assert");' in remedy(answer).files[0].content


def test_a_header_of_c_is_known_by_its_functions() -> None:
    scene = on(file("m.c", 'int main(void) { printf("hi"); }'), sh("cc m.c"))

    answer = scene.ask("cc m.c", "m.c:1:18: error: implicit declaration of function 'printf'")

    assert remedy(answer).files[0].content.startswith("#include <stdio.h>\n")


def test_a_name_that_nobody_knows_is_located_but_not_cured() -> None:
    scene = on(file("a.py", "x = 1\nprint(zanzibar)"), sh("python a.py"))

    answer = scene.ask("python a.py", 'File "a.py", line 2, in <module>\n    print(zanzibar)\n'
                       "NameError: name 'zanzibar' is not defined")  # fmt: skip

    assert gap(answer).location.quote == "print(zanzibar)"
    assert not answer.resolvable
