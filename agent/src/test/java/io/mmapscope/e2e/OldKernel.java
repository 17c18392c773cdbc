package io.mmapscope.e2e;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** On a kernel too old for the programs: as without privileges. Run by {@code .ci/kernels}, on such a kernel only. */
@Tag("old")
class OldKernel extends E2e {

  @ParameterizedTest
  @Jdks
  void spansLackTheirKernelPart(Jdk jdk) throws Exception {
    DegradedIT.assertNoKernelPart(this, jvm(jdk), "mmapscope \\d+\\.\\d+\\.\\d+: no kernel events: .*");
  }
}
