from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed, verdict

ACTIVE = {"VIRTUAL_ENV": "/root/work/.venv"}


def test_the_package_of_a_module_with_another_name_is_installed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import cv2\n")
    code, output = typed("python3 a.py", tmp_path)
    scene = on(file("a.py", "import cv2"), sh("python a.py"), variables=ACTIVE)

    answer = scene.ask("python a.py", output, code)

    assert verdict(answer) == (
        "missing_module", "missing_prerequisite", "before",
        ("pip install opencv-python-headless",),
    )  # fmt: skip


def test_a_package_that_is_installed_later() -> None:
    scene = on(sh("python a.py", "pip install rich"), variables=ACTIVE)

    answer = scene.ask("python a.py", "ModuleNotFoundError: No module named 'rich'")

    assert gap(answer).kind == "wrong_order"
    assert remedy(answer).commands == ("pip install rich",)


def test_a_module_that_the_tutorial_writes_elsewhere_is_a_missing_cd() -> None:
    scene = on(
        sh("mkdir shop"), file("shop/cart.py", "x = 1"), sh("python -c 'import cart'"),
        found={"cart": ("/root/work/other/shop/cart.py",)},
    )  # fmt: skip

    answer = scene.ask("python -c 'import cart'", "ModuleNotFoundError: No module named 'cart'")

    assert gap(answer).kind == "missing_directory_change"


def test_a_module_that_the_tutorial_writes_later_is_in_wrong_order() -> None:
    scene = on(sh("python -c 'import cart'"), file("cart.py", "x = 1"))

    answer = scene.ask("python -c 'import cart'", "ModuleNotFoundError: No module named 'cart'")

    assert gap(answer).kind == "wrong_order"


def test_python_dash_m_misses_its_package_too() -> None:
    scene = on(sh("python -m rich"), variables=ACTIVE)

    answer = scene.ask("python -m rich", "/usr/bin/python: No module named rich")

    assert remedy(answer).commands == ("pip install rich",)
