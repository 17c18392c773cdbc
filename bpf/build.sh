#!/bin/sh
# Builds what the kernel side puts into the jar, each part only when its sources are newer:
#   OUT/classes/mmapscope/bpf/x86_64/mapping.bpf.o      the programs, with BTF
#   OUT/classes/linux-x86-64/libmmapscope-bpf.so        libbpf, libelf and zlib in one
#   OUT/generated-sources/wire/.../Wire.java            the wire's layout, from that BTF
#
# usage: build.sh OUT JAVA_HOME
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUT JAVA_HOME}
java=${2:?usage: build.sh OUT JAVA_HOME}/bin/java

object=$out/classes/mmapscope/bpf/x86_64/mapping.bpf.o
library=$out/classes/linux-x86-64/libmmapscope-bpf.so
package=io.mmapscope.agent.kernel.wire
wire=$out/generated-sources/wire/$(echo $package | tr . /)/Wire.java

fail() {
  echo "bpf/build.sh: $*" >&2
  echo "bpf/build.sh: on Debian: apt-get install clang llvm gcc libc6-dev libbpf-dev libelf-dev zlib1g-dev" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed"
}

# archive NAME: the static library of that name
archive() {
  path=$(cc -print-file-name="lib$1.a")
  [ -f "$path" ] || fail "lib$1.a is not installed"
  echo "$path"
}

# stale TARGET SOURCE...: is the target missing or older than a source?
stale() {
  target=$1
  shift
  [ -f "$target" ] || return 0
  [ -n "$(find "$@" -newer "$target" 2>/dev/null)" ]
}

[ "$(uname -sm)" = "Linux x86_64" ] || fail "builds on Linux x86_64 only, this is $(uname -sm)"

if stale "$object" "$here/src" "$here/include" "$here/build.sh"; then
  need clang
  need llvm-strip
  [ -f /usr/include/bpf/bpf_helpers.h ] || fail "bpf/bpf_helpers.h is not installed"
  mkdir -p "$(dirname "$object")"
  echo "mapping.bpf.o"
  # The kernel's own headers are for the architecture, which the target bpf does not know.
  clang -O2 -g -Wall -Werror -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 \
    -I "$here/include" -idirafter "/usr/include/$(uname -m)-linux-gnu" \
    -c "$here/src/mmapscope.bpf.c" -o "$object.tmp"
  llvm-strip -g "$object.tmp" # DWARF; the BTF stays
  mv "$object.tmp" "$object"
fi

if stale "$library" "$here/lib" "$here/build.sh"; then
  need cc
  bpf=$(archive bpf)
  elf=$(archive elf)
  z=$(archive z)
  mkdir -p "$(dirname "$library")"
  echo "libmmapscope-bpf.so"
  # Without checks of its own, which newer compilers turn on: libc.c says why.
  cc -O2 -fPIC -U_FORTIFY_SOURCE -fno-stack-protector -shared -s -Wall -Werror -o "$library.tmp" "$here"/lib/*.c \
    -Wl,--whole-archive "$bpf" -Wl,--no-whole-archive "$elf" "$z" \
    -Wl,-z,defs -Wl,-z,relro,-z,now -Wl,--gc-sections \
    -Wl,--version-script="$here/lib/exports.map"
  mv "$library.tmp" "$library"
fi

if stale "$wire" "$object" "$here/wire"; then
  need llvm-objcopy
  mkdir -p "$(dirname "$wire")"
  echo "Wire.java"
  llvm-objcopy --dump-section ".BTF=$out/mapping.btf" "$object" "$out/mapping.bpf.copy"
  "$java" "$here/wire/GenerateWire.java" "$out/mapping.btf" "$package" >"$wire.tmp"
  mv "$wire.tmp" "$wire"
  rm -f "$out/mapping.btf" "$out/mapping.bpf.copy"
fi
