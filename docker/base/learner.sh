# Installs $PACKAGES, with fresh package lists, and makes the learner's account.
set -eu
export DEBIAN_FRONTEND=noninteractive

missing=
for package in ${PACKAGES:-}; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
        missing="$missing $package"
done
apt-get -qq -o Dpkg::Use-Pty=0 update
if [ -n "$missing" ]; then
    apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends $missing
    apt-get clean
fi
if ! id learner >/dev/null 2>&1; then
    useradd --create-home --shell /bin/bash learner
fi
echo 'learner ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/learner
chmod 440 /etc/sudoers.d/learner
mkdir -p /workspace/tutorial /workspace/work /workspace/logs
rm -f /etc/apt/apt.conf.d/90smile-build
