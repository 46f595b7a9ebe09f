from __future__ import annotations

import json

from tests.agent.handbook.scene import file, gap, on, remedy, sh

SAID = "npm error code EJSONPARSE\nnpm error JSON.parse Unexpected token / in package.json"


def test_a_comment_in_json_is_taken_out() -> None:
    scene = on(file("package.json", '// package.json\n{"name": "shop"}'), sh("npm test"))

    answer = scene.ask("npm test", SAID)

    assert gap(answer).kind == "broken_command"
    assert gap(answer).location.quote == "// package.json"
    assert json.loads(remedy(answer).files[0].content) == {"name": "shop"}


def test_an_ellipsis_in_json_is_a_placeholder() -> None:
    scene = on(file("package.json", '{\n  "name": "shop",\n  // ...etc.\n}'), sh("npm test"))

    answer = scene.ask("npm test", SAID)

    assert gap(answer).kind == "placeholder"
    assert gap(answer).location.quote.strip() == "// ...etc."
    assert json.loads(remedy(answer).files[0].content) == {"name": "shop"}
