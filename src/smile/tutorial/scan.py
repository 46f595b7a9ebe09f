"""What Markdown itself doesn't know: tabs, admonitions, containers, components, comments.

``scan`` rewrites a text line by line so that a CommonMark parser sees every fence: lines keep
their numbers, markup becomes blank, indented bodies are dedented. What the markup said is kept as
``Region`` (a range of lines with a label) and ``Marker`` (a comment that speaks to tools).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from smile.regex import regex

MAX_TAG_LINES = 40
"""A tag that isn't closed by then is no tag."""


@dataclass(slots=True)
class Region:
    """A range of lines that belongs together.

    ``kind`` is ``tab``, ``admonition``, ``details``, ``container`` or ``component``; ``group``
    is the same for tabs of one group.
    """

    kind: str
    name: str
    label: str
    first: int
    last: int = 0
    attributes: dict[str, str] = field(default_factory=dict)
    group: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Marker:
    """A comment on a line of its own, or a component that stands alone."""

    line: int
    text: str
    component: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Scanned:
    """The rewritten lines, and what was taken out of them."""

    lines: list[str]
    regions: list[Region]
    markers: list[Marker]


_TAB = regex(r'^(\s*)===[!+]{0,2}\s+"([^"]*)"\s*$')
_NOTE = regex(r"^(\s*)(?:!!!|\?\?\?\+?)\s+([\w-]+)[^\"]{0,80}(?:\"([^\"]*)\")?\s*$")
_FENCE = regex(r"^([\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?)(`{3,}|~{3,})([^\n]*)$")
_COLONS = regex(r"^\s*(:{3,})\s*(.*?)\s*$")
_TAG = regex(r"<(/?)([A-Za-z][\w.:-]*)((?:\s[^<>]*)?)>")
_ATTRIBUTE = regex(r"""([A-Za-z_][\w:.-]{0,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|\{([^{}]*)\})""")
_BARE = regex(r"\b(default|recommended|open|dev)\b(?!\s*=)")
_SHORTCODE = regex(
    r"^\s*(?:\{\{[<%]\s*(/?)\s*([\w-]+)(.*?)/?\s*[>%]\}\}|\{%-?\s*(end)?([\w-]+)(.*?)-?%\})\s*$"
)
_LIST = regex(r"^(\s*)([-*+]|\d{1,9}[.)])(\s+)\S")
_MDX = regex(
    r"^(import\s.{0,300}\sfrom\s+['\"][^'\"]+['\"];?|import\s+['\"][^'\"]+['\"];?|"
    r"export\s+(const|default|function)\s.{0,400})\s*$"
)
_AUTOLINK = regex(r"^<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:|[^\s<>]+@)")
_MDX_COMMENT = regex(r"^\s*\{/\*(.*?)\*/\}\s*$")
_LINK_COMMENT = regex(r"^\s*\[(?:comment|//)\]:\s*(?:#|<>)\s*[(\"'](.*)[)\"']\s*$")
_CODE = regex(r"<(code|kbd|tt)>([^<>`]{1,300})</\1>")
_OPAQUE = frozenset({"script", "style", "svg", "table", "picture", "iframe", "video"})
_VOID = frozenset("br hr img input meta link source col area base embed wbr track param".split())
_TABS = regex(
    r"^(tabs?|tab-?item|tab-?panel|tabbed|code-?tab|option|platform-?tab|choice)$", re.IGNORECASE
)
_GROUPS = regex(
    r"^(tabs|code-?groups?|code-?tabs|tab-?set|multicodeblock|tabset|switcher|codegroup|tabgroup)$",
    re.IGNORECASE,
)
_NOTES = regex(
    r"^(note|tip|info|warning|caution|danger|important|hint|callout|admonition|alert|"
    r"aside|attention|seealso|question|example)$",
    re.IGNORECASE,
)


