# shellcheck shell=bash
# What the build, the tests and the demo need of the machine; to be sourced.
#
#   . tools/prerequisites.sh
#   need_jdk 17
#   need_packages maven clang llvm
#
# Packages are named as Debian names them, and count as there when what they bring is there, whoever installed it.
# Missing ones are installed with apt where this is root on Debian or its like; anywhere else the script says what to
# install and ends.

# need_jdk VERSION: a JDK of at least that version, by JAVA_HOME or on the path; sets JAVA_HOME to it.
need_jdk() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}java home version
  command -v "$java" >/dev/null || _prerequisites_fail "no JDK: install a JDK $1 or later, or set JAVA_HOME"
  home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
  version=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
  [ -x "$home/bin/javac" ] || _prerequisites_fail "$home is a JRE: install a JDK $1 or later, or set JAVA_HOME to one"
  [ "${version%%.*}" -ge "$1" ] || _prerequisites_fail "$home is Java $version: JDK $1 or later is needed"
  export JAVA_HOME=$home PATH=$home/bin:$PATH
}

# need_packages NAME…: installs those that are missing.
need_packages() {
  local package missing=()
  for package in "$@"; do
    _prerequisites_have "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    _prerequisites_fail "missing: ${missing[*]} (Debian's names; there is no apt here, so install their like by hand)"
  fi
  if [ "$(id -u)" != 0 ]; then
    _prerequisites_fail "missing: ${missing[*]}; as root: apt-get install ${missing[*]}"
  fi
  echo "installing with apt: ${missing[*]}"
  run_with_progress "apt-get update" apt-get update || _prerequisites_fail "apt-get update failed"
  DEBIAN_FRONTEND=noninteractive run_with_progress "apt-get install" \
    apt-get install -y --no-install-recommends "${missing[@]}" || _prerequisites_fail "apt-get install failed"
  for package in "${missing[@]}"; do
    _prerequisites_have "$package" || _prerequisites_fail "$package was installed, but what it should bring is not there"
  done
}

# run_with_progress TITLE COMMAND…: shows that it goes on; shows the command's output only where it fails.
# shellcheck disable=SC2034 # RUN_WITH_PROGRESS_PID is the caller's to read
run_with_progress() {
  local title=$1 log pid status=0 ticks=0
  shift
  log=$(mktemp)
  printf '%s ' "$title"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  # for a trap of the caller's: whoever ends the script here ends the command too
  RUN_WITH_PROGRESS_PID=$pid
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.5
    ticks=$((ticks + 1))
    [ $((ticks % 4)) != 0 ] || printf '.'
  done
  wait "$pid" || status=$?
  RUN_WITH_PROGRESS_PID=''
  if [ "$status" = 0 ]; then
    echo " done"
  else
    echo " failed ($status):"
    tail -n 40 "$log"
  fi
  rm -f "$log"
  return "$status"
}

# Whether what a package brings is there.
_prerequisites_have() {
  case $1 in
    maven) command -v mvn ;;
    llvm) command -v llvm-strip || command -v llvm-strip-14 ;;
    bpftool) PATH=$PATH:/usr/sbin:/sbin command -v bpftool ;;
    libbpf-dev) _prerequisites_static bpf bpf/bpf_helpers.h ;;
    libelf-dev) _prerequisites_static elf libelf.h ;;
    zlib1g-dev) _prerequisites_static z zlib.h ;;
    libc6-dev) [ -e /usr/include/stdio.h ] ;;
    gcc-*-linux-gnu) command -v "$(_prerequisites_triplet "$1")-gcc" ;;
    libc6-dev-arm64-cross) [ -e /usr/aarch64-linux-gnu/include/stdio.h ] ;;
    libc6-dev-amd64-cross) [ -e /usr/x86_64-linux-gnu/include/stdio.h ] ;;
    musl-tools) command -v musl-gcc ;;
    clang | gcc | curl | git) command -v "$1" ;;
    *) dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed ;;
  esac >/dev/null
}

# A library to link statically, by its name, and a header of it.
_prerequisites_static() {
  local archive
  [ -e "/usr/include/$2" ] || return 1
  for archive in /usr/lib/*/lib"$1".a /usr/lib64/lib"$1".a /usr/lib/lib"$1".a; do
    [ ! -e "$archive" ] || return 0
  done
  return 1
}

# The compiler's prefix, of Debian's package for it: x86_64-linux-gnu of gcc-x86-64-linux-gnu.
_prerequisites_triplet() {
  echo "${1#gcc-}" | sed 's/x86-64/x86_64/'
}

_prerequisites_fail() {
  echo "$0: $*" >&2
  exit 1
}
