package io.mmapscope.agent.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * What was built, written into the jar by the build.
 *
 * @param version the release, e.g. {@code 0.1.0}
 * @param commit abbreviated git commit, or {@code unknown} where it was not built in a git work tree
 */
public record BuildInfo(String version, String commit) {

  /**
   * Reads the resource.
   *
   * @throws UncheckedIOException where the jar is damaged
   */
  public static BuildInfo load() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream("build.properties")) {
      if (in == null) {
        throw new IOException("build.properties is missing from the agent's jar: build it with Maven");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildInfo(properties.getProperty("version"), properties.getProperty("commit"));
  }
}
