#!/usr/bin/env bash
# Brings what bpf/build.sh needs to build for the other architecture, too: the cross compiler, installed with apt, and the
# static libraries of that architecture, unpacked beside the system. Debian's multiarch is not set up for it.
set -u
cd "$(dirname "$0")" || exit 1
. ./prerequisites.sh
. ./debian.sh

case $(uname -m) in
  x86_64) other=aarch64 debian=arm64 ;;
  aarch64) other=x86_64 debian=amd64 ;;
  *) _prerequisites_fail "builds on x86_64 and aarch64 only" ;;
esac
need_packages "gcc-${other/_/-}-linux-gnu" "libc6-dev-$debian-cross"

cache=/var/cache/mmapscope-build/$other # known to bpf/build.sh
[ ! -f "$cache/complete" ] || exit 0
# shellcheck disable=SC1091 # of the machine
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
echo "fetching Debian $suite's libbpf, libelf and zlib for $other into $cache"
rm -rf "$cache"
if ! unpack_packages "$suite" "$debian" "$cache" libbpf-dev libelf-dev zlib1g-dev; then
  _prerequisites_fail "they could not be fetched"
fi
touch "$cache/complete"
