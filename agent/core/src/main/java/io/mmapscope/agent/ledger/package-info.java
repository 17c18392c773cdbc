/**
 * The ledger of live mappings: which file or memory is at which address, and who put it there.
 *
 * <p>{@link io.mmapscope.agent.ledger.Ledger} is fed with system calls in any order and corrected by
 * {@code /proc/self/maps}; {@link io.mmapscope.agent.ledger.OwnerClassifier} says whose doing a call outside any
 * operation is; {@link io.mmapscope.agent.ledger.PathResolver} finds the path of a file that only the kernel named.
 */
package io.mmapscope.agent.ledger;
