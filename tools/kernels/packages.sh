# shellcheck shell=bash
# Stock kernels out of Debian's archive for .ci/kernels; to be sourced. They are kept in a cache, and taken from there
# until somebody removes them.

# find_kernel NAME SUITE ARCHITECTURE PATTERN: sets KERNEL to a kernel's image: of the newest package that matches.
find_kernel() {
  local cache=/var/cache/mmapscope-tests/kernels/$1 pause
  KERNEL=$cache/vmlinuz
  [ ! -e "$KERNEL" ] || return 0
  rm -rf "$cache"
  mkdir -p "$cache"
  # A mirror may be away for a moment.
  for pause in 10 60 0; do
    unpack_packages "$2" "$3" "$cache/package" "$4" && break
    [ "$pause" != 0 ] || return 1
    sleep "$pause"
  done
  # Beside it lie the modules and, of some, the same image for other loaders.
  find "$cache/package" -name 'vmlinu[xz]*' -type f -exec mv {} "$KERNEL" \;
  rm -rf "$cache/package"
  [ -e "$KERNEL" ]
}
