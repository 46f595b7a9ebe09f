"""Code blocks that are the content of a file."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import amend, content, conventions, fence, naming, placement, shown, words
from smile.tutorial.context import Case, Memory
from smile.tutorial.model import Placement, Skip, SkipReason, Step, WriteFile
from smile.tutorial.naming import Named

_SHOWN = regex(
    r"\b(?:looks?|look) (?:something |a bit |a little )?like\b|\bcontains?\b|"
    r"\bgenerated\b|\bhere(?:'s| is| are)\b|\bshould (?:now )?look\b|"
    r"\bwill (?:now )?(?:look|contain|have)\b|\bsimilar to\b",
    re.IGNORECASE,
)
_TYPE = regex(
    r"\b(?:type|typing|enter|write|paste|add|put|create|copy|replace|"
    r"use the following|change|update|save|insert|edit|modify)\b",
    re.IGNORECASE,
)
_SECTION = regex(r"`\"?([\w.-]{1,40})\"?`\s+(?:section|object|block|property|field|key|entry)\b")
_CONFIG = regex(r"\bconfig(?:uration)?\b|\bsetting\b|\bmanifest\b", re.IGNORECASE)
_EXAMPLE = regex(
    r"^\W*(?:for (?:example|instance)|e\.g|say)\b|\bconsider (?:adding|the)\b|"
    r"\bimagine\b|\bsuppose\b|\bmight look\b|\bcould look\b|\bwould look\b|"
    r"\byou (?:can|could|may|might) also\b|\binstead of\b",
    re.IGNORECASE,
)
_WISHES = regex(
    r"^\W*if (?:you|we) want\b|\byou (?:can|could|may|might) (?:also|optionally)\b|^\W*optional",
    re.IGNORECASE,
)


def named(case: Case, language: str | None = None) -> Named | None:
    """What names the file of a block: fence, component, comment, text, heading."""
    language = case.info.language if language is None else language
    block = case.block
    line = block.lines.first
    own: list[Named] = []
    if case.info.file and fence.fits(language, case.info.file):
        own.append(Named(case.info.file, line, strong=True))
    for region in reversed(block.regions):
        keys = ("file-name", "filename", "file", "title", "path", "label")
        for value in (*(region.attributes.get(k, "") for k in keys), region.label):
            if fence.is_path(value) and fence.fits(language, value):
                own.append(Named(value, region.first, strong=True))
                break
    comment = naming.first_line(case.text, language)
    if comment:
        own.append(Named(comment, block.first, strong=True))
    said = _said(case, language, [n.path for n in own])
    if not own:
        return said or _after(case, language) or _heading(case, language)
    best = own[0]
    for other in [*own[1:], *([said] if said else [])]:
        path = naming.fuller(best.path, other.path)
        if path != best.path or (other is said and other.path == best.path):
            best = Named(path, other.line, strong=True, sentence=other.sentence)
    return best


def _said(case: Case, language: str, wanted: list[str]) -> Named | None:
    """What the text before the block says, the nearest sentence first."""
    found: Named | None = None
    for distance, sentence in enumerate(reversed(case.intro.sentences[-8:])):
        candidate = naming.in_sentence(sentence, language)
        if not candidate:
            continue
        if wanted and not any(
            candidate.path == w or naming.fuller(w, candidate.path) != w for w in wanted
        ):
            continue
        near = distance == 0 or candidate.strong
        if near and (found is None or (candidate.strong and not found.strong and distance < 3)):
            found = candidate
        if found and found.strong:
            break
    return found or _label(case, language)


def _label(case: Case, language: str) -> Named | None:
    """A bold line that is nothing but a file name."""
    for paragraph in reversed(case.intro.paragraphs[-2:]):
        path = naming.alone(paragraph.text)
        if path and fence.fits(language, path):
            return Named(path, paragraph.lines.first, strong=True)
    return None


def _after(case: Case, language: str) -> Named | None:
    for sentence in case.after[:1]:
        found = naming.after_block(sentence, language)
        if found:
            return found
    return None


def _heading(case: Case, language: str) -> Named | None:
    heading = case.intro.heading
    path = naming.alone(heading.text) if heading else ""
    if heading and path and fence.fits(language, path):
        return Named(path, heading.lines.first, strong=True)
    return None


def decide(case: Case, memory: Memory) -> Step:
    """What a block of code (not of commands) asks for."""
    language = case.info.language
    if shown.is_badge(case.text, language):
        return _skip(case, SkipReason.ILLUSTRATION)
    if conventions.is_filled_in(case.text):
        return _skip(case, SkipReason.UNKNOWN)
    found = named(case)
    if found:
        return _named(case, found, memory)
    return _unnamed(case, memory)


def _named(case: Case, found: Named, memory: Memory) -> Step:
    path = memory.resolve(found.path)
    language = _language(case, path)
    said = found.sentence.plain if found.sentence else ""
    if found.sentence and case.intro.last and case.intro.last != said:
        said = f"{said} {case.intro.last}"
    said = said or case.intro.last
    listed = content.extended_list(case.text) if language == "python" else None
    if listed and fence.language_of(path) == "python":
        return write(case, found, path, Placement.APPEND, memory, text=listed[1])
    if not found.strong and not (content.looks_structured(language) and _mergeable(case, language)):
        return _unnamed(case, memory)
    if found.sentence and _is_example(said) and not case.info.file:
        return _skip(case, SkipReason.ILLUSTRATION)
    old = memory.files.get(path)
    if old and content.is_excerpt(case.text, old) and not placement.is_whole(said):
        return _skip(case, SkipReason.ILLUSTRATION)
    if path not in memory.files and _is_shown(said, case, found):
        return _skip(case, SkipReason.ILLUSTRATION)
    for sentence in (found.sentence, case.intro.sentences[-1] if case.intro.sentences else None):
        if change := amend.with_block(sentence, case.block.lines, path, case.text, memory):
            return change
    place = placement.placement(
        said, case.text, language, old, known=path in memory.files, path=path
    )
    if place is None:
        return _skip(case, SkipReason.UNKNOWN)
    return write(case, found, path, place, memory)


def _is_example(said: str) -> bool:
    """Whether a sentence shows something: "For example, …", but not "For example, let's …"."""
    return bool(_EXAMPLE.search(said)) and not re.search(r"\blet(?:'s| us)\b", said)


def _mergeable(case: Case, language: str) -> bool:
    return language != "json" or bool(
        content.definitions(content.without_elision(case.text, language), language)
    )


def _is_shown(said: str, case: Case, found: Named) -> bool:
    """The text shows a file that a program made ("it looks like this")."""
    before = case.intro.text
    return (
        bool(_SHOWN.search(said))
        and not (placement.NEW.search(before) or placement.ADD.search(said) or _TYPE.search(said))
        and (case.info.file == "" or bool(found.sentence) or bool(case.intro.sentences))
    )


def _language(case: Case, path: str) -> str:
    own = fence.language_of(path)
    return own or case.info.language


def continued(case: Case, memory: Memory) -> Step | None:
    """A block without a tag that is a new version of the file last written."""
    path, old = memory.spoken, memory.files.get(memory.spoken)
    language = fence.language_of(path)
    if not old or not language or not content.is_new_version(case.text, old, language):
        return None
    if not content.definitions(old, language) or content.is_elided(case.text, language):
        return None
    found = Named(path, case.block.lines.first, strong=False)
    return write(case, found, path, Placement.REPLACE, memory, inferred=True)


def _unnamed(case: Case, memory: Memory) -> Step:
    """A block that names no file: a new version of the last one, or a sketch."""
    language, text = case.info.language, case.text
    said = case.intro.last
    path = memory.latest(language)
    old = memory.files.get(path) if path else None
    typed = _TYPE.search(said) or _TYPE.search(case.intro.opening)
    if path and old is not None:
        place = _inferred(case, path, old, said)
        if place:
            named_at = case.block.lines.first
            return write(
                case, Named(path, named_at, strong=False), path, place, memory, inferred=True
            )
    elif path and content.looks_structured(language) and _CONFIG.search(case.intro.text) and typed:
        return write(
            case,
            Named(path, case.block.lines.first, strong=False),
            path,
            Placement.MERGE,
            memory,
            inferred=True,
        )
    if (
        typed
        and not content.is_elided(text, language)
        and not (old and content.is_excerpt(text, old))
        and not _is_example(said)
    ):
        return _skip(case, SkipReason.UNKNOWN if said.endswith(":") else SkipReason.ILLUSTRATION)
    return _skip(case, SkipReason.ILLUSTRATION)


def _inferred(case: Case, path: str, old: str, said: str) -> Placement | None:
    language, text = fence.language_of(path), case.text
    if content.is_excerpt(text, old) or content.is_elided(text, language) or _is_example(said):
        return None
    around = f"{said} {case.intro.opening}"
    if placement.END.search(said) or (placement.TOP.search(said) and language != "make"):
        return placement.placement(said, text, language, old, known=True, path=path)
    if language == "make":
        if not content.definitions(text, "make"):
            return None
        return (
            placement.placement(
                case.intro.text[-600:] if placement.TOP.search(case.intro.text) else said,
                text,
                "make",
                old,
                known=True,
                path=path,
            )
            if old
            else Placement.REPLACE
        )
    if content.looks_structured(language):
        shared = set(content.definitions(old, language)) & set(content.definitions(text, language))
        wanted = (
            placement.ADD.search(around)
            or placement.CHANGE.search(around)
            or _CONFIG.search(around)
        )
        return (
            Placement.MERGE
            if (shared and wanted) or (_CONFIG.search(around) and placement.ADD.search(around))
            else None
        )
    return Placement.REPLACE if content.is_new_version(text, old, language) else None


def write(
    case: Case,
    found: Named,
    path: str,
    place: Placement,
    memory: Memory,
    *,
    inferred: bool = False,
    text: str | None = None,
) -> WriteFile:
    """The step that writes a block (or ``text``) into its file; the file is remembered."""
    language = _language(case, path)
    body = case.block.text if text is None else text
    if body and not body.endswith("\n"):
        body += "\n"
    elided = text is None and content.is_elided(body, language)
    if place is Placement.MERGE and (elided or language == "json"):
        body = content.without_elision(body, language)
        key = _SECTION.search(case.intro.sentences[-1].text) if case.intro.sentences else None
        body = content.below(body, key[1]) if key and language == "json" else body
    if language == "json" and re.match(r"^\s*//", body) and not path.endswith(("jsonc", "json5")):
        body = body.split("\n", 1)[1] if naming.first_line(case.text, case.info.language) else body
    _remember(memory, path, place, body)
    optional = case.place.optional or bool(_WISHES.search(case.intro.last))
    said = f"{found.sentence.plain if found.sentence else ''} {case.intro.last}"
    return WriteFile(
        case.block.lines,
        path,
        body,
        place,
        optional=optional,
        elided=elided,
        inferred=inferred,
        named_at=found.line,
        existing=inferred or placement.is_there(said, place),
        executable="x" in case.info.attributes.get("permission", ""),
    )


def _remember(memory: Memory, path: str, place: Placement, body: str) -> None:
    old = memory.files.get(path, "")
    if place is Placement.REPLACE:
        memory.wrote(path, body)
    elif place is Placement.PREPEND and old is not None:
        memory.wrote(path, body + "\n" + old)
    elif place is Placement.APPEND and old is not None:
        memory.wrote(path, old + "\n" + body)
    elif old is not None:
        memory.wrote(path, _merged(old, body, path))
    else:
        memory.wrote(path, None)


def _merged(old: str, body: str, path: str) -> str:
    """Good enough for telling versions apart: the names of both."""
    language = fence.language_of(path)
    return (
        body
        if set(content.definitions(old, language)) <= set(content.definitions(body, language))
        else f"{old}\n{body}"
    )


def _skip(case: Case, reason: SkipReason) -> Skip:
    return Skip(case.block.lines, reason, case.text)


def is_script(case: Case) -> Named | None:
    """A shell block that is the content of a file: a script, ``.env``, ``~/.bashrc``."""
    text = case.text
    first = text.lstrip().split("\n", 1)[0]
    found = named(case)
    if not found or not fence.fits(case.info.language, found.path):
        return None
    if case.info.file:
        return found
    base = found.path.rsplit("/", 1)[-1]
    if first.startswith("#!"):
        return found if found.strong else None
    if (
        not found.strong
        or not found.sentence
        or re.search(rf"(?<![\w.-]){re.escape(base)}(?![\w-])", text)
    ):
        return None
    said = found.sentence.plain
    writes = re.search(
        r"\b(?:create|add|append|put|write|save|edit|open|update|set|paste|insert)\b",
        said,
        re.IGNORECASE,
    )
    scriptlike = fence.language_of(found.path) in {"sh", "env"} or found.path.endswith(
        tuple(words.BASENAMES)
    )
    if writes and scriptlike and not re.search(r"\b(?:run|execut|command)", said, re.IGNORECASE):
        return found
    return None


def write_script(case: Case, found: Named, memory: Memory) -> Step:
    """The step that writes such a file."""
    path = memory.resolve(found.path)
    said = found.sentence.plain if found.sentence else case.intro.last
    adds = placement.ADD.search(said) and path.rsplit("/", 1)[-1] not in memory.files
    place = Placement.APPEND if adds or placement.END.search(said) else Placement.REPLACE
    return write(case, found, path, place, memory)


def named_strongly(case: Case) -> bool:
    """Whether the text says which file a block belongs in."""
    found = named(case)
    return bool(found and found.strong)
