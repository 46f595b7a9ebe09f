# Installs the packages that the wrapper is made of; pip itself stays outside.
set -eu
if [ -f /tmp/smile-build/network/ca.pem ]; then
    export PIP_CERT=/tmp/smile-build/network/ca.pem
fi
/usr/bin/python3 -m venv /tmp/smile-build/venv
/tmp/smile-build/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile \
    --target /opt/smile/agent/site --requirement /tmp/smile-build/requirements.txt
rm -rf /opt/smile/agent/site/bin /opt/smile/agent/site/*.dist-info/RECORD
