"""What a machine has that a newcomer's may lack: asked inside it, told in the report."""

from __future__ import annotations

from dataclasses import dataclass

TOOLS = (
    "sudo",
    "curl",
    "wget",
    "git",
    "make",
    "gcc",
    "python3",
    "pip",
    "node",
    "npm",
    "go",
    "cargo",
    "java",
    "ruby",
    "php",
    "docker",
    "jq",
)
"""What tutorials take for granted most."""

SCRIPT = (
    "echo system=$(test -r /etc/os-release && . /etc/os-release; echo $PRETTY_NAME)\n"
    "echo user=$(id -un)\n"
    f"for tool in {' '.join(TOOLS)}; do command -v $tool >/dev/null && echo tool=$tool; done\n"
    "ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && echo lists=yes\n"
    "command -v bash >/dev/null && echo bash=yes\n"
    "true"
)

PROBE = ("sh", "-c", SCRIPT)
"""The program that asks."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What ``PROBE`` found."""

    distribution: str
    user: str
    tools: tuple[str, ...]
    lists: bool
    """The package lists of apt are there already."""
    bash: bool

    @classmethod
    def read(cls, output: str) -> Survey:
        """From what the program printed."""
        said = [line.partition("=")[::2] for line in output.splitlines()]
        first = dict(reversed(said))
        return cls(
            distribution=first.get("system") or "unknown",
            user=first.get("user") or "unknown",
            tools=tuple(value for key, value in said if key == "tool"),
            lists="lists" in first,
            bash="bash" in first,
        )

    def notes(self, image: str) -> tuple[str, ...]:
        """Sentences for the report."""
        notes = []
        if self.tools:
            had = ", ".join(self.tools)
            notes.append(f"The image {image} has {had}: gaps about these can't be seen.")
        if self.lists:
            notes.append("apt's package lists are there: a missing `apt-get update` can't be seen.")
        if self.user == "root":
            notes.append("Commands ran as root: a missing `sudo` can't be seen.")
        return tuple(notes)
