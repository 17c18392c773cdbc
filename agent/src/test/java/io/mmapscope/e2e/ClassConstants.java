package io.mmapscope.e2e;

import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/**
 * What a class file has and refers to. Members are written {@code owner/name:descriptor}.
 *
 * @param name internal, e.g. {@code java/lang/Object}
 * @param texts every text in its constant pool: names, descriptors, signatures, strings
 * @param used the fields and methods it refers to
 * @param declared its own fields and methods
 */
record ClassConstants(String name, List<String> texts, List<String> used, List<String> declared) {

  private static final int UTF8 = 1;
  private static final int FIELD = 9;
  private static final int INTERFACE_METHOD = 11;

  static ClassConstants of(byte[] classFile) {
    ClassReader reader = new ClassReader(classFile);
    char[] buffer = new char[reader.getMaxStringLength()];
    List<String> texts = new ArrayList<>();
    List<String> used = new ArrayList<>();
    for (int i = 1; i < reader.getItemCount(); i++) {
      // An item's offset is that of its content; a long or double leaves the next item without one.
      int content = reader.getItem(i);
      int tag = content == 0 ? 0 : reader.readByte(content - 1);
      if (tag == UTF8) {
        texts.add(text(reader, content));
      } else if (tag >= FIELD && tag <= INTERFACE_METHOD) {
        int nameAndType = reader.getItem(reader.readUnsignedShort(content + 2));
        String member = reader.readUTF8(nameAndType, buffer) + ":" + reader.readUTF8(nameAndType + 2, buffer);
        used.add(reader.readClass(content, buffer) + "/" + member);
      }
    }
    return new ClassConstants(reader.getClassName(), texts, used, declared(reader));
  }

  /** Names and descriptors are ASCII; of other texts it does not matter how they read. */
  private static String text(ClassReader reader, int content) {
    StringBuilder text = new StringBuilder();
    int length = reader.readUnsignedShort(content);
    for (int i = 0; i < length; i++) {
      text.append((char) reader.readByte(content + 2 + i));
    }
    return text.toString();
  }

  private static List<String> declared(ClassReader reader) {
    List<String> declared = new ArrayList<>();
    String owner = reader.getClassName() + "/";
    ClassVisitor members =
        new ClassVisitor(Opcodes.ASM9) {
          @Override
          public FieldVisitor visitField(int access, String name, String type, String signature, Object value) {
            declared.add(owner + name + ":" + type);
            return null;
          }

          @Override
          public MethodVisitor visitMethod(int access, String name, String type, String signature, String[] thrown) {
            declared.add(owner + name + ":" + type);
            return null;
          }
        };
    reader.accept(members, ClassReader.SKIP_CODE);
    return declared;
  }
}
