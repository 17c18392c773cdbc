# shellcheck shell=bash
# Packages of another release or architecture of Debian, unpacked beside the system, which stays as it is. To be sourced.

# unpack_packages SUITE ARCHITECTURE ROOT NAME…: downloads the packages and unpacks them below ROOT. A NAME may be a
# pattern: of several packages that match the one with the greatest version in its name.
unpack_packages() {
  local suite=$1 architecture=$2 root=$3 archive=debian names=() work status=0
  shift 3
  mkdir -p "$root" && root=$(cd "$root" && pwd) || return 1
  work=$(mktemp -d) || return 1
  [[ $suite != *-security ]] || archive=debian-security
  (
    mkdir -p "$work/sources" "$work/lists/partial" "$work/packages" &&
      cat >"$work/sources/debian.sources" <<END &&
Types: deb
URIs: http://deb.debian.org/$archive
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
      cd "$work/packages" &&
      _debian_apt apt-get update >/dev/null &&
      for name in "$@"; do names+=("$(_debian_newest "$name")"); done &&
      _debian_apt apt-get download "${names[@]}" >/dev/null &&
      for package in *.deb; do dpkg -x "$package" "$root" || exit 1; done
  ) || status=1
  rm -rf "$work"
  return "$status"
}

_debian_newest() {
  local name newest
  newest=$(_debian_apt apt-cache pkgnames | while read -r name; do
    # shellcheck disable=SC2053 # a pattern
    [[ $name != $1 ]] || echo "$name"
  done | sort -V | tail -n 1)
  echo "${newest:-$1}"
}

# apt-get or apt-cache with a state of its own, of the caller's $work and $architecture.
_debian_apt() {
  "$1" -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources" \
    -o "Dir::State::lists=$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o Acquire::Retries=3 -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root \
    -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" "${@:2}"
}
