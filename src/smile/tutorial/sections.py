"""What headings, tabs and containers say about the blocks below or inside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from smile.regex import regex
from smile.tutorial import choice, fence
from smile.tutorial.blocks import Block, Document
from smile.tutorial.model import SkipReason
from smile.tutorial.scan import Region

_OPTIONAL = regex(r"^\W*optional\b|\(optional\)|\boptional(?:ly)?\s*$", re.IGNORECASE)
_ASIDE = regex(
    r"^\W*(?:contribut(?:ing|e|ors?)|development|developing|hacking|uninstall(?:ing|"
    r"ation)?|troubleshooting|faqs?|"
    r"frequently asked questions|upgrading|migrat(?:ing|ion)\b.*|changelog|"
    r"release notes|licen[cs]e|credits|"
    r"acknowledge?ments?|sponsors?|backers|badges?\b.*|support us|show your support|"
    r"further reading|next steps|"
    r"what'?s next\??|see also|deploy(?:ing|ment)?|going to production|"
    r"deploy(?:ing)? (?:your|the|to|it|on|with).*|"
    r"publish(?:ing)? (?:to|on) (?:npm|pypi|crates).*|community|related projects|"
    r"comparison|why .*\?|background reading|"
    r"explanation(?: of .*)?|how it works|what (?:just )?happened.*|"
    r"cleaning up old.*|api reference|reference|known issues|limitations|roadmap|"
    r"projects? using.*|security|donate)\W*$",
    re.IGNORECASE,
)
_INSTALL = regex(
    r"\b(?:install|installation|installing|setup|set up|getting|download|"
    r"prerequisites|requirements)\b",
    re.IGNORECASE,
)
_WAY = regex(
    r"^\W*(?:\(?(?:option|method|alternative)\s*[\dA-C]*\W*)?(?:(?:using|with|via|"
    r"from|install(?:ing|ation)?|through|by|on|the|a)\s+)*",
    re.IGNORECASE,
)
_NTH = regex(
    r"^\W*(?:option|method|alternative|approach|variant)\s*([\dA-D])\b|^\W*alternative(?:ly)?\b",
    re.IGNORECASE,
)
_OR_LABEL = regex(r"^\W*(?:or\b|alternativ)", re.IGNORECASE)
_ASIDE_KINDS = frozenset(
    {"objectives", "questions", "keypoints", "prereq", "testimonial", "instructor", "spoiler"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """What surrounds a block: why to pass over it, whether it is optional."""

    skip: SkipReason | None = None
    optional: bool = False


class Sections:
    """Knows for each block of a document what its surroundings say."""

    def __init__(self, document: Document) -> None:
        self.headings = [b for b in document.blocks if b.kind == "heading"]
        self.regions = _region_skips(document)
        self.skips = self._heading_skips()
        self.blocks = _block_skips(document)
        self.trails: dict[int, list[Block]] = {}
        trail: list[Block] = []
        for block in document.blocks:
            if block.kind == "heading":
                trail = [*(h for h in trail if h.level < block.level), block]
            self.trails[id(block)] = trail

    def trail(self, block: Block) -> list[Block]:
        """The headings above a block, outermost first."""
        return self.trails.get(id(block), [])

    def place(self, block: Block) -> Place:
        """What the surroundings of a block say."""
        optional = False
        if id(block) in self.blocks:
            return Place(self.blocks[id(block)])
        for region in block.regions:
            reason = self.regions.get(id(region))
            if reason:
                return Place(reason)
            optional = optional or _is_optional(region)
        for heading in self.trail(block):
            reason = self.skips.get(id(heading))
            if reason:
                return Place(reason)
            optional = optional or bool(_OPTIONAL.search(_plain(heading.text)))
        if block.admonition in ("note", "tip"):
            optional = True
        return Place(None, optional)

    def _heading_skips(self) -> dict[int, SkipReason]:
        skips: dict[int, SkipReason] = {}
        for siblings in _siblings(self.headings):
            for heading in siblings:
                reason = _own_skip(heading.text)
                if reason:
                    skips[id(heading)] = reason
            left = [h for h in siblings if id(h) not in skips]
            for loser in _losers([h.text for h in left], _parent(self.headings, left)):
                skips[id(left[loser])] = SkipReason.ALTERNATIVE
        return skips


def _plain(title: str) -> str:
    return re.sub(r"[*_#]|\{[^{}]*\}", "", title[:300]).strip()


def _own_skip(title: str) -> SkipReason | None:
    plain = _plain(title)
    if choice.heading_applies(plain) is False:
        return SkipReason.OTHER_SYSTEM
    bare = re.sub(r"\s*\(optional\)|[^\w\s'?.,()-]", "", plain, flags=re.IGNORECASE).strip()
    if _ASIDE.match(re.sub(r"^\d+[.)]\s*", "", bare)):
        return SkipReason.ILLUSTRATION
    return None


def _siblings(headings: list[Block]) -> list[list[Block]]:
    """Headings of one level under one parent."""
    groups: list[list[Block]] = []
    current: dict[int, list[Block]] = {}
    for heading in headings:
        for level in [lv for lv in current if lv > heading.level]:
            del current[level]
        if heading.level not in current:
            current[heading.level] = []
            groups.append(current[heading.level])
        current[heading.level].append(heading)
    return groups


def _parent(headings: list[Block], siblings: list[Block]) -> str:
    if not siblings:
        return ""
    above = [
        h
        for h in headings
        if h.lines.first < siblings[0].lines.first and h.level < siblings[0].level
    ]
    return above[-1].text if above else ""


def _losers(titles: list[str], parent: str) -> list[int]:
    """Which of several sections a reader leaves out, having taken another."""
    if len(titles) > 200:
        return []
    ways = [i for i, t in enumerate(titles) if _is_way(t)]
    losers: set[int] = set()
    if len(ways) > 1 and (
        _INSTALL.search(parent)
        or all(_INSTALL.search(titles[i]) or _NTH.match(titles[i]) for i in ways)
    ):
        losers |= set(ways) - {ways[choice.pick([titles[i] for i in ways])]}
    for first in range(min(len(titles), 60)):
        for second in range(first + 1, min(len(titles), first + 6)):
            if (
                first not in losers
                and second not in losers
                and choice.rivals(titles[first], titles[second])
            ):
                better = (
                    second
                    if choice.recommended(titles[second]) and not choice.recommended(titles[first])
                    else first
                )
                losers.add(first if better == second else second)
    losers |= {
        i
        for i, t in enumerate(titles)
        if i
        and re.match(r"^\W*alternative(?:ly)?\b", t, re.IGNORECASE)
        and _INSTALL.search(t + parent)
    }
    return sorted(losers)


def _is_way(title: str) -> bool:
    """Whether it is one of several ways to one end: "Using pip", "Homebrew", "From source"."""
    plain = _plain(title)
    if _NTH.match(plain):
        return True
    rest = _WAY.sub("", plain, count=1)
    return bool(choice.tools(rest)) and len(rest.split()) <= 3


def _is_optional(region: Region) -> bool:
    if region.kind == "admonition":
        return region.name.lstrip(":") not in ("example", "important", "question")
    return region.kind == "details" or bool(_OPTIONAL.search(region.label))


def _region_skips(document: Document) -> dict[int, SkipReason]:
    """Regions that this reader passes over: other tabs, other systems, "Or use …"."""
    skips: dict[int, SkipReason] = {}
    for tabs in _groups(document.regions).values():
        chosen = choice.pick([t.label for t in tabs], _marked(tabs))
        files = [t.label for t in tabs if fence.is_path(t.label)]
        if len(files) == len(tabs) and len({fence.language_of(f) for f in files}) == len(tabs):
            continue
        for index, tab in enumerate(tabs):
            if index != chosen:
                other = choice.applies(tab.label) is False
                skips[id(tab)] = SkipReason.OTHER_SYSTEM if other else SkipReason.ALTERNATIVE
    kinds = ("component", "details", "container", "system")
    named = [r for r in document.regions if r.kind in kinds][:400]
    skips |= {id(r): reason for r in named if (reason := _region_skip(r))}
    for first, second in pairwise(named):
        apart = second.first > first.last and id(first) not in skips
        if not apart or not choice.rivals(first.label, second.label):
            continue
        worse = (
            first
            if choice.recommended(second.label) and not choice.recommended(first.label)
            else second
        )
        skips[id(worse)] = SkipReason.ALTERNATIVE
    return skips


def _region_skip(region: Region) -> SkipReason | None:
    """Why a panel or container is passed over whatever stands beside it."""
    if region.kind in ("system", "details") and choice.heading_applies(region.label) is False:
        return SkipReason.OTHER_SYSTEM
    if region.kind == "details" and _OR_LABEL.match(region.label):
        return SkipReason.ALTERNATIVE
    if region.kind == "container" and region.name.lstrip(":") in _ASIDE_KINDS:
        return SkipReason.ILLUSTRATION
    return None


def _block_skips(document: Document) -> dict[int, SkipReason]:
    """Blocks of a code group (``::: code-group`` with labelled fences) that are not taken."""
    groups: dict[int, list[tuple[Block, str]]] = {}
    for block in document.blocks:
        inner = block.regions[-1] if block.regions else None
        if block.kind == "code" and inner and inner.kind == "group":
            info = fence.read(block.info)
            groups.setdefault(id(inner), []).append((block, info.label or info.file))
    skips: dict[int, SkipReason] = {}
    for members in groups.values():
        labels = [label for _, label in members]
        files = {fence.language_of(x) for x in labels if fence.is_path(x)}
        if len(members) < 2 or not all(labels) or len(files) == len(members):
            continue
        chosen = choice.pick(labels)
        for index, (block, _) in enumerate(members):
            if index != chosen:
                skips[id(block)] = SkipReason.ALTERNATIVE
    return skips


def _marked(tabs: list[Region]) -> list[int]:
    return [
        i for i, t in enumerate(tabs) if t.attributes.get("default") or t.attributes.get("open")
    ]


def _groups(regions: list[Region]) -> dict[int, list[Region]]:
    groups: dict[int, list[Region]] = {}
    for region in regions:
        if region.kind == "tab" and region.group:
            groups.setdefault(region.group, []).append(region)
    return {k: v for k, v in groups.items() if len(v) > 1}
