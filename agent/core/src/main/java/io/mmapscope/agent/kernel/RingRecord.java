package io.mmapscope.agent.kernel;

import io.mmapscope.agent.model.KernelCall;

/**
 * A call that went through the ring and not into a slot.
 *
 * @param call the call
 * @param operation the operation of the thread's slot at its exit, {@code Wire.Operation.DROPPED}, or 0 for none
 * @param comm the kernel's name of the thread, at most 15 bytes
 * @param stack words of the thread's user stack from the stack pointer upward, all 0 where it could not be read
 */
public record RingRecord(KernelCall call, long operation, String comm, long[] stack) {}
