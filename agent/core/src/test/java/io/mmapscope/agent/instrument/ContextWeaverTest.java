package io.mmapscope.agent.instrument;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** What is not as known is refused: half of it followed would leave traces where they do not belong. */
class ContextWeaverTest {

  private static final class NoThreadLocal {}

  private static final class Removes {
    private static final ThreadLocal<Object> CURRENT = new ThreadLocal<>();

    static void attach(Object context) {
      if (context == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(context);
      }
    }
  }

  private static byte[] classFile(Class<?> type) throws IOException {
    try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  @Test
  void refusesAStorageThatKeepsItsContextsInAnotherWay() throws IOException {
    for (Class<?> type : new Class<?>[] {NoThreadLocal.class, Removes.class}) {
      byte[] classFile = classFile(type);
      assertThatThrownBy(() -> ContextWeaver.weave(classFile)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void refusesAThreadThatIsMountedInAnotherWay() throws IOException {
    byte[] classFile = classFile(NoThreadLocal.class);
    assertThatThrownBy(() -> MountWeaver.weave(classFile)).isInstanceOf(IllegalStateException.class);
  }
}
