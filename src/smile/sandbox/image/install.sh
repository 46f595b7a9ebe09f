# Installs what the wrapper is made of.
set -eu
if [ -f /tmp/smile-build/network/ca.pem ]; then
    export PIP_CERT=/tmp/smile-build/network/ca.pem
fi
/tmp/smile-build/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
    --requirement /tmp/smile-build/requirements.txt
