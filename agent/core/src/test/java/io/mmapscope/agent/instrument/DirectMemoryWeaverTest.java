package io.mmapscope.agent.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.utility.OpenedClassReader;
import org.junit.jupiter.api.Test;

/** On the classes of the JDK that runs it. */
class DirectMemoryWeaverTest {

  private static byte[] classFile(String name) throws Exception {
    try (InputStream in = Object.class.getModule().getResourceAsStream(name + ".class")) {
      return in.readAllBytes();
    }
  }

  /** What the class calls to get memory and to free it, and what is told of that. */
  private static List<String> calls(byte[] classFile) {
    List<String> calls = new ArrayList<>();
    OpenedClassReader.of(classFile)
        .accept(
            new ClassVisitor(OpenedClassReader.ASM_API) {
              @Override
              public MethodVisitor visitMethod(int access, String name, String type, String generic, String[] thrown) {
                return new MethodVisitor(api) {
                  @Override
                  public void visitMethodInsn(int opcode, String owner, String method, String descriptor, boolean itf) {
                    if (owner.endsWith("/Unsafe") && method.endsWith("eMemory") || owner.contains("Mmapscope")) {
                      calls.add(method);
                    }
                  }
                };
              }
            },
            ClassReader.SKIP_FRAMES);
    return calls;
  }

  @Test
  void whatADirectBufferGetsIsToldAfterItIsThere() throws Exception {
    List<String> calls = calls(DirectMemoryWeaver.weave(classFile("java/nio/DirectByteBuffer")));
    assertThat(calls).containsSubsequence("allocateMemory", "allocated", "freeing", "freeMemory");
  }

  @Test
  void whatItFreesIsToldBefore() throws Exception {
    assertThat(calls(DirectMemoryWeaver.weave(classFile("java/nio/DirectByteBuffer$Deallocator"))))
        .containsExactly("freeing", "freeMemory");
  }

  @Test
  void otherClassesAreLeftAlone() throws Exception {
    assertThat(DirectMemoryWeaver.weave(classFile("java/nio/HeapByteBuffer"))).isNull();
  }
}
