# Installs what a newcomer's machine commonly has ($PACKAGES), with fresh package lists.
set -eu
export DEBIAN_FRONTEND=noninteractive

missing=
for package in ${PACKAGES:-}; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
        missing="$missing $package"
done
if [ -n "$missing" ]; then
    apt-get -qq -o Dpkg::Use-Pty=0 update
    apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends $missing
    apt-get clean
fi
mkdir -p /workspace/tutorial /workspace/work /workspace/logs
rm -f /etc/apt/apt.conf.d/90smile-build
