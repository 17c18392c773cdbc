package io.mmapscope.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class PageSizeTest {

  @Test
  void isInTheAuxiliaryVector() {
    ByteBuffer auxv = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    auxv.putLong(33).putLong(0x7ffe0000).putLong(6).putLong(16384).putLong(0).putLong(0);

    assertThat(PageSize.ofAuxiliaryVector(auxv.array())).isEqualTo(16384);
    assertThat(PageSize.ofAuxiliaryVector(new byte[32])).isEqualTo(4096);
    assertThat(PageSize.ofAuxiliaryVector(new byte[3])).isEqualTo(4096);
    assertThat(Long.bitCount(PageSize.ofSystem())).isEqualTo(1);
  }

  /** The packed numbers are glibc's: {@code python3 -c 'import os; print(os.makedev(8, 17))'}. */
}
