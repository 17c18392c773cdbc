package io.mmapscope.e2e;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What a shared library needs of the system that loads it, read from its section headers (elf.h). 64 bit, little-endian.
 *
 * @param machine {@code e_machine}: 62 is x86-64, 183 is AArch64
 * @param libraries the libraries it is linked with ({@code DT_NEEDED})
 * @param versions the versions of their symbols that it needs, e.g. {@code GLIBC_2.17}
 * @param symbols their symbols that it cannot do without
 */
record ElfLibrary(int machine, List<String> libraries, List<String> versions, List<String> symbols) {

  static final int X86_64 = 62;
  static final int AARCH64 = 183;

  private static final int MAGIC = 0x464c457f;
  private static final int SECTION_DYNAMIC = 6;
  private static final int SECTION_SYMBOLS = 11;
  private static final int SECTION_VERSIONS_NEEDED = 0x6ffffffe;
  private static final long TAG_NEEDED = 1;
  private static final int BINDING_GLOBAL = 1;
  private static final int SYMBOL_SIZE = 24;

  static ElfLibrary of(byte[] file) {
    return new Reader(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN)).read();
  }

  private record Reader(ByteBuffer elf, List<String> libraries, List<String> versions, List<String> symbols) {

    Reader(ByteBuffer elf) {
      this(elf, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    ElfLibrary read() {
      if (elf.getInt(0) != MAGIC) {
        throw new IllegalArgumentException("not ELF");
      }
      eachSection(SECTION_DYNAMIC, this::dynamic);
      eachSection(SECTION_VERSIONS_NEEDED, this::versionsNeeded);
      eachSection(SECTION_SYMBOLS, this::symbols);
      if (libraries.isEmpty() || versions.isEmpty() || symbols.isEmpty()) {
        throw new IllegalArgumentException("no section headers, or no shared library");
      }
      return new ElfLibrary(
          elf.getShort(0x12), List.copyOf(libraries), List.copyOf(versions), List.copyOf(symbols));
    }

    private int sectionHeader(int index) {
      return (int) elf.getLong(0x28) + index * elf.getShort(0x3a);
    }

    private void eachSection(int type, IntConsumer withHeader) {
      for (int i = 0; i < elf.getShort(0x3c); i++) {
        if (elf.getInt(sectionHeader(i) + 0x04) == type) {
          withHeader.accept(sectionHeader(i));
        }
      }
    }

    private int content(int header) {
      return (int) elf.getLong(header + 0x18);
    }

    /** Offset of the strings that a section's own content refers to. */
    private int strings(int header) {
      return content(sectionHeader(elf.getInt(header + 0x28)));
    }

    private String string(int at) {
      StringBuilder text = new StringBuilder();
      for (int i = at; elf.get(i) != 0; i++) {
        text.append((char) elf.get(i));
      }
      return text.toString();
    }

    private void dynamic(int header) {
      int end = content(header) + (int) elf.getLong(header + 0x20);
      for (int at = content(header); at < end; at += 16) {
        if (elf.getLong(at) == TAG_NEEDED) {
          libraries.add(string(strings(header) + (int) elf.getLong(at + 8)));
        }
      }
    }

    private void symbols(int header) {
      int end = content(header) + (int) elf.getLong(header + 0x20);
      for (int at = content(header); at < end; at += SYMBOL_SIZE) {
        boolean undefined = elf.getShort(at + 6) == 0;
        if (undefined && elf.get(at + 4) >> 4 == BINDING_GLOBAL) {
          symbols.add(string(strings(header) + elf.getInt(at)));
        }
      }
    }

    /** A list of libraries, each with a list of versions; both are linked by distances. */
    private void versionsNeeded(int header) {
      int library = content(header);
      for (int i = 0; i < elf.getInt(header + 0x2c); i++) {
        int version = library + elf.getInt(library + 8);
        for (int j = 0; j < elf.getShort(library + 2); j++) {
          versions.add(string(strings(header) + elf.getInt(version + 8)));
          version += elf.getInt(version + 12);
        }
        library += elf.getInt(library + 12);
      }
    }
  }
}
