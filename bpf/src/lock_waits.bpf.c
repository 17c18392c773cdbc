// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Waits of our process for mmap_lock, taken where the kernel's slow path says that it will wait, so that only a thread
 * that does wait pays, here and in other processes.
 */
#include <mmapscope/bpf.h>
#include <mmapscope/fault.h>

static __always_inline bool is_mmap_lock(struct task_struct *task, __u64 lock)
{
	struct mm_struct *mm = task->mm;

	return mm && lock == (__u64)mm + bpf_core_field_offset(struct mm_struct, mmap_lock);
}

SEC("tp_btf/contention_begin")
int lock_wait_begins(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight;

	if (!mms_is_ours(task) || !is_mmap_lock(task, ctx[0]))
		return 0;
	flight = mms_flight_begin(task);
	if (flight)
		flight->lock_start_ns = bpf_ktime_get_ns();
	return 0;
}

/* What the thread wants the lock for: of a call and a fault in progress the one that began last. */
static __always_inline __u32 lock_wanted_for(const struct mms_flight *flight)
{
	if (flight->fault_start_ns && (!flight->hook || flight->fault_start_ns > flight->start_ns))
		return MMS_HOOK_PAGE_FAULT + 1;
	return flight->hook;
}

static __always_inline bool write_wait(struct mms_flight *flight, __u64 now)
{
	struct mms_slot *slot = mms_slot_of(flight);
	__u32 what = lock_wanted_for(flight);
	__u64 number;
	struct mms_fault *wait = mms_fault_reserve(&number);

	if (!wait)
		return false;
	wait->address = slot ? slot->operation : 0;
	if (what == MMS_HOOK_PAGE_FAULT + 1)
		wait->address = flight->fault_address;
	wait->end_ns = now;
	wait->duration_ns = now - flight->lock_start_ns;
	mms_fault_trace(wait, slot);
	wait->tid = flight->tid;
	wait->flags = mms_fault_flags_of(slot);
	wait->kind = MMS_FAULT_LOCK_WAIT;
	wait->what = what;
	mms_fault_publish(wait, number);
	return true;
}

/* May be preempted, and another task of ours end its wait here meanwhile: so the increments are atomic. */
SEC("tp_btf/contention_end")
int lock_wait_ends(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight;
	struct mms_counts *counts;

	if (!mms_is_ours(task) || !is_mmap_lock(task, ctx[0]))
		return 0;
	counts = mms_counts_of(MMS_HOOK_MMAP_LOCK);
	flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	if (!counts)
		return 0;
	__sync_fetch_and_add(&counts->seen, 1);
	if (flight && flight->lock_start_ns && write_wait(flight, bpf_ktime_get_ns()))
		__sync_fetch_and_add(&counts->sent, 1);
	else
		__sync_fetch_and_add(&counts->lost, 1);
	if (flight)
		flight->lock_start_ns = 0;
	return 0;
}
