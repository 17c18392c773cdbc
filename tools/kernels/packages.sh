# shellcheck shell=bash
# Stock kernels out of Debian's archive for .ci/kernels; to be sourced. They are kept in a cache, and taken from there
# until somebody removes them.

# find_kernel NAME SUITE ARCHITECTURE PATTERN: sets KERNEL to a kernel's image: of the newest package that matches.
find_kernel() {
  local cache=/var/cache/mmapscope-tests/kernels/$1
  KERNEL=$cache/vmlinuz
  [ ! -e "$KERNEL" ] || return 0
  rm -rf "$cache"
  mkdir -p "$cache"
  unpack_patiently "$2" "$3" "$cache/package" "$4" || return 1
  # Beside it lie the modules and, of some, the same image for other loaders.
  find "$cache/package" -name 'vmlinu[xz]*' -type f -exec mv {} "$KERNEL" \;
  rm -rf "$cache/package"
  [ -e "$KERNEL" ]
}

# As unpack_packages; a mirror may be away for a moment.
unpack_patiently() {
  local pause
  for pause in 10 60 0; do
    unpack_packages "$@" && return 0
    [ "$pause" = 0 ] || sleep "$pause"
  done
  return 1
}
