"""Run tutorials with known gaps and count what is found.

A corpus is a directory with ``tutorials/`` and ``truth.json`` (what a newcomer runs into),
``clean/`` (texts in which nothing is wrong) and ``mutants/`` with ``mutants.json`` (clean texts in
which one thing was broken). Every part is optional.

    python bench/corpus.py CORPUS --image ROOTFS [--part clean] [--only NAME] [-j 2]

With ``--check`` nothing is executed: ``smile check`` judges each, which needs no ROOTFS.

ROOTFS is what ``bench/rootfs.sh`` made, or an image of ``--sandbox docker``. Reports are kept below
``--out``; ``--again`` judges those without running anything.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FAMILIES = {
    "missing_prerequisite": "setup",
    "version_mismatch": "setup",
    "undefined_variable": "setup",
    "environment_assumption": "setup",
    "permission": "setup",
    "missing_file": "files",
    "missing_directory_change": "files",
    "wrong_order": "files",
    "placeholder": "wording",
    "ambiguous_instruction": "wording",
    "broken_command": "command",
    "interactive_prompt": "prompt",
    "output_mismatch": "output",
    "network_external": "network",
    "long_running": "running",
}
NEAR = 2


@dataclass(frozen=True)
class Job:
    part: str
    name: str
    source: Path


@dataclass(frozen=True)
class Done:
    job: Job
    code: int
    seconds: float
    report: dict[str, Any] | None
    talk: str

    @property
    def gaps(self) -> list[dict[str, Any]]:
        return list(self.report["gaps"]) if self.report else []

    @property
    def status(self) -> str:
        return str(self.report["summary"]["status"]) if self.report else f"exit {self.code}"


async def run(job: Job, options: argparse.Namespace) -> Done:
    """One `smile run`, or `smile check`, in a directory of its own."""
    home = options.out / job.part / job.name
    if options.again:
        return recall_earlier(job, home)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    shutil.copy(job.source, home / "tutorial.md")
    command = [
        sys.executable, "-m", "smile.cli.main", "run", "tutorial.md", "--provider", "literal",
        "--sandbox", options.sandbox, "--image", options.image, "--fail-on", "never", "--fresh",
        "--timeout", str(options.timeout),
    ]  # fmt: skip
    if options.check:
        command = [*command[:3], "check", "tutorial.md", "-o", ".", "--fail-on", "never"]
    began = time.monotonic()
    with (home / "talk.txt").open("wb") as talk:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=home, stdout=talk, stderr=talk, env=os.environ | {"NO_COLOR": "1"}
        )
        code = await process.wait()
    seconds = time.monotonic() - began
    (home / "result.json").write_text(json.dumps({"code": code, "seconds": seconds}))
    return recall_earlier(job, home)


def recall_earlier(job: Job, home: Path) -> Done:
    result = json.loads((home / "result.json").read_text())
    path = home / "smile-report.json"
    report = json.loads(path.read_text()) if path.exists() else None
    talk = (home / "talk.txt").read_text(errors="replace")
    return Done(job, result["code"], result["seconds"], report, talk)


def where(gap: dict[str, Any]) -> tuple[int, int]:
    location = gap["location"]
    return location["lineNumber"], location.get("endLine") or location["lineNumber"]


def near(gap: dict[str, Any], first: int, last: int) -> bool:
    start, end = where(gap)
    return start <= last + NEAR and end >= first - NEAR


def same_cause(gap: dict[str, Any], entry: dict[str, Any]) -> bool:
    """The name that the gap's title marks stands in what the truth says of the entry."""
    said = f"{entry['what']} {entry['evidence']} {entry['quote']}".lower()
    marked = [part.lower() for part in gap["title"].split("`")[1::2]]
    return any(name in said for name in marked)


def matches(gap: dict[str, Any], entry: dict[str, Any]) -> bool:
    alike = FAMILIES[gap["kind"]] == FAMILIES[entry["kind"]]
    if near(gap, entry["line"], entry["endLine"]):
        return alike or same_cause(gap, entry)
    later = where(gap)[0] > entry["line"]
    told = any(
        str(line) in entry["what"].split() for line in range(where(gap)[0], where(gap)[1] + 1)
    )
    return alike and later and (same_cause(gap, entry) or told)


def judge_tutorials(done: list[Done], truth: dict[str, Any]) -> None:
    found = musts = right = reported = placed = matched = biting = 0
    for item in done:
        entries = truth[item.job.name]["gaps"]
        hits = [[e for e in entries if matches(g, e)] for g in item.gaps]
        pairs = list(zip(item.gaps, hits, strict=True))
        must = [e for e in entries if e["expect"] == "must"]
        seen = [e for e in must if any(e in hit for hit in hits)]
        true = sum(1 for hit in hits if hit)
        close = sum(any(near(g, e["line"], e["endLine"]) for e in hit) for g, hit in pairs)
        biting += sum(first_bite(g, hit, pairs) for g, hit in pairs)
        found, musts = found + len(seen), musts + len(must)
        right, reported = right + true, reported + len(item.gaps)
        placed, matched = placed + close, matched + true
        print(
            f"{item.job.name[:44]:44} {item.status:14} {steps(item):>9} followed"
            f"  {len(seen)}/{len(must)} found  {len(item.gaps) - true} false  {item.seconds:6.1f} s"
        )
        for gap, hit in pairs:
            print(f"      {'+' if hit else 'FALSE'} {describe(gap)}")
        for entry in must:
            if entry not in seen:
                print(f"      MISSED line {entry['line']} {entry['kind']}: {entry['what'][:90]}")
    print(
        f"tutorials: recall {share(found, musts)}, precision {share(right, reported)}, "
        f"lines: {share(placed, matched)} within two of the cause, "
        f"{share(placed + biting, matched)} there or where it first bites"
    )


