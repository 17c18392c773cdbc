package io.mmapscope.agent.kernel;

import com.sun.jna.Callback;
import com.sun.jna.NativeLibrary;
import java.nio.ByteBuffer;

/**
 * libbpf's functions under their own names, as its headers declare them; pointers are longs, 0 for NULL. A function that
 * returns a pointer sets errno; one that returns an int returns {@code -errno}. See libbpf.h of the version in the jar.
 */
final class LibBpf {

  static final int BTF_KIND_FUNC = 12;

  private final NativeLibrary library;

  LibBpf(NativeLibrary library) {
    this.library = library;
  }

  private int callInt(String name, Object... args) {
    return library.getFunction(name).invokeInt(args);
  }

  private long callLong(String name, Object... args) {
    return library.getFunction(name).invokeLong(args);
  }

  String libbpf_version_string() {
    return library.getFunction("libbpf_version_string").invokeString(new Object[0], false);
  }

  int libbpf_num_possible_cpus() {
    return callInt("libbpf_num_possible_cpus");
  }

  /** Null switches libbpf's printing off; left alone it prints to stderr. */
  void libbpf_set_print(Callback print) {
    callLong("libbpf_set_print", print == null ? (Object) 0L : print);
  }

  long bpf_object__open_mem(ByteBuffer object, long size) {
    return callLong("bpf_object__open_mem", object, size, 0L);
  }

  int bpf_object__load(long object) {
    return callInt("bpf_object__load", object);
  }

  void bpf_object__close(long object) {
    callLong("bpf_object__close", object);
  }

  long bpf_object__find_map_by_name(long object, String name) {
    return callLong("bpf_object__find_map_by_name", object, name);
  }

  long bpf_object__find_program_by_name(long object, String name) {
    return callLong("bpf_object__find_program_by_name", object, name);
  }

  int bpf_map__fd(long map) {
    return callInt("bpf_map__fd", map);
  }

  int bpf_map__max_entries(long map) {
    return callInt("bpf_map__max_entries", map);
  }

  int bpf_map__set_max_entries(long map, int entries) {
    return callInt("bpf_map__set_max_entries", map, entries);
  }

  int bpf_map__set_initial_value(long map, ByteBuffer data, long size) {
    return callInt("bpf_map__set_initial_value", map, data, size);
  }

  int bpf_program__set_autoload(long program, boolean autoload) {
    return callInt("bpf_program__set_autoload", program, autoload ? 1 : 0);
  }

  int bpf_program__fd(long program) {
    return callInt("bpf_program__fd", program);
  }

  long bpf_object__next_map(long object, long map) {
    return callLong("bpf_object__next_map", object, map);
  }

  String bpf_map__name(long map) {
    return library.getFunction("bpf_map__name").invokeString(new Object[] {map}, false);
  }

  int bpf_map__reuse_fd(long map, int fd) {
    return callInt("bpf_map__reuse_fd", map, fd);
  }

  /** Of a program whose section says where it belongs; the result is the link's descriptor. */
  int bpf_raw_tracepoint_open(int program) {
    return callInt("bpf_raw_tracepoint_open", 0L, program);
  }

  int bpf_prog_load(int type, String name, String license, ByteBuffer instructions, long count, ByteBuffer options) {
    return callInt("bpf_prog_load", type, name, license, instructions, count, options);
  }

  long btf__load_vmlinux_btf() {
    return callLong("btf__load_vmlinux_btf");
  }

  /** The type's id, negative where there is none of that name and kind. */
  int btf__find_by_name_kind(long btf, String name, int kind) {
    return callInt("btf__find_by_name_kind", btf, name, kind);
  }

  void btf__free(long btf) {
    callLong("btf__free", btf);
  }

  int bpf_map_update_elem(int fd, ByteBuffer key, ByteBuffer value, long flags) {
    return callInt("bpf_map_update_elem", fd, key, value, flags);
  }

  int bpf_map_delete_elem(int fd, ByteBuffer key) {
    return callInt("bpf_map_delete_elem", fd, key);
  }
}
