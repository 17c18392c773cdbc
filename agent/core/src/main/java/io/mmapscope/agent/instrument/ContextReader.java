package io.mmapscope.agent.instrument;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Makes what {@link MmapscopeRuntime#contextReader} describes. */
public final class ContextReader {

  private static final String STORAGE = "context/ThreadLocalContextStorage";
  private static final String TO = "java/lang/MmapscopeContext";

  private ContextReader() {}

  /**
   * The same as
   *
   * <pre>
   *   static void read(Object context, MmapscopeContext to) {
   *     SpanContext ids = Span.fromContext((Context) context).getSpanContext();
   *     to.put(ids.isValid(), ids.isSampled(), ids.getTraceId(), ids.getSpanId());
   *   }
   * </pre>
   *
   * without the cast, which an interface needs not and which takes its time.
   *
   * @param storage name of the class {@code ThreadLocalContextStorage} of a copy of OpenTelemetry
   */
  public static byte[] classFile(String storage) {
    String name = storage.replace('.', '/');
    String root = name.substring(0, name.length() - STORAGE.length());
    String span = root + "api/trace/Span";
    String ids = root + "api/trace/SpanContext";
    ClassWriter writer = new ClassWriter(0);
    writer.visit(
        Opcodes.V1_8, Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC, name + "$Reader", null, "java/lang/Object", null);
    MethodVisitor code =
        writer.visitMethod(Opcodes.ACC_STATIC, "read", "(Ljava/lang/Object;L" + TO + ";)V", null, null);
    code.visitCode();
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(
        Opcodes.INVOKESTATIC, span, "fromContext", "(L" + root + "context/Context;)L" + span + ";", true);
    code.visitMethodInsn(Opcodes.INVOKEINTERFACE, span, "getSpanContext", "()L" + ids + ";", true);
    code.visitVarInsn(Opcodes.ASTORE, 0);
    code.visitVarInsn(Opcodes.ALOAD, 1);
    get(code, ids, "isValid", "()Z");
    get(code, ids, "isSampled", "()Z");
    get(code, ids, "getTraceId", "()Ljava/lang/String;");
    get(code, ids, "getSpanId", "()Ljava/lang/String;");
    code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, TO, "put", "(ZZLjava/lang/String;Ljava/lang/String;)V", false);
    code.visitInsn(Opcodes.RETURN);
    code.visitMaxs(5, 2);
    code.visitEnd();
    writer.visitEnd();
    return writer.toByteArray();
  }

  private static void get(MethodVisitor code, String ids, String getter, String descriptor) {
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitMethodInsn(Opcodes.INVOKEINTERFACE, ids, getter, descriptor, true);
  }
}
