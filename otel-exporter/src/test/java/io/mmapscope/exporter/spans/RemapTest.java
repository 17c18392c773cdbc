package io.mmapscope.exporter.spans;

import static io.mmapscope.agent.model.KernelCall.FLAG_AFTER_NONE;
import static io.mmapscope.agent.model.KernelCall.FLAG_BEFORE;
import static io.mmapscope.agent.model.KernelCall.FLAG_BEFORE_NONE;
import static io.mmapscope.agent.model.KernelCall.FLAG_FILE;
import static io.mmapscope.agent.model.KernelCall.FLAG_UNCHECKED;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.PageSize;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.exporter.Samples;
import org.junit.jupiter.api.Test;

class RemapTest {

  private static final FileIdentity ONE = new FileIdentity(8, 1, 1);
  private static final FileIdentity OTHER = new FileIdentity(8, 1, 2);
  private static final long PAGE = PageSize.ofSystem();

  private static Remap remap(int flags, FileIdentity file, long size, FileIdentity before, long bytes, long pgoff) {
    return Remap.of(
        Samples.call(
            Syscall.REMAP_FILE_PAGES, 0, flags, file, size, before, before == null ? -1 : size, 0x1000, bytes, 0,
            pgoff, 0));
  }

  private static String change(int flags, FileIdentity file, FileIdentity before) {
    return remap(flags, file, file == null ? -1 : 100 * PAGE, before, PAGE, 3).change();
  }

  @Test
  void nothingIsSaidWhereNothingChanged() {
    assertThat(change(FLAG_BEFORE | FLAG_FILE, ONE, ONE)).isNull();
    assertThat(change(FLAG_BEFORE_NONE | FLAG_AFTER_NONE, null, null)).isNull();
  }

  @Test
  void whatChangedBetweenEntryAndExitIsNamed() {
    assertThat(change(FLAG_BEFORE | FLAG_AFTER_NONE, null, ONE)).isEqualTo("range_gone");
    assertThat(change(FLAG_BEFORE | FLAG_FILE, OTHER, ONE)).isEqualTo("other_mapping");
    assertThat(change(FLAG_BEFORE, null, ONE)).isEqualTo("other_mapping");
    assertThat(change(FLAG_BEFORE_NONE | FLAG_FILE, ONE, null)).isEqualTo("other_mapping");
    assertThat(change(FLAG_UNCHECKED, null, null)).isEqualTo("unchecked");
    assertThat(change(FLAG_UNCHECKED | FLAG_FILE, ONE, null)).isEqualTo("unchecked");
  }

  @Test
  void aFileThatEndsBeforeTheRangeIsShortByWholePages() {
    int both = FLAG_BEFORE | FLAG_FILE;
    assertThat(remap(both, ONE, 4 * PAGE, ONE, 2 * PAGE, 2).change()).isNull();
    assertThat(remap(both, ONE, 3 * PAGE + 1, ONE, 2 * PAGE, 2).change()).isNull();
    assertThat(remap(both, ONE, 3 * PAGE, ONE, 2 * PAGE, 2).change()).isEqualTo("file_short");
    assertThat(remap(both, OTHER, 3 * PAGE, ONE, 2 * PAGE, 2).change()).isEqualTo("other_mapping,file_short");
  }

  @Test
  void anOffsetBeyondAnyFileIsNotMadeUp() {
    Remap remap = remap(FLAG_BEFORE | FLAG_FILE, ONE, PAGE, ONE, PAGE, Long.MAX_VALUE);
    assertThat(remap.offsetBytes()).isEqualTo(-1);
    assertThat(remap.pgoff()).isEqualTo(Long.MAX_VALUE);
    assertThat(remap.change()).isEqualTo("file_short");
  }

  @Test
  void pagesAreGivenInBytesToo() {
    assertThat(remap(0, null, -1, null, PAGE, 3).offsetBytes()).isEqualTo(3 * PAGE);
  }
}
