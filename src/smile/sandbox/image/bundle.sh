# Makes the wrapper a program that needs no Python: /opt/smile/smile-agent/smile-agent.
set -eu
cd /tmp/smile-build
export PYTHONPATH=source
venv/bin/pyinstaller --noconfirm --log-level WARN --onedir --name smile-agent \
    --distpath /opt/smile --workpath work --specpath work \
    --runtime-hook environment.py --collect-submodules smile --collect-data smile \
    --exclude-module tkinter source/smile/agent/__main__.py
# It has no task here and must say so, but not that it misses a part of itself.
if /opt/smile/smile-agent/smile-agent student </dev/null >said 2>&1 ||
    grep -E 'ImportError|ModuleNotFoundError|shared (object|libraries)' said; then
    cat said >&2
    exit 1
fi
