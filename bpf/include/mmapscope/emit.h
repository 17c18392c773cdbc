/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Where a complete call goes: the thread's slot, else the ring, else it is counted as lost. */
#ifndef MMAPSCOPE_EMIT_H
#define MMAPSCOPE_EMIT_H

#include <mmapscope/slot.h>

/* 2 MiB: some 5,000 calls. The reader polls. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 2 << 20);
} mms_ring SEC(".maps");

/* A call at its exit, in the pieces it is written from. */
struct mms_exit {
	struct task_struct *task;
	struct mms_flight *flight;
	struct mms_slot *slot;  /* NULL: the thread has none */
	struct mms_file file;   /* behind the call */
	__u64 duration_ns;
	__s64 result;
	__u64 operation;
	__u32 flags;
};

static __always_inline void mms_call_fill(struct mms_call *call, const struct mms_exit *exit,
					  enum mms_hook hook)
{
	const struct mms_flight *flight = exit->flight;
	const bool before = hook == MMS_HOOK_REMAP_FILE_PAGES;

	call->operation = exit->operation;
	call->start_ns = flight->start_ns;
	call->duration_ns = exit->duration_ns;
	call->args[0] = flight->args[0];
	call->args[1] = flight->args[1];
	call->args[2] = flight->args[2];
	call->args[3] = flight->args[3];
	call->args[4] = flight->args[4];
	call->args[5] = flight->args[5];
	call->result = exit->result;
	call->hook = hook;
	call->flags = exit->flags;
	call->tid = flight->tid;
	call->file_inode = exit->file.inode;
	call->file_size = exit->file.size;
	call->file_device = exit->file.device;
	call->before_device = before ? flight->before.device : 0;
	call->before_inode = before ? flight->before.inode : 0;
	call->before_size = before ? flight->before.size : 0;
}

/* Into the slot, where its operation has room; false where it must go to the ring. */
static __always_inline bool mms_join(const struct mms_exit *exit, enum mms_hook hook)
{
	struct mms_slot *slot = exit->slot;
	__u64 calls;

	if (!slot || !exit->operation)
		return false;
	slot->call_ns += exit->duration_ns;
	if (exit->operation == MMS_OPERATION_DROPPED)
		return false;
	calls = slot->calls;
	if (calls - slot->consumed >= MMS_SLOT_CALLS) {
		slot->overflowed++;
		return false;
	}
	mms_call_fill(&slot->call[calls & (MMS_SLOT_CALLS - 1)], exit, hook);
	slot->calls = calls + 1;
	return true;
}

/*
 * Words of the user stack from the stack pointer upward. AArch64's first word is the link register: the
 * C library's functions for system calls have no frame, so it alone says who called them.
 */
static __always_inline void mms_stack_read(__u64 *stack, struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	__u32 words = MMS_STACK_WORDS;

#if defined(__TARGET_ARCH_arm64)
	*stack++ = regs->regs[30];
	words--;
#endif
	/* A failed read leaves zeros: the top of the stack may be nearer. */
	bpf_probe_read_user(stack, words * sizeof(*stack), (void *)regs->sp);
}

/* Onto the ring; false where it is full. */
static __always_inline bool mms_send(const struct mms_exit *exit, enum mms_hook hook)
{
	struct mms_record *record = bpf_ringbuf_reserve(&mms_ring, sizeof(*record), 0);

	if (!record)
		return false;
	mms_call_fill(&record->call, exit, hook);
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	mms_stack_read(record->stack, exit->task);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return true;
}

#endif
