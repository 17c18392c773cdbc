package io.mmapscope.agent.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** In this JVM agent and test share a class loader, so the call site is the first frame of another one: JUnit's runner. */
class CallSitesTest {

  private final CallSites callSites = new CallSites();

  @Test
  void numbersTheSamePlaceOnce() {
    int first = callSites.number("com.acme.Db", "open", "Db.java", 12);
    assertThat(callSites.number("com.acme.Db", "open", "Db.java", 12)).isEqualTo(first);
    assertThat(callSites.number("com.acme.Db", "open", "Db.java", 13)).isNotEqualTo(first);
    assertThat(callSites.byNumber(first)).isEqualTo(new CallSite(first, "com.acme.Db", "open", "Db.java", 12));
    assertThat(callSites.byNumber(first).functionName()).isEqualTo("com.acme.Db.open");
    assertThat(callSites.byNumber(0)).isSameAs(CallSite.UNKNOWN);
  }

  /** Code of an agent that has left may name them: they must not be taken for places of this one. */
  @Test
  void numbersOfTheAgentBeforeAreOfNoPlace() {
    int old = callSites.number("com.acme.Db", "open", "Db.java", 12);
    int last = callSites.close();
    CallSites next = new CallSites(last);
    int number = next.number("com.acme.Other", "open", "Other.java", 1);
    assertThat(number).isGreaterThan(old);
    assertThat(next.byNumber(old)).isSameAs(CallSite.UNKNOWN);
    assertThat(next.byNumber(number)).isEqualTo(new CallSite(1, "com.acme.Other", "open", "Other.java", 1));
    assertThat(next.numberOf(next.byNumber(number))).isEqualTo(number);
    assertThat(next.numberOf(CallSite.UNKNOWN)).isZero();
  }

  @Test
  void findsAndNumbersNothingWhenClosed() {
    callSites.close();
    assertThat(callSites.number("com.acme.Db", "open", "Db.java", 12)).isZero();
    assertThat(callSites.current(0)).isSameAs(CallSite.UNKNOWN);
  }

  @Test
  void seesNoApplicationOnAThreadOfTheJdk() throws Exception {
    CallSite[] seen = new CallSite[1];
    Supplier<CallSite> look = () -> callSites.current(0);
    Thread thread = new Thread(() -> seen[0] = look.get());
    thread.start();
    thread.join();
    assertThat(seen[0]).isSameAs(CallSite.UNKNOWN);
    assertThat(callSites.stack(16).frames()).isEmpty();
  }
}
