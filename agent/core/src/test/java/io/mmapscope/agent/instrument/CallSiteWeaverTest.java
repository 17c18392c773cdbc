package io.mmapscope.agent.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallSiteWeaverTest {

  @TempDir Path folder;

  /** Woven by the test. Its calls lie within loops, branches and handlers, so that the verifier has something to check. */
  public static final class Subject {

    public long work(FileChannel channel, int times) throws IOException {
      long sum = 0;
      for (int i = 0; i < times; i++) {
        try {
          MappedByteBuffer buffer =
              channel.map(i % 2 == 0 ? FileChannel.MapMode.READ_ONLY : FileChannel.MapMode.READ_WRITE, i, 10L * i + 1);
          sum += buffer.load().capacity();
          buffer.force();
          buffer.force(0, 1);
        } catch (IllegalArgumentException expected) {
          sum -= 1;
        }
      }
      return sum;
    }

    public int plain(String text) {
      return text.length();
    }
  }

  private static final class Loader extends ClassLoader {
    Class<?> define(String name, byte[] classFile) {
      return defineClass(name, classFile, 0, classFile.length);
    }
  }

  private static byte[] classFile(Class<?> type) throws IOException {
    try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  @Test
  void announcesEachCallOnceAndTheClassWorksAsBefore() throws Exception {
    List<String> sites = new ArrayList<>();
    CallSiteWeaver weaver =
        new CallSiteWeaver(
            (className, method, file, line) -> {
              sites.add(className + "." + method + ":" + file);
              return sites.size();
            });
    byte[] woven = weaver.weave(classFile(Subject.class));
    String place = Subject.class.getName() + ".work:CallSiteWeaverTest.java";
    assertThat(sites).containsExactly(place, place, place, place);

    Class<?> type = new Loader().define(Subject.class.getName(), woven);
    Object subject = type.getConstructor().newInstance();
    Path file = Files.write(folder.resolve("data"), new byte[4096]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Object sum = type.getMethod("work", FileChannel.class, int.class).invoke(subject, channel, 5);
      assertThat(sum).isEqualTo(new Subject().work(channel, 5));
    }
    assertThatThrownBy(() -> type.getMethod("work", FileChannel.class, int.class).invoke(subject, null, 1))
        .hasCauseInstanceOf(NullPointerException.class);
  }

  @Test
  void leavesAClassWithoutSuchCallsAlone() throws IOException {
    assertThat(new CallSiteWeaver((c, m, f, l) -> 1).weave(classFile(Loader.class))).isNull();
    assertThat(ConstantPool.namesMappingType(classFile(Loader.class))).isFalse();
    assertThat(ConstantPool.namesMappingType(classFile(Subject.class))).isTrue();
  }
}
