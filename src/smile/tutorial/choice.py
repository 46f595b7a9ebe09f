"""For whom a piece of text is: which system, which tool, which of several ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from smile.regex import regex
from smile.tutorial import words

_OURS = regex(
    r"\b(linux|debian|ubuntu|unix|posix|gnu|all (?:platforms|systems|os)|any (?:os|"
    r"system|platform)|wsl2?)\b|\bapt(?:-get)?\b|\*nix",
    re.IGNORECASE,
)
_THEIRS = regex(
    r"\b(windows|win32|win64|powershell|cmd(?:\.exe)?|command prompt|git bash|macos|"
    r"mac os(?: x)?|os ?x|"
    r"macs?\b(?! address)|apple silicon|darwin|homebrew|brew|macports|chocolatey|"
    r"choco|winget|scoop|"
    r"fedora|rhel|red ?hat|centos|rocky|alma ?linux|opensuse|suse|"
    r"arch(?: ?linux)?(?=[\s,:/)]|$)|manjaro|"
    r"gentoo|alpine(?: linux)?|void linux|nixos|freebsd|openbsd|netbsd|bsd|android|termux|ios|"
    r"chromeos|solaris|slackware|amazon linux)\b",
    re.IGNORECASE,
)
_DISTRIBUTION = regex(
    r"\b(fedora|rhel|red ?hat|centos|rocky|alma ?linux|opensuse|suse|arch ?linux|manjaro|gentoo|"
    r"alpine(?: linux)?|void linux|amazon linux)\b",
    re.IGNORECASE,
)
_STRICT = regex(r"\b(debian|ubuntu|apt(?:-get)?)\b", re.IGNORECASE)
_FOR = regex(
    r"(?:^|[\s(])(?:on|for|under|in|using|with|use|if you(?:'re| are)?|"
    r"your)\s[^.;:]{0,60}$|^[\W\d]{0,6}$",
    re.IGNORECASE,
)
_OR = regex(
    r"^\W{0,4}(?:or\b|alternatively\b|alternately\b|otherwise\b|another (?:way|"
    r"option|alternative)\b|"
    r"if you(?:'d| would)? (?:rather|prefer)\b|instead of\b|as an alternative\b|or else\b|"
    r"you can also (?:use|install)\b|you could also\b|equivalently\b)",
    re.IGNORECASE,
)
_TOOL = regex(
    r"\b(npm|yarn|pnpm|bun|deno|pip|pipx|uv|poetry|pipenv|pdm|hatch|rye|conda|mamba|"
    r"anaconda|miniconda|"
    r"docker(?: compose)?|podman|homebrew|brew|nix|snap|flatpak|apt(?:-get)?|yum|dnf|pacman|"
    r"source|binary|binaries|cargo|go install|git|curl|wget|npx|venv|virtualenv|chocolatey|choco|"
    r"winget|scoop|macports|asdf|mise|volta|nvm)\b",
    re.IGNORECASE,
)
FOREIGN_SYSTEMS = words.FOREIGN
_SETS = (
    ("typescript", "javascript"),
    ("ts", "js"),
    ("commonjs", "cjs", "esm", "es modules", "ecmascript modules"),
    ("bash", "zsh", "fish", "csh", "powershell", "cmd"),
    ("npm", "yarn", "pnpm", "bun", "deno"),
    ("pip", "uv", "poetry", "pipenv", "pdm", "conda", "mamba", "pipx", "hatch"),
    ("sqlite", "postgresql", "postgres", "mysql", "mariadb", "mongodb"),
    ("javascript", "python", "java", "go", "ruby", "rust", "c#", "php", "node.js"),
    ("maven", "gradle"),
    ("kotlin", "groovy", "java"),
)
"""Words of which a reader takes one; which of them, the order of the text says."""
_PREFERRED = ("npm", "pip", "bash", "apt", "apt-get", "debian", "ubuntu", "linux", "curl", "venv",
              "sh", "shell", "terminal", "unix")  # fmt: skip
_RECOMMENDED = regex(r"\brecommended\b", re.IGNORECASE)


def applies(text: str) -> bool | None:
    """Whether a label names our system (true), only others (false) or none (``None``)."""
    text = text[:400]
    if _OURS.search(text):
        return True
    return False if _THEIRS.search(text) else None


def for_others(sentence: str) -> bool:
    """Whether a sentence introduces something for other systems only ("On Windows, run:")."""
    text = sentence[:500]
    found = _THEIRS.search(text)
    if not found or applies(text) is not False:
        return bool(found and _other_distribution(text))
    return bool(_FOR.search(text[: found.start()])) or bool(
        re.match(r"^\s*(?:users|only|\(|:|\))", text[found.end() :], re.IGNORECASE)
    )


def _other_distribution(text: str) -> bool:
    """Whether it names a distribution that is not ours ("On Fedora Linux")."""
    return bool(_DISTRIBUTION.search(text)) and not re.search(
        r"debian|ubuntu|\bapt\b|other linux|any linux|all linux", text, re.IGNORECASE
    )


def heading_applies(text: str) -> bool | None:
    """The same for a heading, which must be about the system to count."""
    text = re.sub(r"[`*_]", "", text)[:200]
    if _other_distribution(text):
        return False
    verdict = applies(text)
    if verdict is not False:
        return verdict
    found = _THEIRS.search(text)
    rest = (text[: found.start()] + text[found.end() :]) if found else text
    rest = re.sub(r"\b(install(?:ing|ation)?|set ?up|on|for|with|using|via|from|the|a|user|users|"
        r"and|or|"
                  r"formula|option|step|windows|macos|mac|powershell|run|building|how to|"
        r"instructions|"
                  r"\d+)\b|[\W\d]", " ", rest, flags=re.IGNORECASE)  # fmt: skip
    return False if len(rest.split()) <= 2 else None


def alternative(sentence: str) -> bool:
    """Whether a sentence opens another way to do what was just shown."""
    return bool(_OR.match(sentence[:200]))


def tools(text: str) -> set[str]:
    """The installers and package managers that a text names."""
    return {m[1].lower() for m in _TOOL.finditer(text[:400])}


def pick(labels: Sequence[str], marked: Iterable[int] = ()) -> int:
    """Which of several tabs a reader on Debian with the usual tools opens."""
    systems = [applies(label) for label in labels]
    candidates = [i for i, s in enumerate(systems) if s is not False] or list(range(len(labels)))
    lowered = [re.sub(r":[\w-]+:", " ", label).lower() for label in labels]
    for wanted in (_STRICT, regex(r"\blinux\b")):
        ours = [
            i
            for i in candidates
            if wanted.search(lowered[i]) and not _other_distribution(lowered[i])
        ]
        if ours:
            return ours[0]
    for tool in _PREFERRED:
        for index in candidates:
            if re.search(rf"(?<![\w-]){re.escape(tool)}(?![\w-])", lowered[index]):
                return index
    recommended = [i for i in candidates if _RECOMMENDED.search(lowered[i])]
    chosen = recommended or [i for i in marked if i in candidates] or candidates
    return chosen[0]


def rivals(one: str, other: str) -> bool:
    """Whether two titles differ only in a word of which one takes one."""
    first, second = _shape(one), _shape(other)
    if not first or not second:
        return False
    return any(
        a != b and first.replace(a, "_") == second.replace(b, "_")
        for members in _SETS
        for a in members
        if _has(first, a)
        for b in members
        if _has(second, b)
    )


def _has(text: str, word: str) -> bool:
    # Most titles hold none of these words, and a search for each takes longer than all the rest.
    return word in text and bool(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text))


def _shape(title: str) -> str:
    text = _RECOMMENDED.sub("", title[:150].lower())
    return " ".join(re.sub(r"[^\w#.+ -]", " ", text).split())


def recommended(title: str) -> bool:
    """Whether a title says so."""
    return bool(_RECOMMENDED.search(title))


def family(program: str) -> tuple[str, ...]:
    """The tools that can stand for this one; empty when there are none."""
    return next((f for f in words.FAMILIES if program in f), ())
