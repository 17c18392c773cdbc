/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Where a page fault goes that has ended: the thread's slot, a row, and the slow ones the ring. */
#ifndef MMAPSCOPE_FAULT_END_H
#define MMAPSCOPE_FAULT_END_H

#include <mmapscope/fault.h>

struct fault_end {
	struct mms_flight *flight;
	struct mms_slot *slot;
	__u64 address;     /* as the end has it */
	__u64 instruction; /* that touched it */
	__u64 stack;       /* pointer at that instruction */
	__u64 now;
	__u64 duration_ns;
	__u32 flags;
	bool in_kernel;
	enum mms_fault_kind kind;
};

static __always_inline void count_in_slot(const struct fault_end *end)
{
	if (!end->slot)
		return;
	if (end->kind == MMS_FAULT_MAJOR)
		end->slot->faults_major++;
	else
		end->slot->faults_minor++;
	end->slot->faults_ns += end->duration_ns;
}

static __always_inline bool write_row(const struct fault_end *end)
{
	__u64 number;
	struct mms_fault *fault = mms_fault_reserve(&number);

	if (!fault)
		return false;
	fault->address = end->flight->fault_address;
	fault->end_ns = end->now;
	fault->duration_ns = end->duration_ns;
	mms_fault_trace(fault, end->slot);
	fault->tid = end->flight->tid;
	fault->flags = end->flags;
	fault->kind = end->kind;
	fault->what = 0;
	mms_fault_publish(fault, number);
	return true;
}

/* What a slow fault and a SIGBUS have in common; false where the ring is full. */
static __always_inline struct mms_record *reserve_record(const struct fault_end *end, enum mms_hook hook)
{
	struct mms_record *record = bpf_ringbuf_reserve(&mms_ring, sizeof(*record), 0);
	struct mms_slot *slot = end->slot;
	bool known = slot && slot->span;

	if (!record)
		return NULL;
	__builtin_memset(record, 0, sizeof(*record));
	record->call.operation = slot ? slot->operation : 0;
	record->call.start_ns = end->now - end->duration_ns;
	record->call.duration_ns = end->duration_ns;
	record->call.args[MMS_FAULT_ARG_ADDRESS] = end->flight->fault_address;
	record->call.args[MMS_FAULT_ARG_INSTRUCTION] = end->instruction;
	record->call.args[MMS_FAULT_ARG_TRACE_HIGH] = known ? slot->trace_high : 0;
	record->call.args[MMS_FAULT_ARG_TRACE_LOW] = known ? slot->trace_low : 0;
	record->call.args[MMS_FAULT_ARG_SPAN] = known ? slot->span : 0;
	record->call.result = end->kind;
	record->call.hook = hook;
	record->call.flags = end->flags;
	record->call.tid = end->flight->tid;
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	return record;
}

/* The other half of the ring is for calls: one that is lost leaves the ledger in doubt, a fault has its row. */
static __always_inline bool has_room_for_slow(void)
{
	return bpf_ringbuf_query(&mms_ring, BPF_RB_AVAIL_DATA) < bpf_ringbuf_query(&mms_ring, BPF_RB_RING_SIZE) / 2;
}

static __always_inline void send_slow(void *ctx, const struct fault_end *end)
{
	struct mms_record *record = has_room_for_slow() ? reserve_record(end, MMS_HOOK_PAGE_FAULT) : NULL;

	if (!record) {
		__sync_fetch_and_add(&mms_state.slow_refused, 1);
		return;
	}
	bpf_get_stack(ctx, record->stack, sizeof(record->stack), BPF_F_USER_STACK);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

#endif
