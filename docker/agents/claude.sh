#!/bin/sh
# It finds itself by /proc/self/exe, and starts itself anew for some of its work. So it is started
# by the machine's own loader where that is glibc's, and only elsewhere by the runtime's.
agent=/opt/smile/agent
for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1; do
    [ ! -e $loader ] || exec $agent/cli/claude/claude "$@"
done
exec $agent/lib/loader --library-path $agent/lib $agent/cli/claude/claude "$@"