def attributes_of(text: str) -> dict[str, str]:
    """The attributes of a tag; bare ones have the value ``true``."""
    found = {m[1].lower(): next((v for v in (m[2], m[3], m[4]) if v is not None), "").strip("\"'` ")
             for m in _ATTRIBUTE.finditer(text[:2000])}  # fmt: skip
    for bare in _BARE.finditer(_ATTRIBUTE.sub(" ", text[:2000])):
        found.setdefault(bare[1], "true")
    return found


def scan(source: list[str]) -> Scanned:
    """Rewrite the lines of a tutorial (see the module's docstring)."""
    return _Scanner(source).run()


class _Scanner:
    def __init__(self, source: list[str]) -> None:
        self.source = source
        self.out = list(source)
        self.regions: list[Region] = []
        self.markers: list[Marker] = []
        self.open: list[Region] = []
        self.bodies: list[tuple[int, Region]] = []
        self.items: list[int] = []
        self.fence = ""
        self.groups = 0
        self.last_tab: tuple[int, Region] | None = None
        self.last_text = 0
        self.html = False
        self.comment_ends = _last_with(source, "-->")

    def run(self) -> Scanned:
        at = self._front_matter()
        while at < len(self.source):
            at = self._line(at)
        for _, region in self.bodies:
            region.last = len(self.source)
        for region in self.open:
            region.last = region.first
        self.regions.sort(key=lambda r: (r.first, -r.last))
        return Scanned(self.out, self.regions, self.markers)

    def _front_matter(self) -> int:
        if not self.source or self.source[0].rstrip() not in ("---", "+++"):
            return 0
        mark = self.source[0].rstrip()
        ends = (mark, "...") if mark == "---" else (mark,)
        for at in range(1, min(len(self.source), 400)):
            if self.source[at].rstrip() in ends:
                if at > 1 and not any(":" in x or "=" in x for x in self.source[1:at]):
                    return 0
                self.out[: at + 1] = [""] * (at + 1)
                return at + 1
        return 0

    def _line(self, at: int) -> int:
        raw = self.source[at]
        if not raw.strip():
            self.out[at] = ""
            self.html = False
            return at + 1
        indent = len(raw) - len(raw.lstrip(" "))
        if not self.fence:
            self._close_bodies(at, indent)
        line = self._dedented(raw)
        self.out[at] = line
        if self._fence(line):
            self._touch(at)
            return at + 1
        return self._markup(at, line, indent)

    def _dedented(self, raw: str) -> str:
        line = raw.replace("\t", "    ", 1) if self.bodies and raw.startswith("\t") else raw
        for _ in self.bodies:
            line = line[4:] if line.startswith("    ") else line.lstrip(" ")
        return line

    def _close_bodies(self, at: int, indent: int) -> None:
        tabbed = self.source[at].startswith("\t")
        while self.bodies and not tabbed and indent < self.bodies[-1][0] + 4:
            self.bodies.pop()[1].last = self.last_text

    def _touch(self, at: int) -> None:
        self.last_text = at + 1

    def _fence(self, line: str) -> bool:
        """Follow fences; true when this line belongs to one."""
        found = _FENCE.match(line)
        if self.fence:
            if found and not found[3].strip() and found[2].startswith(self.fence):
                self.fence = ""
            return True
        if found and not (found[2][0] == "`" and "`" in found[3]):
            self.fence = found[2]
            return True
        return False

    def _markup(self, at: int, line: str, indent: int) -> int:
        if self.html:
            self.out[at] = line = line.lstrip()
        if self._is_code(line):
            self._touch(at)
            return at + 1
        if self._header(at, line, indent) or self._colons(at, line) or self._comment_line(at, line):
            return at + 1
        stripped = line.lstrip()
        if stripped.startswith("<!--"):
            return self._comment(at)
        shortcode = _SHORTCODE.match(line[:500])
        if shortcode:
            self._shortcode(at, shortcode)
            return at + 1
        if stripped.startswith("<") and not _AUTOLINK.match(stripped):
            return self._tags(at, line)
        if _MDX.match(line[:800]):
            self.out[at] = ""
            return at + 1
        self.out[at] = self._inline(line)
        self._touch(at)
        return at + 1

    def _inline(self, line: str) -> str:
        if "<" not in line:
            return line
        line = _CODE.sub(lambda m: f"`{m[2]}`", line)
        return re.sub(r"<!--[^<>]{0,300}-->", "", line) if "<!--" in line else line

    def _is_code(self, line: str) -> bool:
        """Whether an indented line is code rather than markup (list items indent, too)."""
        listed = _LIST.match(line)
        indent = len(line) - len(line.lstrip())
        while self.items and indent < self.items[-1]:
            self.items.pop()
        base = self.items[-1] if self.items else 0
        if listed and indent - base < 4:
            self.items.append(min(len(listed[0]) - 1, 40))
            return False
        return indent - base >= 4 and not self.open

    # --- MkDocs ------------------------------------------------------------------------------

    def _header(self, at: int, line: str, indent: int) -> bool:
        tab, note = _TAB.match(line), _NOTE.match(line)
        if tab:
            region = Region("tab", "tab", tab[2], at + 1, group=self._tab_group(indent))
            self.last_tab = (indent, region)
        elif note:
            region = Region("admonition", note[2].lower(), note[3] or "", at + 1)
        else:
            return False
        region.depth = len(self.bodies) + len(self.open)
        self.regions.append(region)
        self.bodies.append((indent, region))
        self.out[at] = ""
        self._touch(at)
        return True

    def _tab_group(self, indent: int) -> int:
        """Tabs of a group follow one another with only blank lines between them."""
        before = self.last_tab
        if not before or before[0] != indent or before[1].last != self.last_text:
            self.groups += 1
        return self.groups

    # --- containers --------------------------------------------------------------------------

    def _colons(self, at: int, line: str) -> bool:
        found = _COLONS.match(line[:400])
        if not found:
            return False
        rest = found[2].strip(":").strip()
        self.out[at] = ""
        if not rest:
            if any(r.kind != "component" or r.name.startswith(":") for r in self.open):
                self._pop_colon(at)
            return True
        name = re.match(r"\{?\.?([\w-]+)\}?\s*(.*)$", rest)
        if name:
            label = name[2].strip("[] ").strip()
            self._push(at, ":" + name[1].lower(), label, attributes_of(name[2]))
        return True

    def _pop_colon(self, at: int) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].name.startswith(":"):
                for region in self.open[index:]:
                    region.last = at + 1
                del self.open[index:]
                return

    def _push(self, at: int, name: str, label: str, attributes: dict[str, str]) -> Region:
        plain = name.lstrip(":")
        kind = "component"
        group = 0
        if plain in {"details", "dropdown", "accordion"}:
            kind = "details"
        elif _GROUPS.match(plain):
            kind = "group"
            self.groups += 1
            group = self.groups
        elif _TABS.match(plain):
            kind = "tab"
            group = next((r.group for r in reversed(self.open) if r.kind == "group"), 0)
        elif _NOTES.match(plain):
            kind = "admonition"
        elif name.startswith(":"):
            kind = "container"
        region = Region(kind, name, label, at + 1, attributes=attributes, group=group,
                        depth=len(self.open) + len(self.bodies))  # fmt: skip
        self.regions.append(region)
        self.open.append(region)
        return region

    # --- comments ----------------------------------------------------------------------------

    def _comment_line(self, at: int, line: str) -> bool:
        found = _MDX_COMMENT.match(line[:1000]) or _LINK_COMMENT.match(line[:1000])
        if not found:
            return False
        self.markers.append(Marker(at + 1, found[1].strip()))
        self.out[at] = ""
        return True

    def _comment(self, at: int) -> int:
        if at > self.comment_ends:
            self.out[at] = ""
            return at + 1
        end = at
        while "-->" not in self.source[end][4 if end == at else 0 :]:
            end += 1
            if end >= len(self.source):
                self.out[at] = ""
                return at + 1
        body = "\n".join(self.source[at : end + 1]).strip()
        inner, _, after = body.removeprefix("<!--").partition("-->")
        begins = inner[: len(inner) - len(inner.lstrip())].count("\n")
        self.markers.append(Marker(at + 1 + begins, inner.strip()))
        self.out[at : end + 1] = [""] * (end + 1 - at)
        if after.strip() and not after.strip().startswith("<"):
            self.out[end] = after.strip()
        return end + 1

    # --- tags --------------------------------------------------------------------------------

    def _shortcode(self, at: int, found: re.Match[str]) -> None:
        name = (found[2] or found[5]).lower()
        rest = found[3] or found[6] or ""
        closing = bool(found[1] or found[4])
        self.out[at] = ""
        quoted = re.search(r"[\"“]([^\"”]{1,80})[\"”]", rest)
        if closing:
            self._close(at, name)
        elif _GROUPS.match(name) or _TABS.match(name) or _NOTES.match(name):
            self._push(at, name, quoted[1] if quoted else "", attributes_of(rest))
        elif re.match(r"^(windows|mac|linux|macos|powershell|bash)$", name):
            self._push(at, name, name, {}).kind = "system"

    def _tags(self, at: int, line: str) -> int:
        end, text = at, line.strip()
        if ">" not in text:
            end, text = self._long_tag(at)
        first = _TAG.match(text)
        if end == at and not first:
            self.out[at] = self._inline(line)
            self._touch(at)
            return at + 1
        name = first[2].lower() if first else ""
        if name in _OPAQUE and first and not first[1]:
            closed = self._find_close(end, f"</{name}")
            if closed >= 0:
                self.out[at : closed + 1] = [""] * (closed + 1 - at)
                return closed + 1
        self.out[at : end + 1] = [""] * (end + 1 - at)
        self.html = True
        for tag in _TAG.finditer(text):
            self._tag(at, end, tag, text)
        self.out[end] = self._rest(text)
        if self.out[end]:
            self._touch(end)
        return end + 1

    def _rest(self, text: str) -> str:
        """What a line of tags says in words."""
        if re.match(r"^<summary[\s>]", text, re.IGNORECASE):
            return ""
        said = _TAG.sub(" ", _CODE.sub(lambda m: f"`{m[2]}`", text)).strip()
        return said if re.search(r"\w", said) and not said.startswith("<") else ""

    def _long_tag(self, at: int) -> tuple[int, str]:
        for end in range(at + 1, min(at + MAX_TAG_LINES, len(self.source))):
            if not self.source[end].strip():
                break
            if re.search(r"(?<!=)>", self.source[end]):
                return end, " ".join(x.strip() for x in self.source[at : end + 1])
        return at, ""

    def _find_close(self, at: int, mark: str) -> int:
        for end in range(at, min(at + 400, len(self.source))):
            if mark in self.source[end].lower():
                return end
        return -1

    def _tag(self, at: int, end: int, tag: re.Match[str], text: str) -> None:
        name, rest = tag[2], tag[3]
        if tag[1]:
            self._close(end, name)
        elif rest.endswith("/"):
            self.markers.append(Marker(at + 1, "", name, attributes_of(rest)))
        elif name.lower() == "summary":
            said = _TAG.sub("", _CODE.sub(lambda m: f"`{m[2]}`", text)).strip()
            details = next((r for r in reversed(self.open) if r.kind == "details"), None)
            if details:
                details.label = details.label or said
        elif (name[0].isupper() or name == "details" or "-" in name) and name.lower() not in _VOID:
            attributes = attributes_of(rest)
            keys = ("label", "title", "summary", "header", "value", "name")
            label = next((attributes[k] for k in keys if attributes.get(k)), "")
            self._push(at, name.lower(), label, attributes)

    def _close(self, at: int, name: str) -> None:
        for index in range(len(self.open) - 1, max(-1, len(self.open) - 60), -1):
            if self.open[index].name == name.lower():
                for region in self.open[index:]:
                    region.last = at + 1
                del self.open[index:]
                return


def _last_with(lines: list[str], text: str) -> int:
    return next((at for at in range(len(lines) - 1, -1, -1) if text in lines[at]), -1)
