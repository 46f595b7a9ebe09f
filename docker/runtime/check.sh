# The wrapper has no task here and must say so, but not that it misses a part of itself. It is told
# in a root directory that has nothing else: whatever image it is shown in need not have more.
set -eu
mkdir -p /tmp/smile-build/bare/opt /tmp/smile-build/bare/tmp
cp -a /opt/smile /tmp/smile-build/bare/opt/
cd /tmp/smile-build
set -- /opt/smile/agent/lib/loader --library-path /opt/smile/agent/lib /opt/smile/agent/bin/smile-agent \
    -I -S -X utf8 -c 'import sys; sys.path.append("/opt/smile/agent/site")
from smile.agent.__main__ import main
import smile.agent.student, smile.agent.mentor, smile.agent.literal.student, smile.agent.literal.mentor, ssl
main()' student
if chroot bare "$@" </dev/null >said 2>&1 || ! grep -q 'standard input holds no task' said; then
    cat said >&2
    exit 1
fi
