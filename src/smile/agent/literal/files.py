"""Putting the tutorial's file blocks in place, as a person with an editor would."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smile.regex import regex
from smile.tutorial import amend
from smile.tutorial.model import EditFile, Placement, WriteFile


class CannotWriteError(Exception):
    """There is more than one way to do it, or none: the step is not followed, never a gap."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file as changed."""

    path: Path
    created: bool


def resolve(path: str, cwd: str, home: str) -> Path:
    """The absolute path that a reader in ``cwd`` means."""
    if path == "~" or path.startswith("~/"):
        return Path(home, path[2:])
    return Path(cwd, path)


def locate(path: str, cwd: str, home: str) -> Path:
    """Where the block goes: as written.

    A path that begins with the project's own folder is taken from outside of it when the reader
    stands in it and no such folder is inside.
    """
    target = resolve(path, cwd, home)
    first, _, rest = path.partition("/")
    if rest and not target.parent.exists() and first == Path(cwd).name:
        inside = Path(cwd, rest)
        if inside.parent.is_dir():
            return inside
    return target


_VENDORED = frozenset("node_modules site-packages __pycache__ target dist venv env vendor".split())
_MOST_ENTRIES = 20_000


def elsewhere(path: str, cwd: str, root: str) -> Path | None:
    """The one file of this name that a reader in ``cwd`` has, above or below, within ``root``.

    ``None`` when there is none, or more than one: then nobody knows which is meant.
    """
    here = Path(cwd)
    if path.startswith(("/", "~")) or not here.is_relative_to(root):
        return None
    within = [up / path for up in here.parents if up.is_relative_to(root)]
    found = [file for file in (*within, *_below(here, path)) if file.is_file()]
    return found[0] if len(found) == 1 else None


def _below(here: Path, path: str) -> Iterator[Path]:
    """Files below a directory whose path ends so; what tools install is passed over."""
    seen = 0
    for place, directories, files in os.walk(here):
        directories[:] = [d for d in directories if d[:1] != "." and d not in _VENDORED]
        seen += len(directories) + len(files)
        if seen > _MOST_ENTRIES:
            return
        yield from (Path(place, directory, path) for directory in directories)


def put(step: WriteFile | EditFile, target: Path) -> Written:
    """Write the block into ``target``, or make the change there.

    Raises:
        OSError: the directory is missing, or the file can't be written.
        CannotWriteError: it isn't clear how the block changes the file.
    """
    if isinstance(step, EditFile):
        return _change(step, target)
    exists = target.exists()
    content = step.content if step.content.endswith("\n") else step.content + "\n"
    before = target.read_text(encoding="utf-8", errors="replace") if exists else ""
    text = _combined(step, target, before, content)
    target.write_text(text, encoding="utf-8")
    if step.executable:
        target.chmod(target.stat().st_mode | 0o111)
    return Written(target, created=not exists)


def _change(step: EditFile, target: Path) -> Written:
    if not target.is_file():
        raise CannotWriteError(f"there is no `{step.path}`")
    before = target.read_bytes().decode("utf-8", "surrogateescape")
    try:
        after = amend.amended(before, step)
    except amend.SeveralWaysError as reason:
        raise CannotWriteError(str(reason)) from reason
    target.write_bytes(after.encode("utf-8", "surrogateescape"))
    return Written(target, created=False)


def _combined(step: WriteFile, target: Path, before: str, content: str) -> str:
    if step.placement is Placement.MERGE:
        return _merge(target, before, content)
    if step.elided:
        raise CannotWriteError("the block leaves parts out")
    if step.placement is Placement.APPEND:
        gap = "\n" if before and not before.endswith("\n\n") else ""
        return before + gap + content
    if step.placement is Placement.PREPEND:
        return f"{content}\n{before}" if before else content
    return content


_YAML_KEY = regex(r"^([\w.-]+)\s*:")
_TABLE = regex(r"^(\[[^\]]+\])")
_SETTING = regex(r"^([\w.\"'-]+)\s*=")
_RULE = regex(r"^(?:\.PHONY\s*:\s*)?([\w.%/ -]+?)\s*:(?!=)")


