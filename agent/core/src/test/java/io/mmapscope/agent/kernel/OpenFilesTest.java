package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {

  @TempDir private Path directory;

  private Path limits(String soft) throws Exception {
    return Files.writeString(
        directory.resolve("limits"),
        "Limit                     Soft Limit           Hard Limit           Units     \n"
            + "Max processes             7                    7                    processes \n"
            + "Max open files            " + soft + "                 4096                 files     \n");
  }

  @Test
  void theAgentTakesNoMoreThanItsShare() throws Exception {
    Path limits = limits("1024");
    assertThatCode(() -> OpenFiles.checkRoomFor(128, limits)).doesNotThrowAnyException();
    assertThatThrownBy(() -> OpenFiles.checkRoomFor(129, limits))
        .isInstanceOf(IOException.class)
        .hasMessage("perf events would take 129 of 1024 descriptors, raise the limit of open files");
  }

  @Test
  void whereThereIsNoLimitOrNoneIsKnownAnythingGoes() throws Exception {
    Path unlimited = limits("unlimited");
    assertThatCode(() -> OpenFiles.checkRoomFor(1 << 30, unlimited)).doesNotThrowAnyException();
    assertThatCode(() -> OpenFiles.checkRoomFor(1 << 30, directory.resolve("none"))).doesNotThrowAnyException();
    assertThatCode(() -> OpenFiles.checkRoomFor(1)).doesNotThrowAnyException(); // this process's own
  }
}
