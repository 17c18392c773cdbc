// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The memory-mapping system calls of our process: arguments at entry; result, duration and file at
 * exit. A new call is one line of MMS_SYSCALLS here, one enumerator in wire.h and one line in the catalogue.
 */
#include <asm/unistd.h>

#include <mmapscope/bpf.h>
#include <mmapscope/call.h>
#include <mmapscope/registers.h>

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

/* Name, enumerator, number of arguments. */
#define MMS_SYSCALLS(X)                                                                            \
	X(mmap, MMS_HOOK_MMAP, 6)                                                                  \
	X(munmap, MMS_HOOK_MUNMAP, 2)                                                              \
	X(mremap, MMS_HOOK_MREMAP, 5)                                                              \
	X(mprotect, MMS_HOOK_MPROTECT, 3)                                                          \
	X(msync, MMS_HOOK_MSYNC, 3)                                                                \
	X(madvise, MMS_HOOK_MADVISE, 3)                                                            \
	X(remap_file_pages, MMS_HOOK_REMAP_FILE_PAGES, 5)

/* What is read from a pointer that the verifier knows, and from one that it does not. */
#define MMS_TRACEPOINT_ARGUMENT(n) ctx->args[n]
#define MMS_REGISTER_ARGUMENT(n) regs->MMS_SYSCALL_ARGUMENT_##n
#define MMS_PROBED_ARGUMENT(n) BPF_CORE_READ(regs, MMS_SYSCALL_ARGUMENT_##n)

static __always_inline int enter_tracepoint(struct trace_event_raw_sys_enter *ctx, enum mms_hook hook,
					    const int arguments)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight = mms_call_begin(task, hook);

	if (!flight)
		return 0;
	MMS_CALL_ARGUMENTS(flight, arguments, MMS_TRACEPOINT_ARGUMENT);
	return mms_call_begun(task, flight, hook);
}

static __always_inline int enter_known(struct pt_regs *regs, enum mms_hook hook, int arguments)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight = mms_call_begin(task, hook);

	if (!flight)
		return 0;
	MMS_CALL_ARGUMENTS(flight, arguments, MMS_REGISTER_ARGUMENT);
	return mms_call_begun(task, flight, hook);
}

static __always_inline int enter_probed(struct pt_regs *regs, enum mms_hook hook, const int arguments)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight = mms_call_begin(task, hook);

	if (!flight)
		return 0;
	MMS_CALL_ARGUMENTS(flight, arguments, MMS_PROBED_ARGUMENT);
	return mms_call_begun(task, flight, hook);
}

static __always_inline int leave(enum mms_hook hook, long result)
{
	return mms_call_end(bpf_get_current_task_btf(), hook, result);
}

/* The function behind each call has one argument, the caller's registers. */
#define MMS_PROGRAMS(name, hook, arguments)                                                        \
	SEC("fentry/" MMS_SYSCALL_FUNCTION #name)                                                  \
	int fentry_##name(__u64 *ctx)                                                              \
	{                                                                                          \
		return enter_known((struct pt_regs *)ctx[0], hook, arguments);                     \
	}                                                                                          \
	SEC("fexit/" MMS_SYSCALL_FUNCTION #name)                                                   \
	int fexit_##name(__u64 *ctx)                                                               \
	{                                                                                          \
		return leave(hook, ctx[1]);                                                        \
	}                                                                                          \
	SEC("kprobe")                                                                              \
	int kprobe_##name(struct pt_regs *ctx)                                                     \
	{                                                                                          \
		return enter_probed((struct pt_regs *)ctx->MMS_FIRST_ARGUMENT, hook, arguments);   \
	}                                                                                          \
	SEC("kretprobe")                                                                           \
	int kretprobe_##name(struct pt_regs *ctx)                                                  \
	{                                                                                          \
		return leave(hook, ctx->MMS_RESULT);                                               \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_enter_" #name)                                                \
	int enter_##name(struct trace_event_raw_sys_enter *ctx)                                    \
	{                                                                                          \
		return enter_tracepoint(ctx, hook, arguments);                                     \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_exit_" #name)                                                 \
	int exit_##name(struct trace_event_raw_sys_exit *ctx)                                      \
	{                                                                                          \
		return leave(hook, ctx->ret);                                                      \
	}

MMS_SYSCALLS(MMS_PROGRAMS)

struct mms_numbered {
	enum mms_hook hook; /* MMS_HOOKS: none of ours */
	int arguments;
};

#define MMS_NUMBERED(name, hook, arguments)                                                        \
	case __NR_##name:                                                                          \
		return (struct mms_numbered){hook, arguments};

static __always_inline struct mms_numbered of_number(long number)
{
	switch (number) {
		MMS_SYSCALLS(MMS_NUMBERED)
	default:
		return (struct mms_numbered){MMS_HOOKS, 0};
	}
}

/* The pair below is hit by each system call of every process: the cheapest question first. */
static __always_inline struct mms_numbered raw_call(struct task_struct *task, long number)
{
	struct mms_numbered none = {MMS_HOOKS, 0};
	struct mms_numbered call;

	if (!mms_is_ours(task))
		return none;
	call = of_number(number);
	if (!(mms_state.raw_hooks & 1U << call.hook) || mms_has_foreign_numbers(task))
		return none;
	return call;
}

/* One pair for all calls, of which it serves those in mms_state.raw_hooks. */
SEC("tp_btf/sys_enter")
int raw_enter(__u64 *ctx)
{
	struct mms_numbered call = raw_call(bpf_get_current_task_btf(), ctx[1]);

	if (call.hook == MMS_HOOKS)
		return 0;
	return enter_known((struct pt_regs *)ctx[0], call.hook, call.arguments);
}

SEC("tp_btf/sys_exit")
int raw_exit(__u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	struct mms_numbered call = raw_call(bpf_get_current_task_btf(), regs->MMS_SYSCALL_NUMBER);

	if (call.hook == MMS_HOOKS)
		return 0;
	return leave(call.hook, ctx[1]);
}

/*
 * The kernel's own functions behind the calls. Within a call of ours one is part of that call's record, and counts as
 * joined; outside (shmat, io_setup, a driver) the address space changed without a record, and that is a loss.
 */
static __always_inline int count(enum mms_hook hook)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_counts *counts;
	struct mms_flight *flight;

	if (!mms_is_ours(task))
		return 0;
	counts = mms_counts_of(hook);
	if (!counts)
		return 0;
	flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	mms_count(counts, flight && flight->hook ? &counts->joined : &counts->lost);
	return 0;
}

#define MMS_COUNTED(name, hook)                                                                    \
	SEC("fexit/" #name)                                                                        \
	int fexit_##name(void *ctx)                                                                \
	{                                                                                          \
		return count(hook);                                                                \
	}                                                                                          \
	SEC("kretprobe")                                                                           \
	int kretprobe_##name(void *ctx)                                                            \
	{                                                                                          \
		return count(hook);                                                                \
	}

MMS_COUNTED(do_mmap_pgoff, MMS_HOOK_DO_MMAP_PGOFF)
MMS_COUNTED(do_mmap, MMS_HOOK_DO_MMAP)
MMS_COUNTED(update_mmap_zero_pfn, MMS_HOOK_UPDATE_MMAP_ZERO_PFN)
