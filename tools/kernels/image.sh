# shellcheck shell=bash
# The root of the guests of .ci/kernels, the same for each kernel; to be sourced.

# make_image FILE: busybox, this machine's JRE with the libraries it needs, the jar and its tests, as an initramfs.
make_image() {
  local root library
  root=$(mktemp -d)
  mkdir -p "$root"/{bin,dev,etc,proc,results,root,sys,tmp,jre,agent/target,agent/core/target} "$root/var/tmp"
  cp tools/kernels/init tools/kernels/run-tests.sh "$root"
  cp "$(command -v busybox)" "$root/bin"
  ln -s busybox "$root/bin/sh"
  echo "root:x:0:0:root:/root:/bin/sh" >"$root/etc/passwd"
  echo "127.0.0.1 localhost" >"$root/etc/hosts"
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
  cp agent/target/mmapscope.jar "$root/agent/target"
  cp -r agent/target/test-classes agent/target/test-libraries "$root/agent/target"
  cp -r agent/core/target/test-classes "$root/agent/core/target"
  (cd "$root" && find . | cpio -o -H newc --quiet) >"$1"
  rm -rf "$root"
}
