# Installs the Python that becomes the wrapper's own.
set -eu
export DEBIAN_FRONTEND=noninteractive

apt-get -qq -o Dpkg::Use-Pty=0 update
apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends python3 python3-venv ca-certificates
