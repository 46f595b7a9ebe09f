# Makes apt find its way out of the author's network, in either stage of the build.
set -eu
network=/tmp/smile-build/network

if ! command -v apt-get >/dev/null; then
    echo "The base image has no apt-get: SMILE can extend images of Debian and its relatives only" >&2
    exit 1
fi
if [ -f $network/ca.pem ]; then
    echo "Acquire::https::CaInfo \"$network/ca.pem\";" >/etc/apt/apt.conf.d/90smile-build
fi
# The author's package sources fit the same release only.
release=$(. /etc/os-release && echo "${ID:-} ${VERSION_CODENAME:-}")
if [ -f $network/release ] && [ "$release" = "$(cat $network/release)" ]; then
    rm -f /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources \
        /etc/apt/sources.list.d/ubuntu.sources
    cp -R $network/host/. /
fi
