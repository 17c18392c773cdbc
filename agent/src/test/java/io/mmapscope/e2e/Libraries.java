package io.mmapscope.e2e;

import com.sun.jna.Native;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Jars that some test programs need. */
final class Libraries {

  private Libraries() {}

  /** The application's own copy of JNA, beside the agent's. */
  static Path jna() {
    try {
      return Path.of(Native.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
