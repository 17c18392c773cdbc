package io.mmapscope.agent.instrument;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Tells {@code MmapscopeDirectMemory} of each memory that a class of the JDK's gets from {@code Unsafe.allocateMemory},
 * right after that, and gives to {@code freeMemory}, right before that. Only the operand stack is used, and there is no
 * branch, so no stack map frame changes.
 */
final class DirectMemoryWeaver {

  private static final String UNSAFE = "jdk/internal/misc/Unsafe";
  private static final String MEMORY = "java/lang/MmapscopeDirectMemory";

  private DirectMemoryWeaver() {}

  /** Null where the class neither allocates nor frees any. */
  static byte[] weave(byte[] classFile) {
    ClassReader reader = OpenedClassReader.of(classFile);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    Calls calls = new Calls(writer);
    reader.accept(calls, 0);
    return calls.found ? writer.toByteArray() : null;
  }

  private static final class Calls extends ClassVisitor {

    private boolean found;

    Calls(ClassVisitor next) {
      super(OpenedClassReader.ASM_API, next);
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
      return new MethodVisitor(api, super.visitMethod(access, name, type, generic, thrown)) {
        @Override
        public void visitMethodInsn(int opcode, String owner, String method, String descriptor, boolean itf) {
          boolean allocates = owner.equals(UNSAFE) && method.equals("allocateMemory");
          boolean frees = owner.equals(UNSAFE) && method.equals("freeMemory");
          found |= allocates || frees;
          if (allocates) {
            // unsafe, bytes -> bytes, unsafe, bytes -> bytes, address -> address, bytes, address -> address
            super.visitInsn(Opcodes.DUP2_X1);
            super.visitMethodInsn(opcode, owner, method, descriptor, itf);
            super.visitInsn(Opcodes.DUP2_X2);
            super.visitMethodInsn(Opcodes.INVOKESTATIC, MEMORY, "allocated", "(JJ)V", false);
            return;
          }
          if (frees) {
            super.visitInsn(Opcodes.DUP2);
            super.visitMethodInsn(Opcodes.INVOKESTATIC, MEMORY, "freeing", "(J)V", false);
          }
          super.visitMethodInsn(opcode, owner, method, descriptor, itf);
        }
      };
    }
  }
}
