"""Planted keys of all the usual shapes: a real run tells of them everywhere, and shows none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest
from tests.redaction.keys import IN_CONTEXT, KEYS, PEM_LINES, pem
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from .driver import REPORTS, Smile, wait_until

pytestmark = pytest.mark.namespaces

PASSWORD = "tulip7battery"
"""Of no shape: only the author's environment tells that it is one."""
PROXY = "http://ann:secret@proxy.internal:3128"
"""With a password as an example has it, but of the author's own proxy."""
PHRASES = [around.format(secret) for around, secret in IN_CONTEXT.values()]
SECRETS = (
    *KEYS.values(),
    *(secret for _, secret in IN_CONTEXT.values()),
    *PEM_LINES[:2],
    PASSWORD,
    "ann:secret@",
)
KEY = KEYS["anthropic"]
TUTORIAL = f"""\
# Log in

Set your own key, and choose a password such as `password123`:

```bash
export API_KEY=your-key
echo password123 | sha256sum
export OTHER={KEY}
cat > id_test <<'EOT'
{pem()}
EOT
```

See [what it prints](data.env):

```console
$ cat /workspace/tutorial/data.env
{KEYS["github"]} {PASSWORD}
```

```bash
env | sort
cat id_test
printf 'found \\033[31m{KEY[:9]}\\033[0m{KEY[9:]}\\n'
sleep 2
cat /workspace/tutorial/data.env >&2; login --token {KEYS["slack"]} --proxy {PROXY}
```
"""
READABLE = ("export API_KEY=your-key", "password123")
DIGEST = "57db1253b68b6802b59a969f750fa32b60cb5cc8a3cb19b87dac28f541dc4e2a"
"""SHA-256 of "password123" and a newline: such a thing is no secret."""


def environment(smile: Smile) -> dict[str, str]:
    """The author's: a key for every shape, and a home with a name."""
    home = smile.where.parent / "home/annika"
    home.mkdir(parents=True, exist_ok=True)
    keys = {f"{name.upper().replace('-', '_')}_TOKEN": key for name, key in KEYS.items()}
    return keys | {
        "DEPLOY_KEY": pem(),
        "DB_PASSWORD": PASSWORD,
        "HTTPS_PROXY": PROXY,
        "HOME": str(home),
        "USER": "annika",
    }


@dataclass
class Watcher:
    """Reads what a run says, and asks its server for all that it tells, until it ends."""

    process: subprocess.Popen[str]
    said: dict[str, list[str]] = field(default_factory=lambda: {"stdout": [], "stderr": []})
    answers: set[str] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)
    token: str = ""

    def __post_init__(self) -> None:
        self.threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, "stdout")),
            threading.Thread(target=self._read, args=(self.process.stderr, "stderr")),
        ]
        for thread in self.threads:
            thread.start()

    def _read(self, stream: IO[str] | None, name: str) -> None:
        assert stream is not None
        with stream:
            for line in stream:
                self.said[name].append(line)

    def watch(self, address: str, token: str) -> None:
        self.token = token
        self.threads += [
            threading.Thread(target=self._ask, args=(address,)),
            threading.Thread(target=self._listen, args=(address,)),
        ]
        for thread in self.threads[2:]:
            thread.start()

    def _ask(self, address: str) -> None:
        asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {self.token}"})
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while self.process.poll() is None:
            try:
                with direct.open(asked, timeout=5) as answer:
                    self.answers.add(answer.read().decode())
            except OSError:
                return
            time.sleep(0.2)

    def _listen(self, address: str) -> None:
        url = address.replace("http://", "ws://").replace("/api/status", f"/ws?token={self.token}")
        with connect(url, proxy=None) as socket:
            try:
                self.messages += map(str, socket)
            except ConnectionClosed:
                return

    def end(self) -> None:
        self.process.wait(timeout=100)
        for thread in self.threads:
            thread.join(timeout=20)


def unescaped(text: str) -> str:
    """The text with whatever JSON or Markdown put before its characters taken away."""
    return text.replace("\\n", "\n").replace("\\", "")


def bundled(path: Path) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield name, archive.read(name).decode()


def test_no_secret_of_author_tutorial_file_or_output_is_in_anything_that_leaves(
    smile: Smile,
) -> None:
    author = environment(smile)
    everything = "\n".join([*KEYS.values(), *PHRASES, pem(), PASSWORD, "error: the end", ""])
    (smile.where / "data.env").write_text(everything, encoding="utf-8")
    smile.write(TUTORIAL, iterations=2, timeoutSeconds=20)

    watcher = Watcher(smile.start("-v", "--log-file", "log.jsonl", "--fail-on", "never", **author))
    stderr = watcher.said["stderr"]
    address = smile.where / ".smile/observer.json"
    wait_until(address.exists)
    found = json.loads(address.read_text("utf-8"))
    watcher.watch(f"{found['url']}/api/status", found["token"])
    watcher.end()
    assert watcher.process.returncode == 0, "".join(stderr)
    bug_report = subprocess.run(
        [sys.executable, "-m", "smile.cli.main", "bug-report", "-o", "bugs.zip"],
        cwd=smile.where,
        env=author | {"PATH": "/usr/bin:/bin", "DOCKER_HOST": "unix:///nowhere.sock"},
        capture_output=True,
        text=True,
        check=True,
    )

    left = {
        "stdout": "".join(watcher.said["stdout"]),
        "stderr": "".join(stderr),
        "status": "\n".join(watcher.answers),
        "messages": "\n".join(watcher.messages),
        "log": (smile.where / "log.jsonl").read_text("ascii"),
        "bug-report": bug_report.stdout + bug_report.stderr,
        **{name: (smile.where / name).read_text("utf-8") for name in REPORTS},
        **{str(path): path.read_text("utf-8") for path in smile.where.glob(".smile/*")},
        **dict(bundled(smile.where / "bugs.zip")),
    }
    for name, text in left.items():
        for form in (text, unescaped(text)):
            assert not [secret for secret in (*SECRETS, watcher.token) if secret in form], name

    # All of them had something to hide, and hid nothing else.
    shown = [
        *REPORTS,
        "log",
        "messages",
        "status",
        "stderr",
        str(smile.where / ".smile/journal.jsonl"),
    ]
    shown += [str(smile.where / ".smile/state.json"), "smile-bug-report/journal.jsonl"]
    for name in shown:
        assert "[redacted]" in left[name], name
    for name in (*REPORTS, "log", "messages"):
        for words in READABLE:
            assert words in unescaped(left[name]), name
    assert DIGEST in left["smile-report.json"]
    for name, text in bundled(smile.where / "bugs.zip"):
        assert "annika" not in text, name
