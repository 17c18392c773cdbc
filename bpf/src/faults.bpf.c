// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Page faults of our process: counted in the thread's slot, timed, and written to a row each. What asks for a fault's
 * beginning differs by kernel (see the hook catalogue); its end is where the kernel itself counts it
 * (mm_account_fault): the software events PAGE_FAULTS_MIN and PAGE_FAULTS_MAJ, one of each for every thread.
 *
 * Waits for mmap_lock are taken where the kernel's slow path says that it will wait, so that only a thread that does wait
 * pays, here and in other processes.
 */
#include <mmapscope/bpf.h>
#include <mmapscope/fault.h>

/* As far as HotSpot touches below its stack pointer to see that there is room, and some way above. */
#define STACK_BELOW (128 << 10)
#define STACK_ABOVE (64 << 10)

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

struct fault_end {
	struct mms_flight *flight;
	struct mms_slot *slot;
	__u64 now;
	__u64 duration_ns;
	__u64 instruction;
	__u32 flags;
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

static __always_inline void send_slow(struct mms_perf_data *ctx, const struct fault_end *end)
{
	struct mms_record *record = has_room_for_slow() ? reserve_record(end, MMS_HOOK_PAGE_FAULT) : NULL;

	if (!record) {
		__sync_fetch_and_add(&mms_state.slow_refused, 1);
		return;
	}
	bpf_get_stack(ctx, record->stack, sizeof(record->stack), BPF_F_USER_STACK);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

static __always_inline __u32 flags_at(const struct fault_end *end, const struct mms_perf_registers *registers)
{
	__u32 flags = mms_fault_flags_of(end->slot);
	__u64 address = end->flight->fault_address;
	__u64 stack = registers->stack;

	if (MMS_IN_KERNEL(registers))
		return flags | MMS_FAULT_KERNEL;
	if (address + STACK_BELOW > stack && address < stack + STACK_ABOVE)
		flags |= MMS_FAULT_STACK;
	return flags;
}

/* A thread that came while the events were made may have two of each. */
static __always_inline bool ended_already(const struct mms_flight *flight, __u64 address)
{
	return flight && !flight->fault_start_ns && flight->fault_ended &&
	       flight->fault_address == address;
}

/* Programs of perf events run with preemption off, so plain increments do for the counters. */
static __always_inline int fault_ends(struct mms_perf_data *ctx, enum mms_fault_kind kind)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fault_end end = {.kind = kind};
	struct mms_counts *counts;

	if (!mms_is_ours(task))
		return 0;
	end.now = bpf_ktime_get_ns();
	counts = mms_counts_of(MMS_HOOK_PAGE_FAULT);
	if (!counts)
		return 0;
	end.flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	if (ended_already(end.flight, ctx->address))
		return 0;
	counts->seen++;
	if (!end.flight || !end.flight->fault_start_ns) {
		counts->lost++;
		return 0;
	}
	end.duration_ns = end.now - end.flight->fault_start_ns;
	end.flight->fault_start_ns = 0;
	end.flight->fault_ended = 1;
	end.slot = mms_slot_of(end.flight);
	end.flags = flags_at(&end, &ctx->registers);
	if (mms_state.replacing)
		end.flags |= MMS_FAULT_CHANGING;
	count_in_slot(&end);
	if (write_row(&end))
		counts->sent++;
	else
		counts->lost++;
	if (end.duration_ns >= mms_state.fault_min_ns) {
		end.instruction = ctx->registers.instruction;
		send_slow(ctx, &end);
	}
	return 0;
}

SEC("perf_event")
int fault_ends_minor(struct mms_perf_data *ctx)
{
	return fault_ends(ctx, MMS_FAULT_MINOR);
}

SEC("perf_event")
int fault_ends_major(struct mms_perf_data *ctx)
{
	return fault_ends(ctx, MMS_FAULT_MAJOR);
}

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
	wait->flags = mms_fault_flags_of(slot) | (mms_state.replacing ? MMS_FAULT_CHANGING : 0);
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
	end.flags = mms_fault_flags_of(end.slot) | (mms_state.replacing ? MMS_FAULT_CHANGING : 0);
	record = reserve_record(&end, MMS_HOOK_SIGBUS);
	if (!record) {
		__sync_fetch_and_add(&counts->lost, 1);
		return 0;
	}
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	__sync_fetch_and_add(&counts->sent, 1);
	return 0;
}
