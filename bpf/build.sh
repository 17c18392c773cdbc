#!/bin/sh
# Builds what the kernel side puts into the jar, each part only when its sources are newer. For each architecture:
#   OUT/classes/mmapscope/bpf/ARCH/mapping.bpf.o        the programs, with BTF
#   OUT/classes/linux-ARCH/libmmapscope-bpf.so          libbpf, libelf and zlib in one (in JNA's folder)
# and from the BTF, which must agree for all of them:
#   OUT/generated-sources/wire/.../Wire.java            the wire's layout
#
# The machine's own architecture must be built. The other one is built where there is a cross compiler for it and its
# static libraries, installed (Debian's multiarch) or brought by tools/cross.sh; else the script says what is missing.
#
# usage: build.sh OUT JAVA_HOME
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build.sh OUT JAVA_HOME}
java=${2:?usage: build.sh OUT JAVA_HOME}/bin/java
package=io.mmapscope.agent.kernel.wire
cross_libraries=/var/cache/mmapscope-build

fail() {
  echo "bpf/build.sh: $*" >&2
  echo "bpf/build.sh: on Debian: apt-get install clang llvm gcc libc6-dev libbpf-dev libelf-dev zlib1g-dev" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed"
}

# choose ARCH: sets what is particular to it
choose() {
  arch=$1
  case $arch in
    x86_64) target=x86 jna=linux-x86-64 ;;
    aarch64) target=arm64 jna=linux-aarch64 ;;
  esac
  triplet=$arch-linux-gnu
  object=$out/classes/mmapscope/bpf/$arch/mapping.bpf.o
  library=$out/classes/$jna/libmmapscope-bpf.so
  if [ "$arch" = "$(uname -m)" ]; then
    cc=cc headers=/usr/include/$triplet
  else
    cc=$triplet-gcc headers=/usr/$triplet/include
  fi
}

# archive NAME: prints the static library of that name for the architecture, or its mere name where there is none
archive() {
  path=$("$cc" -print-file-name="lib$1.a")
  [ -f "$path" ] || path=$cross_libraries/$arch/usr/lib/$triplet/lib$1.a
  [ -f "$path" ] && echo "$path" || echo "lib$1.a"
}

# missing: prints what it takes to build for the architecture, and is not there
missing() {
  if ! command -v "$cc" >/dev/null; then
    echo "$cc"
  elif ! echo "#include <stdio.h>" | "$cc" -E - >/dev/null 2>&1; then
    echo "the C library's headers for $arch"
  else
    for name in bpf elf z; do
      [ -f "$(archive $name)" ] || echo "lib$name.a for $arch"
    done
  fi
}

need_all() {
  [ -z "$(missing)" ] || fail "not installed: $(missing | paste -sd,)"
}

# stale TARGET SOURCE...: is the target missing or older than a source?
stale() {
  file=$1
  shift
  [ -f "$file" ] || return 0
  [ -n "$(find "$@" -newer "$file" 2>/dev/null)" ]
}

build_object() {
  stale "$object" "$here/src" "$here/include" "$here/build.sh" || return 0
  need clang
  need llvm-strip
  [ -f /usr/include/bpf/bpf_helpers.h ] || fail "bpf/bpf_helpers.h is not installed"
  mkdir -p "$(dirname "$object")"
  echo "mapping.bpf.o for $arch"
  # The kernel's own headers are for the architecture, which the target bpf does not know.
  clang -O2 -g -Wall -Werror -target bpf -mcpu=v3 "-D__TARGET_ARCH_$target" \
    -I "$here/include" -idirafter "$headers" -c "$here/src/mmapscope.bpf.c" -o "$object.tmp"
  llvm-strip -g "$object.tmp" # DWARF; the BTF stays
  mv "$object.tmp" "$object"
}

build_library() {
  stale "$library" "$here/lib" "$here/build.sh" || return 0
  need_all
  mkdir -p "$(dirname "$library")"
  echo "libmmapscope-bpf.so for $arch"
  # Without checks of its own, which newer compilers turn on: libc.c says why.
  "$cc" -O2 -fPIC -U_FORTIFY_SOURCE -fno-stack-protector -shared -s -Wall -Werror -o "$library.tmp" "$here"/lib/*.c \
    -Wl,--whole-archive "$(archive bpf)" -Wl,--no-whole-archive "$(archive elf)" "$(archive z)" \
    -Wl,-z,defs -Wl,-z,relro,-z,now -Wl,--gc-sections \
    -Wl,--version-script="$here/lib/exports.map"
  mv "$library.tmp" "$library"
}

# The layout as this architecture's object has it.
build_wire() {
  wire=$out/wire/$arch/Wire.java
  stale "$wire" "$object" "$here/wire" || return 0
  need llvm-objcopy
  mkdir -p "$(dirname "$wire")"
  llvm-objcopy --dump-section ".BTF=$wire.btf" "$object" "$wire.copy"
  "$java" "$here/wire/GenerateWire.java" "$wire.btf" "$package" >"$wire.tmp"
  mv "$wire.tmp" "$wire"
  rm -f "$wire.btf" "$wire.copy"
}

case $(uname -sm) in
  "Linux x86_64") other=aarch64 ;;
  "Linux aarch64") other=x86_64 ;;
  *) fail "builds on Linux x86_64 and aarch64 only, this is $(uname -sm)" ;;
esac

choose "$(uname -m)"
build_object
build_library
build_wire

generated=$out/generated-sources/wire/$(echo $package | tr . /)/Wire.java
if ! cmp -s "$wire" "$generated"; then
  mkdir -p "$(dirname "$generated")"
  echo "Wire.java"
  cp "$wire" "$generated"
fi

choose "$other"
if [ ! -f "$library" ] && [ -n "$(missing)" ]; then
  echo "bpf/build.sh: the jar has nothing for $arch; not installed: $(missing | paste -sd,)" >&2
  echo "bpf/build.sh: on Debian: tools/cross.sh" >&2
  exit 0
fi
build_object
build_library
build_wire
cmp "$wire" "$generated" || fail "the wire has another layout on $arch: a field without a fixed width?"
