# Fetches the very packages of the lock file; no script of theirs runs.
set -eu
cd /tmp/smile-build
if [ -f network/ca.pem ]; then
    export NODE_EXTRA_CA_CERTS=/tmp/smile-build/network/ca.pem
fi
npm ci --ignore-scripts --no-audit --no-fund
