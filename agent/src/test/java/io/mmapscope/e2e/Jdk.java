package io.mmapscope.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;

/**
 * A JDK to run test programs on.
 *
 * @param feature its feature release, e.g. 17
 * @param home its directory, or null where this machine has none of that release
 */
record Jdk(int feature, Path home) {

  /** Releases that the agent is for and that are tried wherever they can be had. */
  private static final List<Integer> WANTED = List.of(17, 25);

  /**
   * One JDK of each release from 17 on found here, and those wanted that are missing; with the system property
   * {@code mmapscope.e2e.jdk=this} the one that runs this test alone.
   */
  static List<Jdk> all() {
    if ("this".equals(System.getProperty("mmapscope.e2e.jdk"))) {
      return List.of(current());
    }
    Map<Integer, Jdk> found = new TreeMap<>();
    List<Path> homes = new ArrayList<>();
    homes.add(Path.of(System.getProperty("java.home")));
    if (System.getenv("JAVA25_HOME") != null) {
      homes.add(Path.of(System.getenv("JAVA25_HOME")));
    }
    homes.addAll(installed());
    for (Path home : homes) {
      int feature = featureOf(home);
      if (feature >= 17) {
        found.putIfAbsent(feature, new Jdk(feature, home));
      }
    }
    for (int wanted : WANTED) {
      found.putIfAbsent(wanted, new Jdk(wanted, null));
    }
    return List.copyOf(found.values());
  }

  /** The one that runs this test. */
  static Jdk current() {
    return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
  }

  /** The launcher; skips the test, with the reason, where there is none. */
  Path java() {
    Assumptions.assumeTrue(home != null, () -> "no JDK " + feature + " in /usr/lib/jvm or JAVA25_HOME");
    return home.resolve("bin/java");
  }

  @Override
  public String toString() {
    return "JDK " + feature;
  }

  private static List<Path> installed() {
    List<Path> homes = new ArrayList<>();
    Path directory = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        entries.forEach(homes::add);
      } catch (IOException e) {
        throw new IllegalStateException("cannot list " + directory, e);
      }
    }
    homes.sort(null);
    return homes;
  }

  /** The release by the file {@code release}, or 0 where this is no JDK. */
  private static int featureOf(Path home) {
    Path release = home.resolve("release");
    if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
      return 0;
    }
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(release)) {
      properties.load(in);
    } catch (IOException e) {
      return 0;
    }
    String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return Integer.parseInt(version.split("[.+-]")[0]);
  }
}
