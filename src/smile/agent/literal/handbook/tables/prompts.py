"""Programs that ask questions, and what to add so that they don't."""

from __future__ import annotations

UNATTENDED: tuple[tuple[str, str, str], ...] = (
    # how the command begins, what to replace in it, by what
    (
        r"(?:sudo )?(?:env \S+ )?apt(?:-get)? ",
        (
            r"\b(install|remove|purge|upgrade|dist-upgrade|"
            r"full-upgrade|autoremove)\b"
        ),
        r"\1 -y",
    ),
    (r"(?:sudo )?(?:dnf|yum|zypper) ", r"\b(install|remove|update|upgrade)\b", r"\1 -y"),
    (r"(?:sudo )?add-apt-repository", r"add-apt-repository", "add-apt-repository -y"),
    (r"npm init(?:$| +(?:-\S+ *)*$)", r"init\b", "init -y"),
    (r"yarn init", r"init\b", "init -y"),
    (r"npm (?:init|create) ", r"\b(init|create) ", r"\1 -y "),
    (r"npx ", r"^npx ", "npx --yes "),
    (r"pip3? uninstall", r"uninstall\b", "uninstall -y"),
    (r"conda ", r"\b(install|create|update|remove)\b", r"\1 -y"),
    (r"poetry init", r"init\b", "init -n"),
    (r"copier copy", r"copy\b", "copy --defaults"),
    (r"cookiecutter ", r"cookiecutter\b", "cookiecutter --no-input"),
    (r"sphinx-quickstart", r"sphinx-quickstart", "sphinx-quickstart -q -p project -a author"),
    (r"ssh-keygen", r"ssh-keygen", "ssh-keygen -q -N '' -f ~/.ssh/id_ed25519"),
    (
        r"(?:python3? )?(?:\./)?manage\.py (?:flush|collectstatic|makemigrations|migrate)",
        r"$",
        " --noinput",
    ),
    (r"git commit(?: -a)?$", r"commit\b", 'commit -m "First commit"'),
    (r"rm -i", r"rm -i", "rm -f"),
    (r"(?:docker|podman) \w+ prune", r"prune\b", "prune -f"),
    (r"rustup-init|.*rustup", r"\| *sh$", "| sh -s -- -y"),
    (r"unzip ", r"unzip ", "unzip -o "),
    (r"uv venv", r"venv\b", "venv --clear"),
)

QUESTIONS: tuple[str, ...] = (
    # how the last line of a program looks that waits for an answer
    r"\[[Yy]/[Nn]\](?: Abort\.)?\W*$",
    r"\([Yy](?:es)?/[Nn]o?\)\W*$",
    r"\(yes/no[^)]*\)\W*$",
    r"\[[yY]es/[nN]o\]\W*$",
    r"[Pp]assword[^\n]{0,40}: *$",
    r"(?:package name|version|entry point|test command|license|author): ?(?:\([^)]*\))? *$",
    r"[Pp]assphrase[^\n]*: *$",
    r"^\? .*$",
    r"\?\s*(?:\([^)]*\)|»)?[^\n]{0,20}$",
    r"^[A-Z][\w ]{2,40}(?:\([^)]*\))?(?: \[[^\]]*\])?: *$",
    r"Press (?:any key|\[?ENTER\]?|Return)[^\n]*$",
)

REFUSED: tuple[str, ...] = (
    # what programs say that wanted to ask and could not
    r"\bAbort\.$",
    r"not running in a TTY",
    r"[Ii]nteractive session required",
    r"npm (?:ERR!|error) canceled",
    r"This utility will walk you through creating a package\.json",
    r"EOFError: EOF when reading a line",
    r"[Ii]nput is not a terminal",
    r"stdin is not a (?:tty|terminal)",
    r"Terminal is dumb, but EDITOR unset",
    r"terminal prompts disabled",
    r"could not read (?:Username|Password) for",
    r"^Aborted!$",
    r"Cannot prompt|non-interactive (?:mode|terminal|environment)",
    r"Error opening terminal",
    r"ExitPromptError|User force closed the prompt",
)

EDITORS = frozenset({"vi", "vim", "nvim", "nano", "pico", "emacs", "micro", "less", "more", "top"})
"""Programs that take the whole terminal."""
