package io.mmapscope.agent.context;

import io.mmapscope.agent.model.CallSite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Finds and interns the application's call sites: the first frame of the current stack whose class is neither the JDK's
 * nor the agent's. Safe for any thread. Keeps no application class alive.
 *
 * <p>Numbers stand in the code of woven classes. A class may keep that of an agent that has left, so the numbers of one
 * agent begin where those of the one before ended, and a number from before is of no known place.
 */
public final class CallSites {

  private record Place(String method, String descriptor, int bytecodeIndex) {}

  private record Source(String className, String method, String file, int line) {}

  private final StackWalker walker = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private final ClassLoader own = CallSites.class.getClassLoader();
  private final ClassLoader platform = ClassLoader.getPlatformClassLoader();
  private final ClassValue<Map<Place, CallSite>> known =
      new ClassValue<>() {
        @Override
        protected Map<Place, CallSite> computeValue(Class<?> type) {
          return placesOf(type);
        }
      };
  private final ClassValue<Boolean> application =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isApplication(type);
        }
      };
  private final Map<Source, Integer> numbers = new HashMap<>();
  private final List<CallSite> byId = new ArrayList<>(List.of(CallSite.UNKNOWN));
  private final int before;
  /** Classes with places; null when closed. */
  private Set<Class<?>> classes = Collections.newSetFromMap(new WeakHashMap<>());

  public CallSites() {
    this(0);
  }

  /** @param before the highest number given out by an agent before this one, or 0 */
  public CallSites(int before) {
    this.before = before;
  }

  /**
   * The call site of the current stack.
   *
   * @param skipped how many frames of the application to pass over
   * @return {@link CallSite#UNKNOWN} where there are no more of the application
   */
  public CallSite current(int skipped) {
    return walker.walk(frames -> find(frames, skipped));
  }

  private CallSite find(Stream<StackWalker.StackFrame> frames, int skipped) {
    // An iterator is half the cost of a stream pipeline here.
    var iterator = frames.iterator();
    int left = skipped;
    while (iterator.hasNext()) {
      StackWalker.StackFrame frame = iterator.next();
      if (application.get(frame.getDeclaringClass()) && left-- == 0) {
        return intern(frame);
      }
    }
    return CallSite.UNKNOWN;
  }

  private CallSite intern(StackWalker.StackFrame frame) {
    Map<Place, CallSite> places = known.get(frame.getDeclaringClass());
    if (places == null) {
      return CallSite.UNKNOWN;
    }
    Place place = new Place(frame.getMethodName(), frame.getDescriptor(), frame.getByteCodeIndex());
    CallSite site = places.get(place);
    return site != null ? site : places.computeIfAbsent(place, key -> add(frame.toStackTraceElement()));
  }

  private CallSite add(StackTraceElement element) {
    return byNumber(
        number(element.getClassName(), element.getMethodName(), element.getFileName(), element.getLineNumber()));
  }

  /** The number of the call site at a line of source; 0 when closed. */
  public int number(String className, String method, String file, int line) {
    synchronized (byId) {
      if (classes == null) {
        return 0;
      }
      return before
          + numbers.computeIfAbsent(
              new Source(className, method, file, line),
              source -> {
                byId.add(new CallSite(byId.size(), className, method, file, line));
                return byId.size() - 1;
              });
    }
  }

  /** The number of a call site, to be given to {@link #byNumber}. */
  public int numberOf(CallSite site) {
    return site.known() ? before + site.id() : 0;
  }

  /** The call site with this number; {@link CallSite#UNKNOWN} where this agent gave it to none. */
  public CallSite byNumber(int number) {
    synchronized (byId) {
      return number > before ? byId.get(number - before) : CallSite.UNKNOWN;
    }
  }

  /**
   * Forgets everything, and finds nothing more: a class of the application would keep its places, and with them the
   * agent's class loader, for as long as it lives.
   *
   * @return the highest number given out
   */
  public int close() {
    synchronized (byId) {
      if (classes != null) {
        classes.forEach(known::remove);
        classes = null;
      }
      return before + byId.size() - 1;
    }
  }

  private Map<Place, CallSite> placesOf(Class<?> type) {
    synchronized (byId) {
      if (classes == null) {
        return null;
      }
      classes.add(type);
      return new ConcurrentHashMap<>();
    }
  }

  /** The call site and its callers, innermost first, the agent's own frames left out, at most {@code depth}. */
  public CallSite.Stack stack(int depth) {
    return walker.walk(
        frames ->
            new CallSite.Stack(
                frames
                    .dropWhile(frame -> !application.get(frame.getDeclaringClass()))
                    .limit(depth)
                    .map(StackWalker.StackFrame::toStackTraceElement)
                    .toList()));
  }

  private boolean isApplication(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    if (loader == own) {
      return false;
    }
    // Classes on -Xbootclasspath/a are the boot loader's too, but in its unnamed module: an application's.
    return !(loader == null || loader == platform) || !type.getModule().isNamed();
  }
}
