# shellcheck shell=bash
# Finds a JDK 25 for the tests, or fetches one. Source it, then: find_jdk25 && echo "$JAVA25_HOME".
#
# Debian 12 has no JDK 25. Debian 13's is built for a newer C library than Debian 12 has, so it is unpacked beside
# that C library into a cache, and its launcher is told to use it. Nothing of the system is changed by that.

# shellcheck source=tools/debian.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

is_jdk25() {
  [ -x "$1/bin/java" ] && grep -qs '^JAVA_VERSION="25[".]' "$1/release"
}

# Sets and exports JAVA25_HOME, or returns non-zero after saying why there is none.
find_jdk25() {
  if [ -n "${JAVA25_HOME:-}" ]; then
    is_jdk25 "$JAVA25_HOME" && return 0
    echo "JAVA25_HOME=$JAVA25_HOME is no JDK 25" >&2
    return 1
  fi
  local home
  for home in /usr/lib/jvm/* "$(jdk25_cache)/jdk"; do
    if is_jdk25 "$home"; then
      export JAVA25_HOME=$home
      return 0
    fi
  done
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "no JDK 25 found: install one and set JAVA25_HOME (needs apt-get and root to be fetched here)" >&2
    return 1
  fi
  if apt-cache policy openjdk-25-jre-headless 2>/dev/null | grep -q 'Candidate: [0-9]'; then
    (need_packages openjdk-25-jre-headless) || return 1
    find_jdk25
    return
  fi
  (need_packages patchelf) || return 1
  echo "fetching Debian 13's JDK 25 into $(jdk25_cache) (about 70 MB)"
  if ! (fetch_jdk25 "$(jdk25_cache)"); then
    echo "JDK 25 could not be fetched" >&2
    return 1
  fi
  JAVA25_HOME=$(jdk25_cache)/jdk
  export JAVA25_HOME
}

# World-readable: some tests run a JVM as another user.
jdk25_cache() {
  echo /var/cache/mmapscope-tests/jdk-25
}

fetch_jdk25() {
  local cache=$1 arch root libraries home link
  arch=$(dpkg --print-architecture)
  root=$cache/root
  rm -rf "$cache"
  unpack_packages trixie "$arch" "$root" openjdk-25-jre-headless libc6 libgcc-s1 libstdc++6 || return 1
  home=$root/usr/lib/jvm/java-25-openjdk-$arch
  libraries=$(echo "$root"/usr/lib/*-linux-gnu)
  # Its configuration lies in /etc, which is that of the unpacked tree.
  find "$home" -type l -lname '/etc/java-25-openjdk/*' | while read -r link; do
    ln -sfn "$root$(readlink "$link")" "$link"
  done
  patchelf --set-interpreter "$(echo "$libraries"/ld-linux-*.so.*)" --force-rpath --set-rpath "$libraries:$home/lib" \
    "$home/bin/java"
  chmod -R a+rX "$cache"
  "$home/bin/java" -version 2>/dev/null && ln -sfn "$home" "$cache/jdk"
}
