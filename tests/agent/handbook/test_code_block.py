from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed


def test_a_syntax_error_is_located_in_the_block(tmp_path: Path) -> None:
    code = "price = 3\nprint(price"
    (tmp_path / "shop.py").write_text(code)
    exit_code, output = typed("python3 shop.py", tmp_path)

    answer = on(file("shop.py", code), sh("python3 shop.py")).ask(
        "python3 shop.py", output, exit_code
    )

    assert gap(answer).kind == "broken_command"
    assert gap(answer).location.quote == "print(price"
    assert not answer.resolvable


def test_an_error_of_a_compiler_is_located_by_its_line_number() -> None:
    scene = on(file("m.c", "int main(void) {\n  return 0\n}"), sh("gcc m.c"))

    answer = scene.ask("gcc m.c", "m.c:2:11: error: expected ';' before '}' token")

    assert gap(answer).location.quote == "  return 0"


def test_a_parameter_without_a_type_gets_one() -> None:
    scene = on(file("hi.ts", "function hi(name) {\n  return name;\n}"), sh("tsc hi.ts"))

    answer = scene.ask("tsc hi.ts", "hi.ts(1,13): error TS7006: Parameter 'name' implicitly has an 'any' type.", 2)  # fmt: skip

    assert remedy(answer).files[0].content.startswith("function hi(name: any) {")


def test_the_block_above_the_command_is_the_one_that_failed() -> None:
    scene = on(
        file("hi.ts", "function hi(name) {}"), sh("tsc hi.ts"), file("hi.ts", "function hi() {}")
    )

    answer = scene.ask("tsc hi.ts", "hi.ts(1,13): error TS7006: Parameter 'name' implicitly has an 'any' type.", 2)  # fmt: skip

    assert remedy(answer).line == 3
    assert remedy(answer).files[0].content.strip() == "function hi(name: any) {}"
