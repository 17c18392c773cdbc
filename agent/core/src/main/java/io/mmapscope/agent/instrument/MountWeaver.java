package io.mmapscope.agent.instrument;

import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Tells {@code MmapscopeMounts} of each mount and unmount, in {@code java.lang.VirtualThread.runContinuation()} of JDK 21
 * to 25: once the thread is said to be running and nothing of the mount is done yet, and after {@code cont.run()} before
 * anything else may run it again. Both places are on the carrier, outside any transition of JVMTI's.
 *
 * <pre>
 *   JDK 21: … compareAndSetState …; notifyJvmtiMount(true); try { cont.run(); } finally { if (cont.isDone()) …
 *   JDK 25: … compareAndSetState …; mount(); try { cont.run(); } finally { unmount(); if (cont.isDone()) …
 * </pre>
 */
final class MountWeaver {

  private static final String THREAD = "java/lang/VirtualThread";
  private static final String CONTINUATION = "jdk/internal/vm/Continuation";
  private static final String MOUNTS = "java/lang/MmapscopeMounts";

  private MountWeaver() {}

  /** @throws IllegalStateException where this JDK runs its virtual threads in another way */
  static byte[] weave(byte[] classFile) {
    ClassReader reader = OpenedClassReader.of(classFile);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    Places places = new Places(writer);
    reader.accept(places, 0);
    // The compiler writes the finally block twice.
    if (!places.claimed || places.mounts != 1 || places.unmounts != 2) {
      throw new IllegalStateException("does not mount as known");
    }
    return writer.toByteArray();
  }

  private static final class Places extends ClassVisitor {

    private boolean claimed;
    private int mounts;
    private int unmounts;

    Places(ClassVisitor next) {
      super(OpenedClassReader.ASM_API, next);
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
      MethodVisitor next = super.visitMethod(access, name, type, generic, thrown);
      return !name.equals("runContinuation") ? next : new MethodVisitor(api, next) {
        @Override
        public void visitMethodInsn(int opcode, String owner, String method, String descriptor, boolean itf) {
          boolean ofThread = owner.equals(THREAD);
          boolean ofContinuation = owner.equals(CONTINUATION);
          claimed |= ofThread && method.equals("compareAndSetState");
          boolean begins =
              ofThread && (method.equals("mount") || method.equals("notifyJvmtiMount"))
                  || ofContinuation && method.equals("run");
          if (begins && mounts == 0) {
            mounts++;
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitMethodInsn(Opcodes.INVOKESTATIC, MOUNTS, "mount", "(Ljava/lang/Thread;)V", false);
          } else if (ofContinuation && method.equals("isDone")) {
            unmounts++;
            super.visitMethodInsn(Opcodes.INVOKESTATIC, MOUNTS, "unmount", "()V", false);
          }
          super.visitMethodInsn(opcode, owner, method, descriptor, itf);
        }
      };
    }
  }
}
