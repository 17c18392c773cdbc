package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.Seeds;
import io.mmapscope.agent.model.FileIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapsFileTest {

  private static final String GOOD =
      """
      7f5e10000000-7f5e10021000 r-xp 0001f000 fd:01 1234567                    /usr/lib/libacme.so
      7f5e10021000-7f5e10022000 rw-p 00000000 00:00 0\u0020
      7f5e10022000-7f5e10023000 rw-s 00000000 103:0a 42                        /data/a b\\012c ü.dat (deleted)
      7f5e10023000-7f5e10024000 rw-s 00005000 00:01 77                         /dev/zero (deleted)
      7ffe5a1c2000-7ffe5a1e3000 rw-p 00000000 00:00 0                          [stack]
      7ffe5a1e3000-7ffe5a1e4000 rw-s 00000000 00:0e 1057                       anon_inode:bpf-map
      ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
      """;

  @Test
  void readsWhatTheKernelWrites() {
    MapsFile.Listing listing = parse(GOOD);

    FileIdentity library = new FileIdentity(0xfd, 1, 1234567);
    FileIdentity data = new FileIdentity(0x103, 0xa, 42);
    assertThat(listing.skipped()).isZero();
    assertThat(listing.firstSkipped()).isNull();
    assertThat(listing.lines())
        .startsWith(
            new MapsLine(
                0x7f5e10000000L, 0x7f5e10021000L, "r-xp", 0x1f000, library, "/usr/lib/libacme.so", false),
            new MapsLine(0x7f5e10021000L, 0x7f5e10022000L, "rw-p", 0, null, "", false),
            new MapsLine(0x7f5e10022000L, 0x7f5e10023000L, "rw-s", 0, data, "/data/a b\nc ü.dat", true),
            new MapsLine(0x7f5e10023000L, 0x7f5e10024000L, "rw-s", 0, null, "/dev/zero", true),
            new MapsLine(0x7ffe5a1c2000L, 0x7ffe5a1e3000L, "rw-p", 0, null, "[stack]", false))
        .hasSize(7);
    assertThat(listing.lines()).extracting(MapsLine::path)
        .containsExactly("/usr/lib/libacme.so", null, "/data/a b\nc ü.dat", null, null, null, null);
    assertThat(listing.lines()).extracting(MapsLine::executable)
        .containsExactly(true, false, false, false, false, false, true);
    assertThat(listing.lines().get(5).file()).isEqualTo(new FileIdentity(0, 0xe, 1057));
    assertThat(listing.lines().get(6).start()).isNegative();
  }

  @Test
  void aLineWithoutItsNewlineIsALine() {
    assertThat(parse(GOOD.substring(0, GOOD.indexOf('\n'))).lines()).hasSize(1);
    assertThat(parse("").lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "7f5e10000000",
        "7f5e10000000-",
        "7f5e10000000-7f5e10021000",
        "7f5e10021000-7f5e10000000 r-xp 00000000 fd:01 12 /x",
        "7f5e10000000-7f5e10021000 rzxp 00000000 fd:01 12 /x",
        "7f5e10000000-7f5e10021000 r-xq 00000000 fd:01 12 /x",
        "7f5e10000000-7f5e10021000 r-xp",
        "7f5e10000000-7f5e10021000 r-xp g fd:01 12 /x",
        "7f5e10000000-7f5e10021000 r-xp 00000000 fd01 12 /x",
        "7f5e10000000-7f5e10021000 r-xp 00000000 fd: 12 /x",
        "7f5e10000000-7f5e10021000 r-xp 00000000 fd:01 zz /x",
        "7f5e10000000-7f5e10021000 r-xp 00000000 fd:01 12/x",
        "00000007f5e10000000-7f5e10021000 r-xp 00000000 fd:01 12 /x"
      })
  void aCorruptLineIsSkippedAndCounted(String corrupt) {
    MapsFile.Listing listing = parse(GOOD + corrupt + "\n" + GOOD);

    assertThat(listing.skipped()).isEqualTo(1);
    assertThat(listing.firstSkipped()).isEqualTo(corrupt);
    assertThat(listing.lines()).hasSize(14);
  }

  /** Whatever happens to some lines, the others are read as they were. */
  @Test
  void corruptLinesLoseNothingElse() {
    Seeds.each(2000, MapsFileTest::corruptSome);
  }

  private static void corruptSome(Random random) {
    List<MapsLine> good = parse(GOOD).lines();
    String[] texts = GOOD.split("\n");
    List<MapsLine> expected = new ArrayList<>();
    StringBuilder file = new StringBuilder();
    int damaged = 0;
    for (int i = 0; i < 30; i++) {
      int which = random.nextInt(texts.length);
      if (random.nextInt(3) == 0) {
        file.append(damage(texts[which], random)).append('\n');
        damaged++;
      } else {
        file.append(texts[which]).append('\n');
        expected.add(good.get(which));
      }
    }

    MapsFile.Listing listing = parse(file.toString());

    assertThat(listing.lines()).containsSubsequence(expected);
    assertThat(listing.lines().size() + listing.skipped()).isLessThanOrEqualTo(expected.size() + damaged);
  }

  @Test
  void anyBytesAreRead() {
    Seeds.each(2000, random -> readAny(bytes(random)));
  }

  private static void readAny(byte[] bytes) {
    MapsFile.Listing listing = MapsFile.parse(bytes);

    long newlines = new String(bytes, StandardCharsets.ISO_8859_1).chars().filter(c -> c == '\n').count();
    assertThat(listing.lines().size() + listing.skipped()).isLessThanOrEqualTo((int) newlines + 1);
  }

  /** Any bytes, or only such as the list has. */
  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) GOOD.charAt((bytes[i] & 0xff) % GOOD.length());
      }
    }
    return bytes;
  }

  @Test
  void aListOfManyLines() {
    StringBuilder file = new StringBuilder();
    for (int i = 0; i < 65_530; i++) {
      long start = 0x7f0000000000L + i * 8192L;
      file.append("%x-%x r--s 00000000 08:01 %d  /var/lib/store/%d.idx%n".formatted(start, start + 4096, i + 1, i));
    }

    MapsFile.Listing listing = parse(file.toString());

    assertThat(listing.skipped()).isZero();
    assertThat(listing.lines()).hasSize(65_530);
    assertThat(listing.lines().get(65_529).path()).isEqualTo("/var/lib/store/65529.idx");
  }

  private static String damage(String line, Random random) {
    int at = random.nextInt(line.length());
    return switch (random.nextInt(3)) {
      case 0 -> line.substring(0, at);
      case 1 -> line.substring(at);
      default -> line.substring(0, at) + (char) (' ' + random.nextInt(90)) + line.substring(at + 1);
    };
  }

  private static MapsFile.Listing parse(String text) {
    return MapsFile.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
