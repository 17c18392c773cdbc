package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.PageSize;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On this process's own memory; the judge is {@code Rss} in {@code /proc/self/smaps}. */
class ResidencySamplerTest {

  private static final int PAGE = PageSize.ofSystem();
  private static final int CALLS = 10_000;

  @TempDir private Path directory;
  private final List<String> failures = new ArrayList<>();
  private final Ledger ledger = new Ledger(PAGE);
  private final ResidencySampler sampler =
      new ResidencySampler(ledger, PAGE, (where, failure) -> failures.add(where + ": " + failure), 1);

  @Test
  void aMappingOfUpTo32MiBIsMeasuredExactly() throws IOException {
    Path untouchedFile = file("untouched", 5);
    Path fewFile = file("few", 200);
    Path wholeFile = file("whole", 3000);
    MappedByteBuffer untouched = map(untouchedFile);
    MappedByteBuffer few = map(fewFile);
    MappedByteBuffer whole = map(wholeFile);
    few.get(3 * PAGE);
    few.get(150 * PAGE);
    for (int page = 700; page < 2900; page += 1 + page % 7) {
      whole.get(page * PAGE);
    }
    sampleAll();

    assertThat(sampler.residentBytes(mapping(untouchedFile))).isZero();
    assertThat(sampler.residentBytes(mapping(fewFile))).isPositive().isEqualTo(rss(fewFile));
    assertThat(sampler.residentBytes(mapping(wholeFile))).isPositive().isEqualTo(rss(wholeFile));
    assertThat(failures).isEmpty();
    assertThat(untouched.capacity() + few.capacity() + whole.capacity()).isPositive();
  }

  @Test
  void aLargerOneIsEstimatedWithinTheStatedError() throws IOException {
    int pages = 40_000;
    Path partFile = file("part", pages);
    Path scatteredFile = file("scattered", pages + 7);
    MappedByteBuffer part = map(partFile);
    MappedByteBuffer scattered = map(scatteredFile);
    for (int page = 5000; page < 12_000; page++) {
      part.get(page * PAGE);
    }
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      int from = random.nextInt(pages - 60);
      for (int page = from; page < from + 60; page++) {
        scattered.get(page * PAGE);
      }
    }
    sampleAll();

    double length = (double) pages * PAGE;
    assertThat((sampler.residentBytes(mapping(partFile)) - rss(partFile)) / length).isBetween(-0.012, 0.012);
    assertThat((sampler.residentBytes(mapping(scatteredFile)) - rss(scatteredFile)) / length).isBetween(-0.1, 0.1);
    assertThat(rss(scatteredFile)).isPositive();
    assertThat(part.capacity() + scattered.capacity()).isPositive();
  }

  @Test
  void whatIsPagedInLaterCountsInALaterPass() throws IOException {
    Path path = file("later", 100);
    MappedByteBuffer buffer = map(path);
    sampleAll();
    assertThat(sampler.residentBytes(mapping(path))).isZero();

    buffer.get(50 * PAGE);
    ResidencySampler next = new ResidencySampler(ledger, PAGE, (where, failure) -> failures.add(where));
    for (int i = 0; i < CALLS && next.residentBytes(mapping(path)) < 0; i++) {
      next.sampleSome();
    }
    assertThat(next.residentBytes(mapping(path))).isPositive().isEqualTo(rss(path));
  }

  @Test
  void anotherMappingInItsPlaceAndTheAgentsOwnHaveNoSize() throws IOException {
    Path path = file("replaced", 10);
    MappedByteBuffer buffer = map(path);
    MapsLine line = line(path);
    ledger.apply(
        Calls.mmapFixed(1, 2, line.start(), 10L * PAGE, line.file(), 0), creator(Owner.APPLICATION, 1), path.toString());
    Mapping first = ledger.at(line.start(), 3);
    assertThat(sampler.residentBytes(first)).isEqualTo(-1);
    sampleAll(false);
    assertThat(sampler.residentBytes(first)).isZero();

    ledger.apply(
        Calls.mmapFixed(5, 6, line.start(), 10L * PAGE, line.file(), 0), creator(Owner.AGENT, 5), path.toString());
    Mapping agents = ledger.at(line.start(), 7);
    assertThat(sampler.residentBytes(agents)).isEqualTo(-1);
    for (int i = 0; i < 3; i++) {
      sampler.sampleSome();
    }
    assertThat(sampler.residentBytes(agents)).isEqualTo(-1);
    assertThat(buffer.capacity()).isPositive();
  }

  @Test
  void sizesAreKeptByAddressAndMaker() {
    ResidentSizes sizes = new ResidentSizes(0);
    for (int i = 0; i < 1000; i++) {
      sizes.add(new Mapping(i * 100L, i * 100L + 50, 0, null, null, creator(Owner.JVM, i)), i);
    }
    assertThat(sizes.of(new Mapping(77_700, 77_750, 0, null, null, creator(Owner.NATIVE, 777)))).isEqualTo(777);
    assertThat(sizes.of(new Mapping(77_700, 77_740, 0, null, null, creator(Owner.JVM, 777)))).isEqualTo(-1);
    assertThat(sizes.of(new Mapping(77_700, 77_750, 0, null, null, creator(Owner.JVM, 778)))).isEqualTo(-1);
    assertThat(sizes.of(new Mapping(77_710, 77_750, 0, null, null, creator(Owner.JVM, 777)))).isEqualTo(-1);
    assertThat(sizes.count()).isEqualTo(1000);
  }

  private void sampleAll() throws IOException {
    sampleAll(true);
  }

  /** One pass. */
  private void sampleAll(boolean seed) throws IOException {
    if (seed) {
      ledger.seed(MapsFile.read(MapsFile.SELF).lines());
    }
    Mapping last = null;
    for (Mapping mapping : ledger.mappings()) {
      last = mapping.creator().owner() == Owner.AGENT ? last : mapping;
    }
    for (int i = 0; i < CALLS && sampler.residentBytes(last) < 0; i++) {
      sampler.sampleSome();
    }
    assertThat(sampler.residentBytes(last)).isNotNegative();
  }

  private Path file(String name, int pages) throws IOException {
    Path path = directory.toRealPath().resolve(name);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength((long) pages * PAGE);
    }
    return path;
  }

  private static MappedByteBuffer map(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private Mapping mapping(Path path) {
    return ledger.mappings().stream().filter(each -> path.toString().equals(each.path())).findFirst().orElseThrow();
  }

  private static MapsLine line(Path path) throws IOException {
    return MapsFile.read(MapsFile.SELF).lines().stream()
        .filter(each -> each.name().equals(path.toString()))
        .findFirst()
        .orElseThrow();
  }

  private static long rss(Path path) throws IOException {
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      inside = line.matches("\\p{XDigit}+-\\p{XDigit}+ .*") ? line.endsWith(" " + path) : inside;
      if (inside && line.startsWith("Rss:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IllegalStateException(path + " is not mapped");
  }

  private static Mapping.Creator creator(Owner owner, long nanos) {
    return new Mapping.Creator(owner, CallSite.UNKNOWN, -1, null, null, nanos);
  }
}
