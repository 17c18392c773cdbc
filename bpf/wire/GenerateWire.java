// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a Java class of constants for the members of {@code struct mms_wire} in a BTF section, each a struct or an
 * enum, to standard output. Run at build time: {@code java GenerateWire.java BTF PACKAGE}. The format is that of Linux's
 * Documentation/bpf/btf.rst.
 */
public final class GenerateWire {

  private static final String PREFIX = "mms_";
  private static final String ROOT = PREFIX + "wire";
  private static final int MAGIC = 0xeb9f;

  private static final int INT = 1;
  private static final int PTR = 2;
  private static final int ARRAY = 3;
  private static final int STRUCT = 4;
  private static final int UNION = 5;
  private static final int ENUM = 6;
  private static final int TYPEDEF = 8;
  private static final int VOLATILE = 9;
  private static final int CONST = 10;
  private static final int RESTRICT = 11;
  private static final int FUNC_PROTO = 13;
  private static final int VAR = 14;
  private static final int DATASEC = 15;
  private static final int DECL_TAG = 17;
  private static final int TYPE_TAG = 18;
  private static final int ENUM64 = 19;

  /** One type: {@code size} is its size or the type it refers to; {@code at} is where its details begin. */
  private record Type(String name, int kind, int count, int size, int at) {}

  private final ByteBuffer btf;
  private final int strings;
  private final List<Type> types = new ArrayList<>();

  private GenerateWire(ByteBuffer btf) {
    this.btf = btf.order(ByteOrder.LITTLE_ENDIAN);
    if ((btf.getShort(0) & 0xffff) != MAGIC) {
      throw new IllegalArgumentException("not BTF: magic " + Integer.toHexString(btf.getShort(0)));
    }
    int header = btf.getInt(4);
    int at = header + btf.getInt(8);
    int end = at + btf.getInt(12);
    strings = header + btf.getInt(16);
    types.add(new Type("void", 0, 0, 0, 0));
    while (at < end) {
      int info = btf.getInt(at + 4);
      Type type = new Type(string(btf.getInt(at)), info >>> 24 & 0x1f, info & 0xffff, btf.getInt(at + 8), at + 12);
      types.add(type);
      at += 12 + detailBytes(type);
    }
  }

  private static int detailBytes(Type type) {
    return switch (type.kind) {
      case INT, VAR, DECL_TAG -> 4;
      case ARRAY -> 12;
      case STRUCT, UNION, DATASEC, ENUM64 -> 12 * type.count;
      case ENUM, FUNC_PROTO -> 8 * type.count;
      default -> 0;
    };
  }

  private String string(int offset) {
    int at = strings + offset;
    StringBuilder text = new StringBuilder();
    for (byte b = btf.get(at); b != 0; b = btf.get(++at)) {
      text.append((char) b);
    }
    return text.toString();
  }

  private int sizeOf(int id) {
    Type type = types.get(id);
    return switch (type.kind) {
      case PTR -> 8;
      case ARRAY -> sizeOf(btf.getInt(type.at)) * btf.getInt(type.at + 8);
      case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> sizeOf(type.size);
      case INT, STRUCT, UNION, ENUM, ENUM64 -> type.size;
      default -> throw new IllegalArgumentException("no size of BTF kind " + type.kind + " " + type.name);
    };
  }

  private static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  /** {@code mms_call_flag} is {@code CallFlag}. */
  private static String className(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.substring(PREFIX.length()).split("_")) {
      camel.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return camel.toString();
  }

  /** {@code MMS_CALL_FILE} of {@code enum mms_call_flag} is {@code FILE}: without the words of the enum's name. */
  private static String constantName(String enumName, String name) {
    String[] words = upper(enumName).split("_");
    String own = name;
    for (int i = 0; i < words.length && own.startsWith(words[i] + "_"); i++) {
      own = own.substring(words[i].length() + 1);
    }
    return own;
  }

  private static void put(Map<String, Integer> constants, String name, int value) {
    if (constants.put(name, value) != null) {
      throw new IllegalArgumentException("two constants named " + name);
    }
  }

  private Map<String, Integer> constants(Type type) {
    Map<String, Integer> constants = new LinkedHashMap<>();
    if (type.kind == STRUCT) {
      put(constants, "SIZE", type.size);
    }
    for (int i = 0; i < type.count; i++) {
      if (type.kind == ENUM) {
        int at = type.at + 8 * i;
        put(constants, constantName(type.name, string(btf.getInt(at))), btf.getInt(at + 4));
        continue;
      }
      int at = type.at + 12 * i;
      String name = upper(string(btf.getInt(at)));
      put(constants, name, btf.getInt(at + 8) / 8);
      Type member = types.get(btf.getInt(at + 4));
      if (member.kind == ARRAY) {
        put(constants, name + "_STRIDE", sizeOf(btf.getInt(member.at)));
        put(constants, name + "_COUNT", btf.getInt(member.at + 8));
      }
    }
    return constants;
  }

  private String java(String packageName) {
    StringBuilder java = new StringBuilder();
    java.append("package ").append(packageName).append(";\n\n");
    java.append("/** The layout of wire.h: sizes, offsets and strides in bytes, counts, enumerators. */\n");
    java.append("public final class Wire {\n\n  private Wire() {}\n");
    Type wire = types.stream().filter(type -> type.name.equals(ROOT)).findFirst().orElseThrow();
    for (int i = 0; i < wire.count; i++) {
      Type type = types.get(btf.getInt(wire.at + 12 * i + 4));
      String kind = type.kind == STRUCT ? "struct " : "enum ";
      String name = className(type.name);
      java.append("\n  /** {@code ").append(kind).append(type.name).append("}. */\n");
      java.append("  public static final class ").append(name).append(" {\n");
      java.append("    private ").append(name).append("() {}\n\n");
      constants(type)
          .forEach((constant, value) ->
              java.append("    public static final int ").append(constant).append(" = ").append(value).append(";\n"));
      java.append("  }\n");
    }
    return java.append("}\n").toString();
  }

  public static void main(String[] args) throws IOException {
    System.out.print(new GenerateWire(ByteBuffer.wrap(Files.readAllBytes(Path.of(args[0])))).java(args[1]));
  }
}
