# Installs what is needed to fetch the programs and to make them start anywhere.
set -eu
export DEBIAN_FRONTEND=noninteractive

apt-get -qq -o Dpkg::Use-Pty=0 update
apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends npm patchelf ca-certificates
