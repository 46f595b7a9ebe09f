"""Opens a machine, says so, and waits to be killed: ``python -m tests.contract.dies NAME RUN_ID``."""

from __future__ import annotations

import asyncio
import sys

from tests.contract.conftest import FILES, SUBJECTS

from smile.sandbox.base import Spec


async def main(name: str, run_id: str, marker: str) -> None:
    """Run a program of this name inside until the end of days."""
    (subject,) = [each for each in SUBJECTS if each.name == name]
    async with subject.make().open(Spec(run_id, subject.image, FILES, 9)) as sandbox:
        running = asyncio.ensure_future(
            sandbox.run(("bash", "-c", f"trap '' TERM; sleep 600 & : {marker}; echo x > x; wait"))
        )
        while (await sandbox.run(("cat", "x"))).code:  # noqa: ASYNC110 - by a program inside
            await asyncio.sleep(0.1)
        sys.stdout.write("open\n")
        sys.stdout.flush()
        await running


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
