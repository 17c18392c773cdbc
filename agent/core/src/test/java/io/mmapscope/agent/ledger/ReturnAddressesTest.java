package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnAddressesTest {

  private static boolean endsInCall(ReturnAddresses processor, String code) {
    byte[] bytes = HexFormat.of().parseHex(code);
    return processor.endsInCall(bytes, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e811223344", "ffd0", "41ffd3", "ff10", "ff5008", "ff1424", "ff542408", "ff9011223344", "ff1511223344",
        "ff942411223344", "ff142511223344", "9090909090ffd2"
      })
  void knowsTheCallsOfX86(String code) {
    assertThat(endsInCall(ReturnAddresses.X86_64, code)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"e91122334455", "ffe0", "ff25112233", "90909090909090", "c3", "ff35112233", "ffd090", "ff"})
  void takesNothingElseForACallOfX86(String code) {
    assertThat(endsInCall(ReturnAddresses.X86_64, code)).isFalse();
  }

  /** bl, bl backward, blr x0, blr x30, blraaz x8, blraa x8 x9, blrab x1 sp; as GNU as makes them. */
  @ParameterizedTest
  @ValueSource(
      strings = {"00000094", "ffffff97", "00003fd6", "c0033fd6", "1f093fd6", "09093fd7", "3f0c3fd7", "1f2003d500003fd6"})
  void knowsTheCallsOfAarch64(String code) {
    assertThat(endsInCall(ReturnAddresses.AARCH64, code)).isTrue();
  }

  /** b, br x0, ret, svc, nop, cbz, braa x8 x9, and less than an instruction. */
  @ParameterizedTest
  @ValueSource(
      strings = {"00000014", "00001fd6", "c0035fd6", "010000d4", "1f2003d5", "000000b4", "09091fd7", "000094"})
  void takesNothingElseForACallOfAarch64(String code) {
    assertThat(endsInCall(ReturnAddresses.AARCH64, code)).isFalse();
  }
}
