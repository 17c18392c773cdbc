package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.PageSize;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger and the path resolver on this very process. */
class LedgerOnThisJvmTest {

  private static final int LENGTH = 300_000;

  @TempDir Path directory;

  @Test
  void seededFromTheKernelsListTheLedgerAgreesWithIt() throws IOException {
    Ledger ledger = new Ledger(PageSize.ofSystem());
    MapsFile.Listing listing = MapsFile.read(MapsFile.SELF);
    ledger.seed(listing.lines());

    assertThat(listing.skipped()).as("%s", listing.firstSkipped()).isZero();
    assertThat(ledger.compare(MapsFile.read(MapsFile.SELF).lines())).isEmpty();
    assertThat(ledger.mappings())
        .filteredOn(mapping -> mapping.path() != null && mapping.path().endsWith("/libjvm.so"))
        .isNotEmpty()
        .allMatch(mapping -> mapping.creator().owner() == io.mmapscope.agent.model.Owner.JVM);
  }

  @Test
  void aNewMappingIsTheOnlyDifference() throws IOException {
    Path file = Files.write(directory.resolve("a new\nfile.dat"), new byte[LENGTH]);
    Ledger ledger = new Ledger(PageSize.ofSystem());
    ledger.seed(MapsFile.read(MapsFile.SELF).lines());

    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, LENGTH);
      List<Difference> differences = ledger.compare(MapsFile.read(MapsFile.SELF).lines());

      assertThat(differences).hasSize(1);
      Mapping found = differences.get(0).actual();
      assertThat(differences.get(0).recorded()).isNull();
      assertThat(found.path()).isEqualTo(file.toRealPath().toString());
      assertThat(found.file()).isEqualTo(PathResolver.identity(file));
      assertThat(found.lengthBytes()).isEqualTo((LENGTH + 4095) / 4096 * 4096);

      assertThat(reconcile(ledger).added()).isPositive();
      assertThat(ledger.compare(MapsFile.read(MapsFile.SELF).lines())).isEmpty();
      assertThat(buffer.get(LENGTH - 1)).isZero(); // keeps it mapped until here
    }
  }

  @Test
  void aMappingsPathIsFoundByEachOfItsWays() throws IOException {
    Path file = Files.write(directory.resolve("segment.bin"), new byte[LENGTH]);
    FileIdentity identity = PathResolver.identity(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, LENGTH);
      MapsLine line = lineOf(identity);
      int descriptor = descriptorOf(identity);
      String path = file.toRealPath().toString();

      assertThat(new PathResolver().resolve(identity, line.start(), line.end(), -1)).isEqualTo(path);
      assertThat(new PathResolver().resolve(identity, 0, 4096, descriptor)).isEqualTo(path);
      assertThat(new PathResolver().resolve(identity, line.start(), line.start() + 1, -1)).isEqualTo(path);
      assertThat(new PathResolver().resolve(identity, 0, 4096, -1)).isNull();

      FileIdentity other = new FileIdentity(identity.deviceMajor(), identity.deviceMinor(), identity.inode() + 1);
      assertThat(new PathResolver().resolve(other, line.start(), line.end(), descriptor)).isNull();
      assertThat(buffer.get(0)).isZero();
    }
  }

  @Test
  void aDeletedFileKeepsItsLastPathAndARenamedOneGetsItsNew() throws IOException {
    Path file = Files.write(directory.resolve("segment.bin"), new byte[LENGTH]);
    FileIdentity identity = PathResolver.identity(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, LENGTH);
      MapsLine line = lineOf(identity);
      PathResolver resolver = new PathResolver();
      String before = file.toRealPath().toString();
      assertThat(resolver.resolve(identity, line.start(), line.end(), -1)).isEqualTo(before);

      Path renamed = Files.move(file, directory.resolve("other.bin"));
      Files.write(file, new byte[1]);
      assertThat(resolver.resolve(identity, line.start(), line.end(), -1))
          .isEqualTo(renamed.toRealPath().toString());

      String last = renamed.toRealPath().toString();
      Files.delete(renamed);
      assertThat(resolver.resolve(identity, 0, 4096, descriptorOf(identity))).isEqualTo(last);
      assertThat(new PathResolver().resolve(identity, line.start(), line.end(), -1)).isEqualTo(last);
      assertThat(buffer.get(0)).isZero();
    }
  }

  private static Reconciliation reconcile(Ledger ledger) throws IOException {
    long before = System.nanoTime();
    List<MapsLine> lines = MapsFile.read(MapsFile.SELF).lines();
    return ledger.reconcile(lines, before, System.nanoTime());
  }

  private static MapsLine lineOf(FileIdentity identity) throws IOException {
    return MapsFile.read(MapsFile.SELF).lines().stream()
        .filter(line -> identity.equals(line.file()))
        .findFirst()
        .orElseThrow();
  }

  private static int descriptorOf(FileIdentity identity) throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(link -> identity.equals(PathResolver.identity(link)))
          .mapToInt(link -> Integer.parseInt(link.getFileName().toString()))
          .findFirst()
          .orElseThrow();
    }
  }
}
