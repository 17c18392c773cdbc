package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much is mapped from one call site, of one kind of file, by one owner.
 *
 * @param callSite creator's call site, or {@link CallSite#UNKNOWN}
 * @param fileExtension what follows the last dot of the file's name; empty where there is no file or nothing that
 *     looks like a kind of file
 * @param owner whose doing
 * @param bytes mapped address space
 * @param mappings how many mappings, or pieces of them
 */
public record Usage(CallSite callSite, String fileExtension, Owner owner, long bytes, long mappings) {

  private static final int MAX_EXTENSION = 10;

  private record Key(CallSite callSite, String fileExtension, Owner owner) {}

  /** Sums mappings up. */
  public static Collection<Usage> of(Collection<Mapping> mappings) {
    Map<Key, long[]> sums = new HashMap<>();
    Map<String, String> extensions = new HashMap<>();
    for (Mapping mapping : mappings) {
      String extension = mapping.path() == null ? "" : extensions.computeIfAbsent(mapping.path(), Usage::extension);
      Key key = new Key(mapping.creator().callSite(), extension, mapping.creator().owner());
      long[] sum = sums.computeIfAbsent(key, k -> new long[2]);
      sum[0] += mapping.lengthBytes();
      sum[1]++;
    }
    List<Usage> result = new ArrayList<>(sums.size());
    sums.forEach((key, sum) -> result.add(new Usage(key.callSite, key.fileExtension, key.owner, sum[0], sum[1])));
    return result;
  }

  /** A metric's tag: no numbers of rolling files, no random names. */
  static String extension(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    String extension = dot <= 0 ? "" : name.substring(dot + 1);
    boolean letters = extension.chars().anyMatch(Character::isLetter);
    boolean plain = extension.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c));
    return letters && plain && extension.length() <= MAX_EXTENSION ? extension : "";
  }
}
