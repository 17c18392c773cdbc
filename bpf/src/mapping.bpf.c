// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The memory-mapping system calls of our process: arguments at entry; result, duration and file at
 * exit. A new call is one MMS_SYSCALL line here, one enumerator in wire.h and one line in the catalogue.
 */
#include <mmapscope/bpf.h>
#include <mmapscope/emit.h>

char LICENSE[] SEC("license") = "GPL"; /* of the two offered, the one that the helpers ask for */

/* What the Java layout is generated for. A type reaches the BTF only by being used, so name it here. */
struct mms_wire {
	struct mms_call call;
	struct mms_record record;
	struct mms_slot slot;
	struct mms_counts counts;
	struct mms_fault fault;
	struct mms_fault_cursor fault_cursor;
	enum mms_fault_kind fault_kind;
	enum mms_fault_flag fault_flag;
	enum mms_fault_arg fault_arg;
	struct mms_settings settings;
	struct mms_state state;
	enum mms_host_tgid host_tgid;
	enum mms_hook hook;
	enum mms_call_flag call_flag;
	enum mms_slot_flag slot_flag;
	enum mms_operation operation;
	enum mms_limit limit;
	enum mms_tids tids;
};
const struct mms_wire *mms_wire_types __attribute__((unused));

/*
 * Holds the perf events that the programs are attached to, so that they are closed by the kernel's own
 * worker when the map goes. Each waits for a grace period then: 14 of them, closed as descriptors, keep
 * an exiting process for a second.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(map_flags, BPF_F_PRESERVE_ELEMS);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} mms_events SEC(".maps");

/* What remap_file_pages will act on, before it does. */
static __always_inline void look_before(struct mms_flight *flight, struct task_struct *task)
{
	struct mms_file file = {};
	long error = mms_file_at(&file, task, flight->args[0]);

	flight->before = file;
	if (error)
		flight->flags = error == -MMS_EBUSY ? MMS_CALL_UNCHECKED : MMS_CALL_BEFORE_NONE;
	else if (file.found)
		flight->flags = MMS_CALL_BEFORE;
}

/* What is at its range after it; another thread may have been there in between. */
static __always_inline void look_after(struct mms_exit *exit)
{
	struct mms_file file = {};
	long error = mms_file_at(&file, exit->task, exit->flight->args[0]);

	exit->file = file;
	if (error)
		exit->flags |= error == -MMS_EBUSY ? MMS_CALL_UNCHECKED : MMS_CALL_AFTER_NONE;
}

static __always_inline bool made_file_mapping(const struct mms_exit *exit)
{
	return (__u64)exit->result < (__u64)-MMS_MAX_ERRNO &&
	       !(exit->flight->args[3] & MMS_MAP_ANONYMOUS);
}

/*
 * Each argument by its own constant index, and none that the call does not have: a read past the
 * call's record loads and then fails to attach, a computed index is refused by the verifier.
 */
static __always_inline int on_enter(struct trace_event_raw_sys_enter *ctx, enum mms_hook hook,
				    const int arguments)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight;

	if (!mms_is_ours(task))
		return 0;
	flight = mms_flight_begin(task);
	if (!flight)
		return 0; /* the exit finds no entry and counts it */
	flight->hook = hook + 1;
	flight->flags = 0;
	flight->args[0] = ctx->args[0];
	flight->args[1] = ctx->args[1];
	if (arguments > 2)
		flight->args[2] = ctx->args[2];
	if (arguments > 3)
		flight->args[3] = ctx->args[3];
	if (arguments > 4)
		flight->args[4] = ctx->args[4];
	if (arguments > 5)
		flight->args[5] = ctx->args[5];
	if (hook == MMS_HOOK_REMAP_FILE_PAGES)
		look_before(flight, task);
	mms_replacing_begin(flight, hook);
	flight->start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int on_exit(struct trace_event_raw_sys_exit *ctx, enum mms_hook hook,
				   const int arguments)
{
	struct mms_exit exit = {.task = bpf_get_current_task_btf()};
	struct mms_counts *counts;
	__u64 now;

	if (!mms_is_ours(exit.task))
		return 0;
	now = bpf_ktime_get_ns();
	counts = mms_counts_of(hook);
	if (!counts)
		return 0;
	counts->seen++;
	exit.flight = bpf_task_storage_get(&mms_flights, exit.task, NULL, 0);
	if (!exit.flight || exit.flight->hook != hook + 1) {
		counts->lost++; /* began before the hook was attached, or had no memory: never guessed */
		return 0;
	}
	exit.flight->hook = 0;
	mms_replacing_end(exit.flight);
	exit.result = ctx->ret;
	exit.duration_ns = now - exit.flight->start_ns;
	exit.flags = exit.flight->flags;
	if (hook == MMS_HOOK_MMAP && made_file_mapping(&exit))
		mms_file_of_fd(&exit.file, exit.task, exit.flight->args[4]);
	if (hook == MMS_HOOK_REMAP_FILE_PAGES)
		look_after(&exit);
	if (exit.file.found)
		exit.flags |= MMS_CALL_FILE;
	exit.slot = mms_slot_of(exit.flight);
	if (exit.slot) {
		exit.operation = exit.slot->operation;
		exit.flags |= exit.slot->flags & MMS_SLOT_AGENT ? MMS_CALL_AGENT : 0;
	}
	if (mms_join(&exit, hook, arguments))
		counts->joined++;
	else if (mms_send(&exit, hook, arguments))
		counts->sent++;
	else
		counts->lost++;
	return 0;
}

#define MMS_SYSCALL(name, hook, arguments)                                                         \
	SEC("tracepoint/syscalls/sys_enter_" #name)                                                \
	int enter_##name(struct trace_event_raw_sys_enter *ctx)                                    \
	{                                                                                          \
		return on_enter(ctx, hook, arguments);                                             \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_exit_" #name)                                                 \
	int exit_##name(struct trace_event_raw_sys_exit *ctx)                                      \
	{                                                                                          \
		return on_exit(ctx, hook, arguments);                                              \
	}

MMS_SYSCALL(mmap, MMS_HOOK_MMAP, 6)
MMS_SYSCALL(munmap, MMS_HOOK_MUNMAP, 2)
MMS_SYSCALL(mremap, MMS_HOOK_MREMAP, 5)
MMS_SYSCALL(mprotect, MMS_HOOK_MPROTECT, 3)
MMS_SYSCALL(msync, MMS_HOOK_MSYNC, 3)
MMS_SYSCALL(madvise, MMS_HOOK_MADVISE, 3)
MMS_SYSCALL(remap_file_pages, MMS_HOOK_REMAP_FILE_PAGES, 5)
