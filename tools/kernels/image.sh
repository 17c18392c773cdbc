# shellcheck shell=bash
# The root of the guests of .ci/kernels, the same for each kernel of an architecture; to be sourced.

# Of Debian, for an architecture that is not this machine's: a JRE and what it needs.
FOREIGN_SUITE=bookworm
FOREIGN_PACKAGES=(openjdk-17-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g busybox-static)

# make_image ARCHITECTURE FILE: busybox, a JRE with the libraries it needs, the jar and its tests, as an initramfs. No
# file where there are no packages of that architecture to be had.
make_image() {
  local root status=0
  root=$(mktemp -d)
  if [ "$1" = "$(dpkg --print-architecture)" ]; then
    own_jre "$root"
  else
    foreign_jre "$1" "$root"
  fi && {
    mkdir -p "$root"/{bin,dev,etc,proc,results,root,sys,tmp,agent/target,agent/core/target} "$root/var/tmp"
    cp tools/kernels/init tools/kernels/run-tests.sh "$root"
    ln -sf busybox "$root/bin/sh"
    echo "root:x:0:0:root:/root:/bin/sh" >"$root/etc/passwd"
    echo "127.0.0.1 localhost" >"$root/etc/hosts"
    cp agent/target/mmapscope.jar "$root/agent/target"
    cp -r agent/target/test-classes agent/target/test-libraries "$root/agent/target"
    cp -r agent/core/target/test-classes "$root/agent/core/target"
    (cd "$root" && find . | cpio -o -H newc --quiet) >"$2"
  } || status=1
  rm -rf "$root"
  return "$status"
}

# own_jre ROOT: this machine's JRE at ROOT/jre.
own_jre() {
  local root=$1 library
  mkdir -p "$root/bin" "$root/jre"
  cp "$(command -v busybox)" "$root/bin"
  # Distributions keep parts of a JDK elsewhere, behind links; some of them lead nowhere on a machine without a screen.
  tar -C "$JAVA_HOME" -ch --ignore-failed-read --exclude=lib/src.zip --exclude=lib/ct.sym \
    bin/java conf lib release 2>/dev/null | tar -C "$root/jre" -x
  rm -f "$root"/jre/lib/lib{awt_xawt,splashscreen,fontmanager,jsound,atk-wrapper}.so
  find "$root/jre" -name '*.so' -o -name java -type f | xargs ldd 2>/dev/null |
    grep -o ' */[^ ]*' | sort -u | while read -r library; do
    case $library in
      "$root"/*) ;;
      *) cp -L --parents "$library" "$root" ;;
    esac
  done
}

# foreign_jre ARCHITECTURE ROOT: one of Debian's at ROOT/jre. The packages are kept as the kernels are.
foreign_jre() {
  local cache=/var/cache/mmapscope-tests/roots/$1
  if [ ! -e "$cache" ]; then
    rm -rf "$cache.new"
    unpack_patiently "$FOREIGN_SUITE" "$1" "$cache.new" "${FOREIGN_PACKAGES[@]}" || return 1
    mv "$cache.new" "$cache"
  fi
  cp -a "$cache/." "$2"
  ln -s "usr/lib/jvm/java-17-openjdk-$1" "$2/jre"
  rm -rf "$2/usr/share" "$2"/jre/{legal,man} "$2/jre/lib/ct.sym"
}
