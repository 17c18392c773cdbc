# shellcheck shell=bash
# Packages of another release or architecture of Debian, unpacked beside the system, which stays as it is. To be sourced.

# unpack_packages SUITE ARCHITECTURE ROOT NAME…: downloads the packages and unpacks them below ROOT.
unpack_packages() {
  local suite=$1 architecture=$2 root=$3 work status=0
  shift 3
  mkdir -p "$root" && root=$(cd "$root" && pwd) || return 1
  work=$(mktemp -d) || return 1
  (
    mkdir -p "$work/sources" "$work/lists/partial" "$work/packages" &&
      cat >"$work/sources/debian.sources" <<END &&
Types: deb
URIs: http://deb.debian.org/debian
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
END
      cd "$work/packages" &&
      _debian_apt update >/dev/null &&
      _debian_apt download "$@" >/dev/null &&
      for package in *.deb; do dpkg -x "$package" "$root" || exit 1; done
  ) || status=1
  rm -rf "$work"
  return "$status"
}

# apt with a state of its own, of the caller's $work and $architecture.
_debian_apt() {
  apt-get -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources" \
    -o "Dir::State::lists=$work/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" -o APT::Sandbox::User=root "$@"
}
