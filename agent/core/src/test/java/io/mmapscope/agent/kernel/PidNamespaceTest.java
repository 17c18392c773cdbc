package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PidNamespaceTest {

  @Test
  void theKernelsDeviceNumberIsMajorAndTwentyBitsOfMinor() {
    assertThat(PidNamespace.kernelDevice(4)).isEqualTo(4);
    assertThat(PidNamespace.kernelDevice(0xfe00)).isEqualTo(0xfe00000); // 254:0
    assertThat(PidNamespace.kernelDevice(0x10002c)).isEqualTo(0x12c); // 0:300
    assertThat(PidNamespace.kernelDevice(0x80c02)).isEqualTo(0x80cL << 20 | 2); // major of twelve bits
  }
}
