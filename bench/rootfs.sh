#!/bin/sh
# Make the root file system of a bare Debian 12 for the benchmark: what a newcomer's fresh machine
# has, and nothing that a tutorial should have named. Needs root and debootstrap.
#
#   bench/rootfs.sh DIRECTORY [PACKAGE…]
#
# Without packages it gets what most such machines have: certificates, curl, Python with venv, sudo.
# The host's own package sources and pip settings are used when the host is a Debian 12 too, so
# that it works behind a company's mirror.
set -eu
target=${1:?usage: bench/rootfs.sh DIRECTORY [PACKAGE...]}
shift
[ $# -gt 0 ] || set -- ca-certificates curl python3 python3-venv sudo
[ "$(id -u)" = 0 ] || { echo "rootfs.sh: must be root (debootstrap)" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "rootfs.sh: install debootstrap first" >&2; exit 1; }

mirror=$(sed -n 's/^URIs: *//p; s/^deb  *\(http[^ ]*\).*/\1/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
debootstrap --variant=minbase --keyring="$keyring" bookworm "$target" \
  ${mirror:+"$mirror"}

if grep -q 'VERSION_CODENAME=bookworm' /etc/os-release; then
  cp -a /etc/apt/sources.list.d/debian.sources "$target/etc/apt/sources.list.d/" 2>/dev/null &&
    : > "$target/etc/apt/sources.list"
  for file in /etc/pip.conf; do [ ! -f "$file" ] || cp "$file" "$target$file"; done
fi
cp /etc/resolv.conf "$target/etc/resolv.conf"
printf 'force-unsafe-io\n' > "$target/etc/dpkg/dpkg.cfg.d/unsafe-io"
chroot "$target" env DEBIAN_FRONTEND=noninteractive sh -ec '
  apt-get update
  apt-get install -y --no-install-recommends "$@"
  apt-get clean
' sh "$@"
[ ! -d "$target/etc/ssl/certs" ] || cp /etc/ssl/certs/ca-certificates.crt "$target/etc/ssl/certs/ca-certificates.crt"
echo "made $target"
