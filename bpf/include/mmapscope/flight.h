/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * From entry to exit: whose call it is, and what its entry left for its exit.
 *
 * A processor's row of counters has one writer at a time, so plain increments do. A hook is attached in one way, and
 * its row is written by one program, that of its exit. Behind tracepoints (perf_syscall_exit), raw tracepoints and
 * kprobes it runs with preemption off; behind fexit it may be preempted, but does not migrate, and the kernel does not
 * let the same program start again on that processor meanwhile (bpf_prog.active): it skips it, and then the call is
 * found missing at its thread's next entry. That is counted by whichever program is there, in `missed`, atomically.
 */
#ifndef MMAPSCOPE_FLIGHT_H
#define MMAPSCOPE_FLIGHT_H

#include <mmapscope/file.h>
#include <mmapscope/kernel_types.h>
#include <mmapscope/wire.h>

/* What a task keeps between entry and exit of a call, and from call to call. */
struct mms_flight {
	__u32 hook;          /* enum mms_hook + 1 of the call in progress; 0: none */
	__u32 tid;           /* in the JVM's PID namespace; 0: not asked yet */
	__u32 slot;          /* index + 1 of the slot last found; 0: none */
	__u32 flags;         /* enum mms_call_flag, known at entry */
	__u64 start_ns;
	__u64 args[6];       /* those the call does not have are 0 */
	struct mms_file before; /* remap_file_pages only */
	__u64 fault_start_ns; /* of the page fault in progress; 0: none */
	__u64 fault_address;
	__u64 lock_start_ns; /* of the wait for mmap_lock in progress; 0: none */
	__u32 replacing;     /* the call in progress is counted in mms_state.replacing */
	__u32 fault_ended;   /* of the fault last begun the end was seen */
	__u64 faults_counted; /* by the kernel for the task, when handle_mm_fault last returned; 0: not looked at */
};

const volatile struct mms_settings mms_settings SEC(".rodata.settings") = {};

struct mms_state mms_state SEC(".data.state") = {.fault_min_ns = ~0ULL};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct mms_flight);
} mms_flights SEC(".maps");

/* Index: processor * MMS_HOOKS + hook. The loader sets max_entries for the processors there are. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MMS_HOOKS);
	__type(key, __u32);
	__type(value, struct mms_counts);
} mms_counters SEC(".maps");

static __always_inline bool mms_in_namespace(struct bpf_pidns_info *ids)
{
	return bpf_get_ns_current_pid_tgid(mms_settings.pidns_device, mms_settings.pidns_inode, ids,
					   sizeof(*ids)) == 0;
}

/* Everybody else's calls come this far: one comparison, once our own id is known. */
static __always_inline bool mms_is_ours(struct task_struct *task)
{
	__u32 tgid = task->tgid;
	struct bpf_pidns_info ids;

	if (mms_state.host_tgid)
		return tgid == mms_state.host_tgid;
	if (!mms_in_namespace(&ids) || ids.tgid != mms_settings.tgid)
		return false;
	mms_state.host_tgid = tgid;
	return true;
}

static __always_inline struct mms_counts *mms_counts_of(enum mms_hook hook)
{
	__u32 row = bpf_get_smp_processor_id() * MMS_HOOKS + hook;

	return bpf_map_lookup_elem(&mms_counters, &row);
}

/* Both at once, because whoever reads them in between finds that they do not add up, and has to read again. */
static __always_inline void mms_count(struct mms_counts *counts, __u64 *fate)
{
	counts->seen++;
	++*fate;
}

/* An entry whose exit did not come by: skipped by the kernel, or kretprobe had no instance left. */
static __always_inline void mms_count_missed(enum mms_hook hook)
{
	struct mms_counts *counts = mms_counts_of(hook);

	if (counts)
		__sync_fetch_and_add(&counts->missed, 1);
}

/* Our task's state, made at its first call; NULL where there is no memory for it. */
static __always_inline struct mms_flight *mms_flight_begin(struct task_struct *task)
{
	struct mms_flight *flight;
	struct bpf_pidns_info ids;

	flight = bpf_task_storage_get(&mms_flights, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (flight && !flight->tid && mms_in_namespace(&ids))
		flight->tid = ids.pid;
	return flight;
}

/*
 * A fault that ends meanwhile may have found what was there before or what is there after. Counted for the process:
 * such calls are rare, faults are not, and a fault only reads it.
 */
static __always_inline void mms_replacing_end(struct mms_flight *flight)
{
	if (flight->replacing) {
		flight->replacing = 0;
		__sync_fetch_and_add(&mms_state.replacing, -1);
	}
}

static __always_inline void mms_replacing_begin(struct mms_flight *flight, enum mms_hook hook)
{
	mms_replacing_end(flight); /* its exit was not seen */
	if (!mms_state.attached)
		return; /* nor may that of this one, and the thread may never call again */
	if (hook == MMS_HOOK_MREMAP || hook == MMS_HOOK_REMAP_FILE_PAGES ||
	    (hook == MMS_HOOK_MMAP && flight->args[3] & MMS_MAP_FIXED)) {
		flight->replacing = 1;
		__sync_fetch_and_add(&mms_state.replacing, 1);
	}
}

static __always_inline bool mms_may_be_replaced(void)
{
	return mms_state.replacing || !mms_state.attached;
}

#endif