def _merge(target: Path, before: str, content: str) -> str:
    name = target.name.lower()
    if name.endswith((".json", ".json5")):
        return _merge_json(before, content)
    if name.endswith((".yml", ".yaml")):
        return _merge_blocks(before, content, _YAML_KEY)
    if name.endswith((".toml", ".ini", ".cfg")):
        return _merge_blocks(before, content, _TABLE, _SETTING)
    if name.startswith("makefile") or name.endswith(".mk"):
        return _merge_blocks(before, content, _RULE)
    raise CannotWriteError(f"it isn't said how the block changes {target.name}")


def _merge_json(before: str, content: str) -> str:
    addition = loads_json(content)
    base = loads_json(before) if before.strip() else {}
    if not isinstance(addition, dict) or not isinstance(base, dict):
        raise CannotWriteError("the block is no JSON object")
    return json.dumps(_deep(base, addition), indent=2) + "\n"


def _deep(base: dict[str, object], addition: dict[str, object]) -> dict[str, object]:
    merged = dict(base)
    for key, value in addition.items():
        old = merged.get(key)
        # "replace the `scripts` entry" and "add a script" both end in what the block shows.
        merged[key] = (
            _deep(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def loads_json(text: str) -> object:
    """JSON as people show it: comments, elisions and trailing commas are passed over.

    Raises:
        CannotWriteError: it is still none.
    """
    try:
        return json.loads(text)
    except ValueError:
        pass
    bare = re.sub(
        r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m[1] or "", text, flags=re.DOTALL
    )
    bare = re.sub(r"^\s*(?:\.\.\.|…),?\s*$", "", bare, flags=re.MULTILINE)
    bare = re.sub(r",(\s*[}\]])", r"\1", bare)
    for candidate in (bare, "{" + bare + "}"):
        try:
            return json.loads(candidate)
        except ValueError:
            continue
    raise CannotWriteError("the block is not valid JSON")


def _merge_blocks(
    before: str, content: str, head: re.Pattern[str], inner: re.Pattern[str] | None = None
) -> str:
    """Replace the blocks that the fragment has too, by their heads; add the others at the end.

    With ``inner`` a block that both have is merged in the same way by its own entries: a fragment
    of a table shows the settings that it adds, not all that stand there.
    """
    if not before.strip():
        return content
    base = _blocks(before, head)
    heads = [key for key, _ in base]
    for key, block in _blocks(content, head):
        if key in heads and (key or inner):
            at = heads.index(key)
            both = _merge_entries(base[at][1], block, inner) if inner else block
            base[at] = (key, both)
        elif block.strip():
            base.append((key, block))
            heads.append(key)
    return "\n".join(block.rstrip("\n") for _, block in base if block.strip()) + "\n"


def _merge_entries(before: str, fragment: str, entry: re.Pattern[str]) -> str:
    """One table: its settings replaced or added; what is no setting of the fragment is dropped."""
    kept = _blocks(before.rstrip("\n") + "\n", entry)
    keys = [key for key, _ in kept]
    for key, text in _blocks(fragment, entry):
        if key and key in keys:
            kept[keys.index(key)] = (key, text)
        elif key:
            kept.append((key, text))
    return "".join(text.rstrip("\n") + "\n" for _, text in kept if text.strip()) + "\n"


def _blocks(text: str, head: re.Pattern[str]) -> list[tuple[str, str]]:
    blocks: list[tuple[str, list[str]]] = [("", [])]
    pending: list[str] = []
    for line in text.splitlines():
        found = head.match(line)
        if line.startswith(".PHONY"):  # belongs to the rule that follows it
            pending.append(line)
            continue
        if found:
            blocks.append((found[1].strip(), [*pending, line]))
            pending = []
        else:
            blocks[-1][1].extend([*pending, line])
            pending = []
    blocks[-1][1].extend(pending)
    return [(key, "\n".join(lines) + "\n") for key, lines in blocks]
