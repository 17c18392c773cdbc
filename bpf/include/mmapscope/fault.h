/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Page faults on their way to the agent: a row of 64 bytes each, on the processor's own rows, so that nothing is
 * shared between processors; and the slow ones on the ring as well, with where they came from.
 */
#ifndef MMAPSCOPE_FAULT_H
#define MMAPSCOPE_FAULT_H

#include <mmapscope/emit.h>

/* Rows: processor * mms_settings.faults + number % mms_settings.faults. The loader sets max_entries. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mms_fault);
} mms_faults SEC(".maps");

/* Index: processor. The loader sets max_entries. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct mms_fault_cursor);
} mms_fault_cursors SEC(".maps");

/* Tasks that were preempted between their look at the room and taking it: not more than this at once. */
#define MMS_FAULT_MARGIN 32

/* What perf gives a program: bpf_perf_event_data, without the user's headers that name its registers. */
#ifdef __TARGET_ARCH_x86
struct mms_perf_registers {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax;
	unsigned long instruction, cs, flags, stack, ss;
};
#define MMS_IN_KERNEL(registers) (((registers)->cs & 3) == 0)
#else
struct mms_perf_registers {
	unsigned long regs[31], stack, instruction, pstate;
};
#define MMS_IN_KERNEL(registers) (((registers)->pstate & 0xf) != 0)
#endif

struct mms_perf_data {
	struct mms_perf_registers registers;
	__u64 sample_period;
	__u64 address;
};

/* Takes the next row of this processor; NULL where the agent has not made room. */
static __always_inline struct mms_fault *mms_fault_reserve(__u64 *number)
{
	__u32 processor = bpf_get_smp_processor_id();
	struct mms_fault_cursor *cursor = bpf_map_lookup_elem(&mms_fault_cursors, &processor);
	__u32 rows = mms_settings.faults;
	__u32 row;

	if (!cursor)
		return NULL;
	if (cursor->head - *(volatile __u64 *)&cursor->tail + MMS_FAULT_MARGIN > rows)
		return NULL;
	*number = __sync_fetch_and_add(&cursor->head, 1);
	row = processor * rows + ((__u32)*number & (rows - 1));
	return bpf_map_lookup_elem(&mms_faults, &row);
}

/* Whoever reads the number reads what was written before it. */
static __always_inline void mms_fault_publish(struct mms_fault *fault, __u64 number)
{
#ifdef __TARGET_ARCH_x86
	barrier(); /* the processor keeps the order of stores */
	*(volatile __u64 *)&fault->number = number + 1;
#else
	__sync_lock_test_and_set(&fault->number, number + 1);
#endif
}

static __always_inline void mms_fault_trace(struct mms_fault *fault, const struct mms_slot *slot)
{
	bool known = slot && slot->span;

	fault->trace_high = known ? slot->trace_high : 0;
	fault->trace_low = known ? slot->trace_low : 0;
	fault->span = known ? slot->span : 0;
}

static __always_inline __u32 mms_fault_flags_of(const struct mms_slot *slot)
{
	__u32 flags = 0;

	if (slot && slot->flags & MMS_SLOT_AGENT)
		flags |= MMS_FAULT_AGENT;
	if (slot && slot->flags & MMS_SLOT_CARRIER)
		flags |= MMS_FAULT_CARRIER;
	if (mms_may_be_replaced())
		flags |= MMS_FAULT_CHANGING;
	return flags;
}

#endif
