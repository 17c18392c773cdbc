package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a JVM has of each kind that an agent could leave there: descriptors, threads, mappings with a name, classes and
 * class loaders.
 *
 * @param kinds how many of each, numbers in their names left out
 * @param unnamed mappings without a name: the C library's heaps, for the most part
 */
record Leftovers(Map<String, Integer> kinds, int unnamed) {

  /** Those of the JVM's that come and go as it sees fit. */
  private static final Pattern VM_THREAD = Pattern.compile("(C[12] Compil|GC Thread|G1 |Attach Listen|jcmd).*");

  /** The launcher stays: the JVM has put it on the class path. */
  private static final Pattern AGENTS =
      Pattern.compile(
          "(descriptor|mapping) .*(bpf|perf_event|jnidispatch).*|thread (mmapscope|JNA|HTTP-).*"
              + "|class loader .*IsolatedLoader|class io\\.mmapscope\\.(?!launcher\\.|e2e\\.).*");

  private static final Pattern NUMBERS = Pattern.compile("\\b(0x[0-9a-f]+|[0-9]+)\\b");

  /** Loaded, or made for reflection and method handles, when they are first needed. */
  private static final String JDK_CLASS = "JDK's class";

  private static final Pattern OF_THE_JDK = Pattern.compile("(java|javax|jdk|sun|com\\.sun)\\.(?!lang\\.Mmapscope).*");

  /** The JDK makes one for each kind of call by a method handle that has become frequent; they are as many as that. */
  private static final Pattern FORM = Pattern.compile(".* java\\.lang\\.invoke\\.LambdaForm\\$.*");

  private static final int MOST_FORMS = 50;

  /** Given other code and back: the JVM keeps an old version for as long as compiled code of its methods is there. */
  private static final Pattern WOVEN =
      Pattern.compile(
          "(sun\\.nio\\.ch\\.(FileChannelImpl|UnixFileDispatcherImpl)|java\\.nio\\.Mapped|sun\\.misc\\.Unsafe).*");

  private static final long GRANULE = 64 << 10;

  /** Those of now, when all that nobody refers to is gone. */
  static Leftovers of(LiveJvm jvm) throws Exception {
    jcmd(jvm, "GC.run");
    Thread.sleep(200);
    jcmd(jvm, "GC.run");
    Leftovers found = new Leftovers(new TreeMap<>(), 0);
    found.addDescriptors(jvm);
    found.addThreads(jvm);
    found.addClasses(jvm);
    return found.withMappings(jvm);
  }

  private void add(String subject, String name) {
    kinds.merge(subject + ' ' + NUMBERS.matcher(name).replaceAll("#"), 1, Integer::sum);
  }

  private void addDescriptors(LiveJvm jvm) throws IOException {
    try (DirectoryStream<Path> links = Files.newDirectoryStream(jvm.proc("fd"))) {
      for (Path link : links) {
        add("descriptor", Files.readSymbolicLink(link).toString());
      }
    }
  }

  private void addThreads(LiveJvm jvm) throws IOException {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(jvm.proc("task"))) {
      for (Path task : tasks) {
        String name = Files.readString(task.resolve("comm")).strip();
        if (!VM_THREAD.matcher(name).matches()) {
          add("thread", name);
        }
      }
    }
  }

  /** Lines as {@code |--NAME/LOADER}. */
  private void addClasses(LiveJvm jvm) throws Exception {
    for (String line : jcmd(jvm, "VM.class_hierarchy").lines().skip(1).toList()) {
      String name = line.replaceFirst("^[| -]+", "");
      if (!WOVEN.matcher(name).matches()) {
        add(OF_THE_JDK.matcher(name).matches() ? JDK_CLASS : "class", name);
      }
    }
    for (String line : jcmd(jvm, "VM.classloader_stats").lines().toList()) {
      String type = line.substring(line.lastIndexOf(' ') + 1);
      if (line.startsWith("0x") && !type.endsWith("DelegatingClassLoader")) {
        add("class loader", type);
      }
    }
  }

  /** But for the program's own files and, by their alignment, the parts of the memory of classes. */
  private Leftovers withMappings(LiveJvm jvm) throws IOException {
    int others = 0;
    for (String line : Files.readAllLines(jvm.proc("maps"))) {
      String[] words = line.split("\\s+", 6);
      if (words.length == 6 && !words[5].isEmpty()) {
        if (!words[5].contains("/busy")) {
          add("mapping", words[5]);
        }
      } else if (!words[1].startsWith("---") && !aligned(words[0])) {
        others++;
      }
    }
    return new Leftovers(kinds, others);
  }

  private static boolean aligned(String range) {
    String[] ends = range.split("-");
    return Long.parseUnsignedLong(ends[0], 16) % GRANULE == 0 && Long.parseUnsignedLong(ends[1], 16) % GRANULE == 0;
  }

  /**
   * What there is more of than there was. Of the JDK's classes only what is as many more as there were attaches, one left
   * behind by each; with few attaches more than that of {@link #FORM}.
   */
  Map<String, Integer> moreThan(Leftovers before, int attaches) {
    Map<String, Integer> more = new TreeMap<>();
    kinds.forEach(
        (kind, count) -> {
          int added = count - before.kinds.getOrDefault(kind, 0);
          if (added >= least(kind, attaches)) {
            more.put(kind, added);
          }
        });
    return more;
  }

  private static int least(String kind, int attaches) {
    int ofTheJdk = FORM.matcher(kind).matches() ? Math.max(attaches, MOST_FORMS) : attaches;
    return kind.startsWith(JDK_CLASS) ? ofTheJdk : 1;
  }

  /** What is certainly the agent's. */
  Map<String, Integer> ofTheAgent() {
    Map<String, Integer> its = new TreeMap<>(kinds);
    its.keySet().removeIf(kind -> !AGENTS.matcher(kind).matches());
    return its;
  }

  /** Of the JDK that runs this test: the protocol is the same for all, and not every runtime has the command. */
  private static String jcmd(LiveJvm jvm, String request) throws Exception {
    Path jcmd = Jdk.current().home().resolve("bin/jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), String.valueOf(jvm.pid()), request).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
