package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** BPF programs, maps and links by their ids, as {@code prog 12}. */
final class KernelObjects {

  /** The kernel takes them away after grace periods, and on a worker of its own. */
  private static final long LONGEST_NANOS = 20_000_000_000L;

  private KernelObjects() {}

  /** Those that a process has descriptors of. */
  static Set<String> of(LiveJvm jvm) throws IOException {
    Set<String> found = new TreeSet<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(jvm.proc("fdinfo"))) {
      for (Path descriptor : descriptors) {
        for (String line : lines(descriptor)) {
          String[] words = line.split(":\\s*");
          if (words.length == 2 && words[0].matches("(prog|map|link)_id")) {
            found.add(words[0].replace("_id", "") + " " + words[1]);
          }
        }
      }
    }
    return found;
  }

  private static Iterable<String> lines(Path descriptor) {
    try {
      return Files.readAllLines(descriptor);
    } catch (IOException closedMeanwhile) {
      return Set.of();
    }
  }

  /** Fails where some are there and stay. */
  static void assertGone(Set<String> objects) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LONGEST_NANOS;
    Set<String> left = objects;
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.sleep(50);
      left = existing(left);
    }
    assertThat(left).as("still in the kernel").isEmpty();
  }

  private static Set<String> existing(Set<String> objects) throws IOException, InterruptedException {
    Set<String> existing = new TreeSet<>();
    for (String object : objects) {
      String[] words = object.split(" ");
      Process shown =
          new ProcessBuilder("bpftool", words[0], "show", "id", words[1])
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (shown.waitFor() == 0) {
        existing.add(object);
      }
    }
    return existing;
  }
}
