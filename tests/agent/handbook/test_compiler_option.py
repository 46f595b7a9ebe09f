from __future__ import annotations

import json

from tests.agent.handbook.scene import file, gap, on, remedy, sh

CONFIG = (
    '{\n  "compilerOptions": {\n    "rootDirs": ["lib"],\n    "moduleResolution": "node"\n  }\n}'
)


def test_a_dropped_value_is_replaced_by_the_current_one() -> None:
    scene = on(file("tsconfig.json", CONFIG), sh("tsc"))

    answer = scene.ask("tsc", "tsconfig.json(4,25): error TS5107: Option 'moduleResolution=node10' "
                       "is deprecated and will stop functioning in TypeScript 7.0.", 2)  # fmt: skip

    assert gap(answer).kind == "version_mismatch"
    assert gap(answer).location.quote.strip() == '"moduleResolution": "node"'
    options = json.loads(remedy(answer).files[0].content)["compilerOptions"]
    assert options == {"rootDirs": ["lib"], "moduleResolution": "bundler"}


def test_a_root_directory_that_is_demanded_now_is_added() -> None:
    scene = on(file("tsconfig.json", CONFIG), sh("tsc"))

    answer = scene.ask("tsc", "error TS5011: The common source directory of 'tsconfig.json' is "
                       "'./lib'. The 'rootDir' setting must be explicitly set to this.", 2)  # fmt: skip

    assert gap(answer).location.quote.strip() == '"rootDirs": ["lib"],'
    assert json.loads(remedy(answer).files[0].content)["compilerOptions"]["rootDir"] == "lib"


def test_a_second_remedy_keeps_what_the_first_one_put_right() -> None:
    scene = on(file("tsconfig.json", CONFIG), sh("tsc"))
    first = scene.ask("tsc", "error TS5011: The common source directory of 'tsconfig.json' is "
                      "'./lib'. The 'rootDir' setting must be explicitly set to this.", 2)  # fmt: skip

    second = scene.after(first).ask("tsc", "tsconfig.json(4,25): error TS5108: Option "
                                    "'moduleResolution=node10' has been removed.", 2)  # fmt: skip

    options = json.loads(remedy(second).files[0].content)["compilerOptions"]
    assert options == {"rootDir": "lib", "moduleResolution": "bundler"}
