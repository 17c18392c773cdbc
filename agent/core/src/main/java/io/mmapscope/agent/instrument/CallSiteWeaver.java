package io.mmapscope.agent.instrument;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Writes {@code MmapscopeHooks.at(receiver, callSite)} before each of the application's direct calls of the JDK's
 * mapping methods. With it the call site is known for a store to a field; without (reflection, method handles, a class
 * loaded before the agent) the stack is walked. No member is added, no frame of the stack map changes: the arguments
 * are kept for a moment in local variables past the method's own.
 */
final class CallSiteWeaver {

  private static final String HOOKS = "java/lang/MmapscopeHooks";

  /** owner.name of the methods announced. Each has {@link LeaveAdvice} in it. */
  private static final Set<String> ANNOUNCED =
      Set.of(
          "java/nio/channels/FileChannel.map",
          "java/nio/MappedByteBuffer.force",
          "java/nio/MappedByteBuffer.load",
          "sun/misc/Unsafe.invokeCleaner");

  private final CallSiteNumbers sites;

  CallSiteWeaver(CallSiteNumbers sites) {
    this.sites = sites;
  }

  /** The class file with its calls announced, or null where there are none. */
  byte[] weave(byte[] classFile) {
    ClassReader reader = OpenedClassReader.of(classFile);
    Map<String, Integer> locals = localsOfCallers(reader);
    if (locals.isEmpty()) {
      return null;
    }
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new Announcer(writer, locals), 0);
    return writer.toByteArray();
  }

  private static boolean announced(int opcode, String owner, String name) {
    return opcode == Opcodes.INVOKEVIRTUAL && ANNOUNCED.contains(owner + "." + name);
  }

  /** For each method with such a call the number of its local variables. */
  private static Map<String, Integer> localsOfCallers(ClassReader reader) {
    Map<String, Integer> locals = new HashMap<>();
    reader.accept(
        new ClassVisitor(OpenedClassReader.ASM_API) {
          @Override
          public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
            return new MethodVisitor(OpenedClassReader.ASM_API) {
              private boolean calls;

              @Override
              public void visitMethodInsn(int opcode, String owner, String method, String descriptor, boolean itf) {
                calls |= announced(opcode, owner, method);
              }

              @Override
              public void visitMaxs(int maxStack, int maxLocals) {
                if (calls) {
                  locals.put(name + type, maxLocals);
                }
              }
            };
          }
        },
        ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return locals;
  }

  private final class Announcer extends ClassVisitor {

    private final Map<String, Integer> locals;
    private String className;
    private String file;

    Announcer(ClassVisitor next, Map<String, Integer> locals) {
      super(OpenedClassReader.ASM_API, next);
      this.locals = locals;
    }

    @Override
    public void visit(int version, int access, String name, String generic, String parent, String[] interfaces) {
      className = name.replace('/', '.');
      super.visit(version, access, name, generic, parent, interfaces);
    }

    @Override
    public void visitSource(String source, String debug) {
      file = source;
      super.visitSource(source, debug);
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
      MethodVisitor next = super.visitMethod(access, name, type, generic, thrown);
      Integer free = locals.get(name + type);
      return free == null ? next : new Calls(next, name, free);
    }

    private final class Calls extends MethodVisitor {

      private final String method;
      private final int free;
      private int line = -1;

      Calls(MethodVisitor next, String method, int free) {
        super(OpenedClassReader.ASM_API, next);
        this.method = method;
        this.free = free;
      }

      @Override
      public void visitLineNumber(int number, Label start) {
        line = number;
        super.visitLineNumber(number, start);
      }

      @Override
      public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean itf) {
        if (announced(opcode, owner, name)) {
          announce(Type.getArgumentTypes(descriptor));
        }
        super.visitMethodInsn(opcode, owner, name, descriptor, itf);
      }

      private void announce(Type[] arguments) {
        int at = free;
        for (int i = arguments.length - 1; i >= 0; i--) {
          super.visitVarInsn(arguments[i].getOpcode(Opcodes.ISTORE), at);
          at += arguments[i].getSize();
        }
        super.visitInsn(Opcodes.DUP);
        super.visitLdcInsn(sites.number(className, method, file, line));
        super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, "at", "(Ljava/lang/Object;I)V", false);
        for (Type argument : arguments) {
          at -= argument.getSize();
          super.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), at);
        }
      }
    }
  }
}
