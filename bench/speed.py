"""What SMILE itself costs: start, configuration, tutorial, check, a whole small run, memory.

    python bench/speed.py [--runs 7]

Every figure is the median of several runs in this process's environment, with the limit that the
project sets itself beside it. Times depend on the machine: compare the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

SMILE = [sys.executable, "-m", "smile.cli.main"]
TRIVIAL = "".join(f"echo {n} > file{n}\n" for n in range(10))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6260"
    "60f8cf00000301010018dd8db00000000049454e44ae426082"
)


def median(runs: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def line(what: str, value: str, limit: str, *, good: bool) -> bool:
    print(f"{what:52} {value:>12}   {limit:>12}  {'ok' if good else 'OVER'}")
    return good


def start(runs: int) -> bool:
    seconds = median(runs, lambda: _quiet([*SMILE, "--version"], Path.cwd()))
    bare = median(runs, lambda: _quiet([sys.executable, "-c", ""], Path.cwd()))
    good = line("smile --version", f"{seconds * 1000:.0f} ms", "150 ms", good=seconds <= 0.15)
    print(f"{'  as a multiple of an empty Python':52} {seconds / bare:>11.1f}x")
    return good


def configuration(runs: int, where: Path) -> bool:
    from smile.config import load  # noqa: PLC0415

    path = where / "smile.json"
    path.write_text(
        '{"tutorial": "t.md", "maxIterations": 5, "studentBehavior": {"timeoutSeconds": 9}}'
    )
    seconds = median(runs, lambda: load(path, {}, {}))
    return line("configuration", f"{seconds * 1000:.1f} ms", "100 ms", good=seconds <= 0.1)


def tutorial(runs: int, where: Path) -> bool:
    from smile.tutorial.load import load  # noqa: PLC0415

    (where / "p.png").write_bytes(PIXEL)
    text = "".join(
        f"## Part {n}\n\n![p](p.png)\n\nRun:\n\n```bash\necho {n}\n```\n\n" for n in range(1200)
    )
    path = where / "big.md"
    path.write_text(text[:102_000].rsplit("## ", 1)[0])
    seconds = median(runs, lambda: load(path))
    size = path.stat().st_size // 1000
    what = f"tutorial of {size} KB with {path.read_text().count('p.png')} images"
    return line(what, f"{seconds * 1000:.0f} ms", "500 ms", good=seconds <= 0.5)


PART = """\
## Part {n}

The parts before this one made what it needs. It adds a directory of its own, with a file that holds
its number, and it looks at that file. Nothing else happens here: a part is as long as the parts of
other texts are, with sentences that explain, and that ask for nothing. You will see the same again
in the next one, and by then you may well have guessed what comes.

Make the directory and go there:

```bash
mkdir part{n}
cd part{n}
echo {n} > number.txt
```

The file holds `{n}`. See [the manual](https://example.org/{n}) for what else `echo` can do:

- One thing to know about part {n} is that it is like all the others.
- Another one is that what `number.txt` holds is never changed later.

Look at it, and go back to where you came from:

```console
$ cat number.txt
{n}
$ cd ..
```

"""


def check(runs: int, where: Path) -> bool:
    """`smile check` of a text near the limit of its size: the work, and the whole of it."""
    from smile.check.reading import Reading  # noqa: PLC0415
    from smile.check.surroundings import look_around  # noqa: PLC0415
    from smile.check.suspects import find  # noqa: PLC0415
    from smile.tutorial.load import opened  # noqa: PLC0415
    from smile.tutorial.parse import steps_of  # noqa: PLC0415

    path = where / "check.md"

    def work() -> None:
        tutorial, document = opened(path)
        whole = replace(tutorial, steps=steps_of(document))
        assert not find(Reading(whole, document, look_around(path)))

    text = "".join(PART.format(n=n) for n in range(200))[:102_000].rsplit("## ", 1)[0]
    path.write_text(text)
    seconds = median(runs, work)
    what = f"checking {len(text) // 1000} KB"
    good = line(what, f"{seconds * 1000:.0f} ms", "200 ms", good=seconds <= 0.2)
    command = [*SMILE, "check", path.name, "-q", "--fail-on", "never"]
    for name, more in (("nothing found", ""), ("one gap found", "```bash\ncat lost.txt\n```\n")):
        path.write_text(text + more)
        before = os.times()
        seconds = median(runs, lambda: _quiet(command, where))
        after = os.times()
        used = after.children_user + after.children_system
        used -= before.children_user + before.children_system
        print(f"{f'  the whole of smile check, {name}':52} {seconds * 1000:>9.0f} ms")
        print(f"{'    processor time of it':52} {used / runs * 1000:>9.0f} ms")
    return good


def small_run(runs: int, where: Path) -> bool:
    (where / "ten.md").write_text(f"# Ten\n\n```bash\n{TRIVIAL}```\n")
    command = [
        *SMILE,
        "run",
        "ten.md",
        "--sandbox",
        "local",
        "--provider",
        "literal",
        "--fresh",
        "-q",
    ]
    seconds = median(runs, lambda: _quiet(command, where))
    bash = median(runs, lambda: _quiet(["bash", "-c", TRIVIAL], where))
    good = line(
        "ten trivial commands in `local`, all in all",
        f"{seconds:.2f} s",
        "1.50 s",
        good=seconds <= 1.5,
    )
    report = json.loads((where / "smile-report.json").read_text())
    inside = sum(c.get("seconds") or 0 for c in report["auditTrail"]["commands"])
    print(f"{'  the same in plain bash':52} {bash * 1000:>9.0f} ms")
    print(f"{'  in the terminal of the Student':52} {inside * 1000:>9.0f} ms")
    print(
        f"{'  an iteration as SMILE counts it':52} {report['summary']['durationSeconds']:>10.2f} s"
    )
    return good


def memory(where: Path) -> bool:
    steps = "".join(f"```bash\nseq {n * 100} {n * 100 + 900}\n```\n\n" for n in range(200))
    (where / "long.md").write_text(f"# Two hundred steps\n\n{steps}")
    command = [
        *SMILE,
        "run",
        "long.md",
        "--sandbox",
        "local",
        "--provider",
        "literal",
        "--fresh",
        "-q",
    ]
    process = subprocess.Popen(
        command, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(0.02)
    megabytes = peak / 1024
    assert process.returncode == 0, f"exit {process.returncode}"
    return line(
        "orchestrator's memory after 200 steps",
        f"{megabytes:.0f} MB",
        "120 MB",
        good=megabytes <= 120,
    )


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in status.splitlines() if row.startswith("VmHWM")), 0)


def _quiet(command: list[str], where: Path) -> None:
    subprocess.run(command, cwd=where, check=True, capture_output=True, env=dict(os.environ))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, medians of {runs} runs\n")
    with tempfile.TemporaryDirectory(prefix="smile-bench-") as name:
        where = Path(name)
        good = [
            start(runs),
            configuration(runs, where),
            tutorial(runs, where),
            check(runs, where),
            small_run(runs, where),
            memory(where),
        ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
