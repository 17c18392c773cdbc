package io.mmapscope.exporter.spans;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.exporter.Samples;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyscallTextTest {

  private static KernelCall call(String name, String args, long result) {
    Syscall syscall =
        Arrays.stream(Syscall.values()).filter(each -> each.callName().equals(name)).findFirst().orElseThrow();
    long[] registers = Arrays.stream(args.split(" ")).mapToLong(Long::decode).toArray();
    return Samples.call(syscall, result, registers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mmap; 0 65536 1 1 3 0; addr=NULL, length=65536, prot=PROT_READ, flags=MAP_SHARED, fd=3, offset=0",
        "mmap; 0x7f0000001000 4096 3 0x32 -1 0; addr=0x7f0000001000, length=4096, prot=PROT_READ|PROT_WRITE,"
            + " flags=MAP_PRIVATE|MAP_FIXED|MAP_ANONYMOUS, fd=-1, offset=0",
        "mmap; 0 4096 0 0x4022 4294967295 0; addr=NULL, length=4096, prot=PROT_NONE,"
            + " flags=MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE, fd=-1, offset=0",
        "mmap; 0x10000 4096 7 0x100022 -1 0; addr=0x10000, length=4096, prot=PROT_READ|PROT_WRITE|PROT_EXEC,"
            + " flags=MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, fd=-1, offset=0",
        "mmap; 0 2097152 3 0x54040022 -1 0; addr=NULL, length=2097152, prot=PROT_READ|PROT_WRITE,"
            + " flags=MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, fd=-1, offset=0",
        "mmap; 0 4096 3 0x80003 5 0x2000; addr=NULL, length=4096, prot=PROT_READ|PROT_WRITE,"
            + " flags=MAP_SHARED_VALIDATE|MAP_SYNC, fd=5, offset=0x2000",
        "mmap; 0 4096 0x41 0x1000002 5 0; addr=NULL, length=4096, prot=PROT_READ|0x40,"
            + " flags=MAP_PRIVATE|0x1000000, fd=5, offset=0",
        "mmap; 0 4096 1 0 5 0; addr=NULL, length=4096, prot=PROT_READ, flags=MAP_FILE, fd=5, offset=0",
        "munmap; 0x7f0000001000 8192; addr=0x7f0000001000, length=8192",
        "munmap; 0x1000 -1; addr=0x1000, length=18446744073709551615",
        "mremap; 0x1000 4096 8192 1 0x77; old_address=0x1000, old_size=4096, new_size=8192, flags=MREMAP_MAYMOVE",
        "mremap; 0x1000 4096 8192 3 0x5000; old_address=0x1000, old_size=4096, new_size=8192,"
            + " flags=MREMAP_MAYMOVE|MREMAP_FIXED, new_address=0x5000",
        "mremap; 0x1000 4096 4096 5 0; old_address=0x1000, old_size=4096, new_size=4096,"
            + " flags=MREMAP_MAYMOVE|MREMAP_DONTUNMAP, new_address=NULL",
        "mremap; 0x1000 4096 8192 0; old_address=0x1000, old_size=4096, new_size=8192, flags=0",
        "mprotect; 0x1000 4096 0x1000001; addr=0x1000, length=4096, prot=PROT_READ|PROT_GROWSDOWN",
        "msync; 0x1000 4096 6; addr=0x1000, length=4096, flags=MS_INVALIDATE|MS_SYNC",
        "msync; 0x1000 4096 17; addr=0x1000, length=4096, flags=MS_ASYNC|0x10",
        "madvise; 0x1000 4096 4; addr=0x1000, length=4096, advice=MADV_DONTNEED",
        "madvise; 0x1000 4096 0; addr=0x1000, length=4096, advice=MADV_NORMAL",
        "madvise; 0x1000 4096 23; addr=0x1000, length=4096, advice=MADV_POPULATE_WRITE",
        "madvise; 0x1000 4096 25; addr=0x1000, length=4096, advice=MADV_COLLAPSE",
        "madvise; 0x1000 4096 100; addr=0x1000, length=4096, advice=MADV_HWPOISON",
        "madvise; 0x1000 4096 6; addr=0x1000, length=4096, advice=0x6",
        "madvise; 0x1000 4096 99; addr=0x1000, length=4096, advice=0x63",
        "remap_file_pages; 0x1000 4096 0 3 0; addr=0x1000, size=4096, prot=PROT_NONE, pgoff=3, flags=0",
        "remap_file_pages; 0 0 1 -1 0x10000; addr=NULL, size=0, prot=PROT_READ, pgoff=18446744073709551615,"
            + " flags=MAP_NONBLOCK",
      })
  void argumentsAreSpelledAsStraceWould(String row) {
    String[] parts = row.split("; ");
    assertThat(SyscallText.args(call(parts[0], parts[1], 0))).isEqualTo(parts[2]);
  }

  @ParameterizedTest
  @CsvSource({
    "mmap,0x7f0000001000,0x7f0000001000",
    "mremap,0x1000,0x1000",
    "munmap,0,0",
    "mmap,-12,ENOMEM",
    "msync,-4095,errno 4095",
    "mmap,-4096,0xfffffffffffff000",
    "munmap,-22,EINVAL",
    "mprotect,-13,EACCES",
  })
  void resultsAreAddressesNumbersOrErrnos(String name, String result, String text) {
    assertThat(SyscallText.result(call(name, "0", Long.decode(result)))).isEqualTo(text);
  }
}
