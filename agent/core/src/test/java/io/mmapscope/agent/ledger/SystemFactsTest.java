package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Owner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Device numbers, and whose a file is. */
class SystemFactsTest {

  @ParameterizedTest
  @CsvSource({"0x811, 8, 17", "0xfd01, 253, 1", "0x1200067834590, 0x12345, 0x67890", "0x10300, 259, 0"})
  void deviceNumbersAreUnpackedAsTheCLibraryPacksThem(String packed, String major, String minor) {
    assertThat(PathResolver.ofStat(Long.decode(packed), 5))
        .isEqualTo(new FileIdentity(Integer.decode(major), Integer.decode(minor), 5));
  }

  @ParameterizedTest
  @CsvSource({
    ", JVM",
    "/opt/jdk/lib/modules, JVM",
    "/opt/jdk/lib/server/libjvm.so, JVM",
    "/opt/jdkx/lib/libfoo.so, NATIVE",
    "/var/cache/app.jsa, JVM",
    "/tmp/hsperfdata_me/17, JVM",
    "/usr/lib/x86_64-linux-gnu/libc.so.6, JVM",
    "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2, JVM",
    "/usr/lib/locale/locale-archive, JVM",
    "/lib/ld-musl-x86_64.so.1, JVM",
    "/usr/lib/x86_64-linux-gnu/libc-2.31.so, JVM",
    "/srv/app/libcurl.so.4, NATIVE",
    "/srv/app/libc-client.so, NATIVE",
    "/srv/app/librtmp.so.1, NATIVE",
    "/srv/app/libmaxminddb.so, NATIVE",
    "/srv/data/segment.bin, NATIVE",
    "anon_inode:[perf_event], NATIVE"
  })
  void aFileTellsWhoseItIs(String path, Owner owner) {
    assertThat(new FileOwners("/opt/jdk").ownerOf(path)).isEqualTo(owner);
  }
}
