# Installs a Python that is new enough for the wrapper, and what PyInstaller needs beside it.
set -eu
export DEBIAN_FRONTEND=noninteractive

apt-get -qq -o Dpkg::Use-Pty=0 update
apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends python3 python3-venv binutils ca-certificates
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
for version in 3 3.13 3.12 3.11; do
    python=/usr/bin/python$version
    if [ ! -x $python ] && ! apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends \
        python$version python$version-venv >/dev/null 2>&1; then
        continue
    fi
    if $python -c "$new_enough"; then
        exact=$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends libpython$exact
        $python -m venv /tmp/smile-build/venv
        exit 0
    fi
done
echo "The base image's packages have no Python 3.11 or newer to build SMILE's wrapper with" >&2
exit 1
