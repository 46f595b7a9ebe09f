"""Run in a container of the runtime image: copies the runtime to the volume at /volume.

The volume has all of it or nothing, whoever else fills it meanwhile and whenever this is killed.
"""
# ruff: noqa: INP001 - no module of SMILE but a script that lies in an image

import shutil
import sys
import tempfile
from pathlib import Path

source = Path("/opt/smile/agent")
target = Path("/volume/agent")
try:
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        shutil.copytree(source, new, symlinks=True, dirs_exist_ok=True)
        new.rename(target)
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        if not target.exists():  # else another one was first
            raise
except (OSError, shutil.Error) as error:
    sys.exit(str(error))
