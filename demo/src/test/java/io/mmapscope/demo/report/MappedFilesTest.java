package io.mmapscope.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MappedFilesTest {

  private static final String STORE = "code_function_name=\"a.b.Store.map\",mmap_owner=\"application\"";

  private static final MappedFiles FILES =
      new MappedFiles(
          PrometheusText.parse(
              """
              mmap_mapped_size_bytes{file_extension="none",mmap_owner="jvm",code_function_name="unknown"} 3.221225472E9
              mmap_mapped_size_bytes{file_extension="so",mmap_owner="jvm",code_function_name="unknown"} 1024.0
              mmap_mapped_size_bytes{file_extension="none",mmap_owner="native",code_function_name="unknown"} 2048.0
              mmap_mapped_size_bytes{file_extension="so",mmap_owner="native",code_function_name="unknown"} 4096.0
              mmap_mapped_size_bytes{file_extension="fdt",STORE} 8192.0
              mmap_mapped_size_bytes{file_extension="tim",STORE} 4096.0
              mmap_mapped_size_bytes{file_extension="none",mmap_owner="agent",code_function_name="unknown"} 512.0
              mmap_mappings{file_extension="fdt",STORE} 1.0
              mmap_mappings{file_extension="tim",STORE} 2.0
              mmap_mappings{file_extension="so",mmap_owner="native",code_function_name="unknown"} 3.0
              mmap_mappings{file_extension="none",mmap_owner="jvm",code_function_name="unknown"} 1334.0
              mmap_limit 65530.0
              """
                  .replace("STORE", STORE)));

  @Test
  void listsFilesByCallSiteAndNotTheJvmsMemory() {
    assertThat(FILES.table().toString().lines().skip(2).map(row -> row.strip().replaceAll(" +", " ")))
        .containsExactly(
            "12.0 KiB 3 application a.b.Store.map .fdt 8.0 KiB, .tim 4.0 KiB", "4.0 KiB 3 native - .so 4.0 KiB");
  }

  @Test
  void sumsUpTheRest() {
    assertThat(FILES.besides())
        .contains("3.0 GiB of the JVM itself")
        .contains("2.0 KiB of other memory")
        .contains("512 B of the agent");
  }

  @Test
  void comparesTheKernelsCountWithTheLimit() {
    assertThat(FILES.againstLimit(655))
        .contains("655 in the kernel, 1.00 % of the 65,530")
        .contains("1,340 by who made them");
  }
}
