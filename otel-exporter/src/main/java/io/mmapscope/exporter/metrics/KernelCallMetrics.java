package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mmapscope.agent.model.Errno;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import java.util.concurrent.TimeUnit;

/**
 * {@code mmap.kernel.call.duration}: how long memory-mapping system calls take, by call, owner and error. For the
 * agent's thread.
 */
final class KernelCallMetrics implements MeterBinder {

  private static final int ERRNOS = 4096;
  private static final int OWNERS = Owner.values().length;

  /** By call and owner, then by errno: 0 is success. */
  private final Timer[][] timers = new Timer[Syscall.values().length * OWNERS][];

  private MeterRegistry registry;

  @Override
  public void bindTo(MeterRegistry registry) {
    this.registry = registry;
  }

  void record(KernelCall call, Owner owner) {
    int row = call.syscall().ordinal() * OWNERS + owner.ordinal();
    int errno = call.errno();
    Timer[] byErrno = timers[row];
    if (byErrno == null || errno >= byErrno.length) {
      byErrno = grow(row, errno);
    }
    Timer timer = byErrno[errno];
    if (timer == null) {
      timer = timer(call, owner);
      byErrno[errno] = timer;
    }
    timer.record(call.durationNanos(), TimeUnit.NANOSECONDS);
  }

  /** Most calls never fail, and then a row is one timer. */
  private Timer[] grow(int row, int errno) {
    Timer[] grown = new Timer[errno == 0 ? 1 : ERRNOS];
    if (timers[row] != null) {
      grown[0] = timers[row][0];
    }
    timers[row] = grown;
    return grown;
  }

  private Timer timer(KernelCall call, Owner owner) {
    return DurationTimers.builder("mmap.kernel.call.duration", "Duration of memory-mapping system calls")
        .tag("mmap.syscall", call.syscall().callName())
        .tag("mmap.owner", owner.tag())
        .tag("error.type", call.failed() ? Errno.name(call.errno()) : "none")
        .register(registry);
  }
}
