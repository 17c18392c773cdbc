package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageTest {

  @Test
  void sumsUpByCallSiteExtensionAndOwner() {
    Mapping.Creator jvm = new Mapping.Creator(Owner.JVM, CallSite.UNKNOWN, -1, null, null, 0);
    List<Mapping> mappings =
        List.of(
            new Mapping(0, 4096, 0, Calls.file(1), "/d/_0.cfs", Calls.creator(1)),
            new Mapping(8192, 16384, 0, Calls.file(2), "/d/_1.cfs", Calls.creator(1)),
            new Mapping(16384, 20480, 0, Calls.file(3), "/d/_1.dvd", Calls.creator(1)),
            new Mapping(20480, 24576, 0, Calls.file(1), "/d/_0.cfs", Calls.creator(2)),
            new Mapping(1 << 20, 2 << 20, 0, null, null, jvm));

    assertThat(Usage.of(mappings))
        .containsExactlyInAnyOrder(
            new Usage(Calls.creator(1).callSite(), "cfs", Owner.APPLICATION, 12288, 2),
            new Usage(Calls.creator(1).callSite(), "dvd", Owner.APPLICATION, 4096, 1),
            new Usage(Calls.creator(2).callSite(), "cfs", Owner.APPLICATION, 4096, 1),
            new Usage(CallSite.UNKNOWN, "", Owner.JVM, 1 << 20, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "/d/a.tar.gz, gz", "/d/libacme.so, so", "/d/libc.so.6, ''", "/d.d/plain, ''", "/d/.hidden, ''",
    "/d/roll.00017, ''", "/d/x.a-b, ''", "/d/x.averyveryverylong, ''", "/d/x.v2, v2", "/d/x., ''"
  })
  void anExtensionIsAKindOfFile(String path, String extension) {
    assertThat(Usage.extension(path)).isEqualTo(extension);
  }
}
