// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Page faults of our process: counted in the thread's slot, timed, and written to a row each. What counts as one is what
 * the kernel counts (mm_account_fault), without what it takes for a call that asked for pages (mlock, MAP_POPULATE): for
 * those no thread stood at an address. Where one begins and how its end is seen differs by kernel, see the hook catalogue.
 */
#include <mmapscope/bpf.h>
#include <mmapscope/fault_end.h>
#include <mmapscope/registers.h>

/* As far as HotSpot touches below its stack pointer to see that there is room, and some way above. */
#define STACK_BELOW (128 << 10)
#define STACK_ABOVE (64 << 10)
#define PAGE_BITS 12 /* of the smallest page */

/* A beginning without an end is a fault that failed: a signal came of it. The next beginning takes its place. */
static __always_inline int fault_begins(__u64 address)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mms_flight *flight;

	if (!mms_is_ours(task))
		return 0;
	flight = mms_flight_begin(task);
	if (!flight)
		return 0; /* its end finds no beginning and counts it */
	flight->fault_address = address;
	flight->fault_ended = 0;
	flight->fault_start_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/page_fault_user")
int fault_begins_user(__u64 *ctx)
{
	return fault_begins(ctx[0]);
}

SEC("tp_btf/page_fault_kernel")
int fault_begins_kernel(__u64 *ctx)
{
	return fault_begins(ctx[0]);
}

/* PAGE_FAULTS, which counts a fault before it is handled. */
SEC("perf_event")
int fault_begins_perf(struct mms_perf_data *ctx)
{
	return fault_begins(ctx->address);
}

static __always_inline __u32 flags_at(const struct fault_end *end)
{
	__u32 flags = mms_fault_flags_of(end->slot);

	if (end->in_kernel)
		return flags | MMS_FAULT_KERNEL;
	if (end->address + STACK_BELOW > end->stack && end->address < end->stack + STACK_ABOVE)
		flags |= MMS_FAULT_STACK;
	return flags;
}

/* Of another page it is another fault's beginning: what looks at the user's memory meanwhile may fault without an end. */
static __always_inline bool has_begun(const struct fault_end *end)
{
	return end->flight && end->flight->fault_start_ns &&
	       (end->flight->fault_address ^ end->address) >> PAGE_BITS == 0;
}

/* A processor's counters have one writer at a time, see flight.h: plain increments do. */
static __always_inline int fault_ends(void *ctx, struct fault_end *end)
{
	struct mms_counts *counts = mms_counts_of(MMS_HOOK_PAGE_FAULT);

	if (!counts)
		return 0;
	counts->seen++;
	if (!has_begun(end)) {
		counts->lost++;
		return 0;
	}
	end->duration_ns = end->now - end->flight->fault_start_ns;
	end->flight->fault_start_ns = 0;
	end->flight->fault_ended = 1;
	end->slot = mms_slot_of(end->flight);
	end->flags = flags_at(end);
	count_in_slot(end);
	if (write_row(end))
		counts->sent++;
	else
		counts->lost++;
	if (end->duration_ns >= mms_state.fault_min_ns)
		send_slow(ctx, end);
	return 0;
}

/*
 * The kernel does not start a program that was preempted on this processor a second time. What it counted for the thread
 * without our being told is found here, the next time.
 */
static __always_inline void count_missed(struct mms_flight *flight, struct task_struct *task)
{
	__u64 counted = task->min_flt + task->maj_flt;
	__u64 before = flight->faults_counted;
	struct mms_counts *counts;

	flight->faults_counted = counted;
	if (!before || counted <= before + 1)
		return;
	counts = mms_counts_of(MMS_HOOK_PAGE_FAULT);
	if (counts)
		__sync_fetch_and_add(&counts->missed, counted - before - 1);
}

/*
 * What the kernel counts at the end of handle_mm_fault, and as what. One fault may come through here more than once. Its
 * arguments: mapping, address, flags, registers; without the last a page was asked for.
 */
SEC("fexit/handle_mm_fault")
int fexit_handle_mm_fault(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct pt_regs *registers = (void *)ctx[3];
	__u32 result = ctx[4];
	struct fault_end end = {.address = ctx[1]};

	if (!mms_is_ours(task) || result & MMS_FAULT_NOT_COUNTED)
		return 0;
	end.now = bpf_ktime_get_ns();
	end.flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	if (end.flight)
		count_missed(end.flight, task);
	if (!registers)
		return 0;
	end.instruction = registers->MMS_INSTRUCTION;
	end.stack = registers->sp;
	end.in_kernel = !(ctx[2] & MMS_FAULT_FLAG(USER));
	if (result & MMS_FAULT_RESULT(MAJOR) || ctx[2] & MMS_FAULT_FLAG(TRIED))
		end.kind = MMS_FAULT_MAJOR;
	return fault_ends(ctx, &end);
}

/* A thread that came while the events were made may have two of each. */
static __always_inline bool ended_already(const struct fault_end *end)
{
	return end->flight && !end->flight->fault_start_ns && end->flight->fault_ended &&
	       end->flight->fault_address == end->address;
}

static __always_inline int event_ends(struct mms_perf_data *ctx, enum mms_fault_kind kind)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fault_end end = {.address = ctx->address, .kind = kind};

	if (!mms_is_ours(task))
		return 0;
	end.now = bpf_ktime_get_ns();
	end.flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	if (ended_already(&end))
		return 0;
	end.instruction = ctx->registers.instruction;
	end.stack = ctx->registers.stack;
	end.in_kernel = MMS_IN_KERNEL(&ctx->registers);
	return fault_ends(ctx, &end);
}

SEC("perf_event")
int fault_ends_minor(struct mms_perf_data *ctx)
{
	return event_ends(ctx, MMS_FAULT_MINOR);
}

SEC("perf_event")
int fault_ends_major(struct mms_perf_data *ctx)
{
	return event_ends(ctx, MMS_FAULT_MAJOR);
}

/*
 * The kernel answers a fault that it cannot serve with a signal to the thread itself. The agent asks for SIGBUS: a page
 * behind the end of its file. HotSpot lives with SIGSEGV of its own making; it ends the fault all the same.
 */
SEC("tp_btf/signal_generate")
int signal_is_sent(__u64 *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	int signal = ctx[0];
	struct kernel_siginfo *info = (void *)ctx[1];
	struct fault_end end = {.now = bpf_ktime_get_ns()};
	struct mms_record *record;
	struct mms_counts *counts;

	if (signal != MMS_SIGBUS && signal != MMS_SIGSEGV)
		return 0;
	if (!mms_is_ours(task) || ctx[2] != (__u64)task)
		return 0;
	end.flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	if (!end.flight || !end.flight->fault_start_ns)
		return 0; /* sent by a program, not by a fault */
	end.flight->fault_start_ns = 0;
	/* Small numbers in place of the pointer say who sends, not what. */
	if (signal != MMS_SIGBUS || (__u64)info <= 2 || BPF_CORE_READ(info, si_code) != MMS_BUS_ADRERR)
		return 0;
	counts = mms_counts_of(MMS_HOOK_SIGBUS);
	if (!counts)
		return 0;
	__sync_fetch_and_add(&counts->seen, 1);
	end.slot = mms_slot_of(end.flight);
	end.flags = mms_fault_flags_of(end.slot);
	record = reserve_record(&end, MMS_HOOK_SIGBUS);
	if (!record) {
		__sync_fetch_and_add(&counts->lost, 1);
		return 0;
	}
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	__sync_fetch_and_add(&counts->sent, 1);
	return 0;
}
