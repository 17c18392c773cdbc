package io.mmapscope.e2e;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** On a kernel too old for the programs: as without privileges. Run by {@code .ci/kernels}, on such a kernel only. */
@Tag("old")
class OldKernel extends E2e {

  @ParameterizedTest
  @Jdks
  void spansLackTheirKernelPart(Jdk jdk) throws Exception {
    String line =
        "mmapscope \\S+: no kernel events: Linux \\S+ is too old, needs Linux 5.13 or later"
            + " \\(java -jar mmapscope.jar doctor\\); level java: no page faults";
    DegradedIT.assertNoKernelPart(this, jvm(jdk), line);
  }
}
