from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, remedy, sh


@pytest.mark.parametrize(
    ("output", "packages"),
    [
        ("a.c:1:10: fatal error: zlib.h: No such file or directory", "zlib1g-dev"),
        ('meson.build:2:9: ERROR: Dependency "gtk+-3.0" not found, tried pkgconfig', "libgtk-3-dev pkg-config"),
        ("/usr/bin/ld: cannot find -lcurl: No such file or directory", "libcurl4-openssl-dev"),
        ("error: linker `cc` not found", "gcc libc6-dev"),
        ("meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]", "gcc libc6-dev"),
        ("CMake Error: CMAKE_CXX_COMPILER\n  No CMAKE_CXX_COMPILER could be found.", "g++"),
        ("ERROR: Could not detect Ninja v1.8.2 or newer", "ninja-build"),
        ("Error: pg_config executable not found.", "libpq-dev"),
        ("/usr/bin/ld: cannot find Scrt1.o: No such file or directory", "libc6-dev"),
    ],
)  # fmt: skip
def test_what_a_build_lacks_is_installed(output: str, packages: str) -> None:
    answer = on(sh("apt-get update", "build it")).ask("build it", output)

    assert gap(answer).kind == "missing_prerequisite"
    assert gap(answer).rule == "missing_library"
    assert remedy(answer).commands == (
        f"DEBIAN_FRONTEND=noninteractive apt-get install -y {packages}",
    )


def test_the_authors_own_header_is_a_missing_file() -> None:
    answer = on(sh("gcc a.c")).ask(
        "gcc a.c", "a.c:1:10: fatal error: cart.h: No such file or directory"
    )

    assert gap(answer).kind == "missing_file"
