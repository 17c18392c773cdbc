package io.mmapscope.agent.instrument;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * In OpenTelemetry's {@code ThreadLocalContextStorage} and its {@code ScopeImpl}, replaces each call of {@code
 * ThreadLocal.set(Object)} by one of {@code MmapscopeStorage}, with the same operands. One instruction for another: no
 * branch, so no stack map frame changes, and no name of OpenTelemetry's is in it. All versions from 1.0 to 1.66 change
 * the current context in no other way; before 1.30 both calls are in the storage class.
 */
public final class ContextWeaver {

  private static final String THREAD_LOCAL = "java/lang/ThreadLocal";
  private static final Handle LINK =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          "java/lang/MmapscopeStorage",
          "link",
          "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;)"
              + "Ljava/lang/invoke/CallSite;",
          false);

  private ContextWeaver() {}

  /** @throws IllegalStateException where the class stores its contexts in another way */
  public static byte[] weave(byte[] classFile) {
    ClassReader reader = OpenedClassReader.of(classFile);
    ClassWriter writer = new ClassWriter(reader, 0);
    Setters setters = new Setters(writer);
    reader.accept(setters, 0);
    if (!setters.found || setters.unknown) {
      throw new IllegalStateException("does not set its thread local as known");
    }
    return writer.toByteArray();
  }

  private static final class Setters extends ClassVisitor {

    private boolean found;
    private boolean unknown;

    Setters(ClassVisitor next) {
      super(OpenedClassReader.ASM_API, next);
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
      return new MethodVisitor(api, super.visitMethod(access, name, type, generic, thrown)) {
        @Override
        public void visitMethodInsn(int opcode, String owner, String method, String descriptor, boolean itf) {
          if (owner.equals(THREAD_LOCAL) && method.equals("set")) {
            found = true;
            super.visitInvokeDynamicInsn("set", "(Ljava/lang/ThreadLocal;Ljava/lang/Object;)V", LINK);
            return;
          }
          unknown |= owner.equals(THREAD_LOCAL) && method.equals("remove");
          super.visitMethodInsn(opcode, owner, method, descriptor, itf);
        }
      };
    }
  }
}
