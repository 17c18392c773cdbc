package io.mmapscope.agent.instrument;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Looks for a few names in a class file without parsing it: some microseconds a class. */
final class ConstantPool {

  private static final byte[][] NAMES = {
    "java/nio/channels/FileChannel".getBytes(StandardCharsets.US_ASCII),
    "java/nio/MappedByteBuffer".getBytes(StandardCharsets.US_ASCII),
    "sun/misc/Unsafe".getBytes(StandardCharsets.US_ASCII)
  };

  private ConstantPool() {}

  /** Returns true where the class names a type whose calls are announced. JVMS 4.4. */
  static boolean namesMappingType(byte[] classFile) {
    int count = unsignedShort(classFile, 8);
    int at = 10;
    for (int i = 1; i < count; i++) {
      switch (classFile[at]) {
        case 1 -> {
          int length = unsignedShort(classFile, at + 1);
          if (isOne(classFile, at + 3, length)) {
            return true;
          }
          at += 3 + length;
        }
        case 5, 6 -> {
          at += 9;
          i++;
        }
        case 7, 8, 16, 19, 20 -> at += 3;
        case 15 -> at += 4;
        case 3, 4, 9, 10, 11, 12, 17, 18 -> at += 5;
        default -> {
          return false;
        }
      }
    }
    return false;
  }

  private static boolean isOne(byte[] classFile, int from, int length) {
    for (byte[] name : NAMES) {
      if (length == name.length
          && Arrays.equals(classFile, from, from + length, name, 0, length)) {
        return true;
      }
    }
    return false;
  }

  private static int unsignedShort(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }
}