def first_bite(gap: dict[str, Any], hit: list[dict[str, Any]], pairs: list[Any]) -> bool:
    """Whether no other gap shows the same entry earlier, when none is near it."""
    if any(near(gap, e["line"], e["endLine"]) for e in hit):
        return False
    return any(
        not any(near(g, e["line"], e["endLine"]) for g, es in pairs if e in es)
        and where(gap)[0] == min(where(g)[0] for g, es in pairs if e in es)
        for e in hit
    )


def judge_clean(done: list[Done]) -> None:
    good = 0
    for item in done:
        fine = item.status in {"completed", "checked"} and not item.gaps
        good += fine
        print(
            f"{item.job.name[:44]:44} {item.status:14} {steps(item):>9} followed"
            f"  {'ok' if fine else 'WRONG'}  {item.seconds:6.1f} s"
        )
        for gap in item.gaps:
            print(f"      FALSE {describe(gap)}")
    print(f"clean: without a gap, and completed where they ran {good}/{len(done)}")


def judge_mutants(done: list[Done], mutants: dict[str, Any]) -> None:
    placed = caused = 0
    for item in done:
        truth = mutants[item.job.name]
        places = [truth["line"], truth["showsAtLine"]]
        here = [g for g in item.gaps if any(near(g, place, place) for place in places)]
        cause = [g for g in here if FAMILIES[g["kind"]] == FAMILIES[truth["kind"]]]
        placed, caused = placed + bool(here), caused + bool(cause)
        mark = "ok" if cause else ("place" if here else "MISSED")
        print(f"{item.job.name[:44]:44} {item.status:14} {mark:7} {item.seconds:6.1f} s")
        if not cause:
            print(f"      wanted {truth['kind']} at {places}: {truth['note'][:90]}")
            for gap in item.gaps:
                print(f"      got    {describe(gap)}")
    print(f"mutants: right place {placed}/{len(done)}, of these with the cause {caused}")


def steps(item: Done) -> str:
    if item.report is None:
        return "?"
    counts = item.report["summary"]["steps"]
    numbers = {key: value for key, value in counts.items() if isinstance(value, int)}
    total = sum(value for key, value in numbers.items() if key not in {"total", "notApplicable"})
    return f"{numbers.get('followed', 0)}/{total}"


def describe(gap: dict[str, Any]) -> str:
    first, last = where(gap)
    return f"{first}-{last} {gap['kind']} {gap['severity']} [{gap['fix']}]: {gap['title'][:90]}"


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.2f}" if whole else "nothing to count"


def jobs(options: argparse.Namespace) -> list[Job]:
    found: list[Job] = []
    for part in ("tutorials", "clean", "mutants"):
        if options.part and part not in options.part:
            continue
        found.extend(
            Job(part, path.stem, path)
            for path in sorted((options.corpus / part).glob("*.md"))
            if not options.only or any(word in path.stem for word in options.only)
        )
    return found


def table(path: Path) -> dict[str, Any]:
    return {row["id"]: row for row in json.loads(path.read_text())} if path.exists() else {}


async def work(options: argparse.Namespace) -> list[Done]:
    gate = asyncio.Semaphore(options.jobs)

    async def one(job: Job) -> Done:
        async with gate:
            done = await run(job, options)
            print(
                f"  … {job.part}/{job.name}: {done.status}, {done.seconds:.0f} s", file=sys.stderr
            )
            return done

    return await asyncio.gather(*(one(job) for job in jobs(options)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--image", default="host", help="root file system or image to run in")
    parser.add_argument("--sandbox", default="local", choices=["local", "docker"])
    parser.add_argument("--part", action="append", choices=["tutorials", "clean", "mutants"])
    parser.add_argument("--only", action="append", help="names that contain this")
    parser.add_argument("--out", type=Path, default=Path("build/corpus"))
    parser.add_argument("--timeout", type=int, default=1800)
    parser.add_argument("--check", action="store_true", help="`smile check` instead of a run")
    parser.add_argument("--again", action="store_true", help="judge earlier reports")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    options = parser.parse_args()
    options.out = options.out.resolve()
    done = asyncio.run(work(options))
    truth, mutants = table(options.corpus / "truth.json"), table(options.corpus / "mutants.json")
    parts = {
        part: [d for d in done if d.job.part == part] for part in ("tutorials", "clean", "mutants")
    }
    if parts["tutorials"]:
        judge_tutorials(parts["tutorials"], truth)
    if parts["clean"]:
        judge_clean(parts["clean"])
    if parts["mutants"]:
        judge_mutants(parts["mutants"], mutants)
    broken = [d for d in done if d.report is None or d.status == "error"]
    for item in broken:
        print(f"BROKEN {item.job.name}: exit {item.code}\n{item.talk[-600:]}")
    print(f"{len(done)} runs, {len(broken)} broken, {sum(d.seconds for d in done):.0f} s in all")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
