package io.mmapscope.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import org.junit.jupiter.api.Test;

class CallSiteTagsTest {

  private static CallSite site(int id, String method) {
    return new CallSite(id, "com.acme.Store", method, "Store.java", id);
  }

  @Test
  void theFirstFunctionsKeepTheirNamesAndTheRestIsOther() {
    CallSiteTags tags = new CallSiteTags(2);
    assertThat(tags.of(site(1, "a"))).isEqualTo("com.acme.Store.a");
    assertThat(tags.of(site(2, "b"))).isEqualTo("com.acme.Store.b");
    assertThat(tags.of(site(3, "c"))).isEqualTo("other");
    assertThat(tags.of(site(4, "a"))).isEqualTo("com.acme.Store.a");
    assertThat(tags.of(CallSite.UNKNOWN)).isEqualTo("unknown");
  }

  @Test
  void withNoneAllowedAllAreOther() {
    CallSiteTags tags = new CallSiteTags(0);
    assertThat(tags.of(site(1, "a"))).isEqualTo("other");
    assertThat(tags.of(CallSite.UNKNOWN)).isEqualTo("unknown");
  }
}
