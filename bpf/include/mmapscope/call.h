/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A call from its entry to its record: what is the same in whichever way the programs are attached. A way adds how the
 * arguments and the result are read.
 */
#ifndef MMAPSCOPE_CALL_H
#define MMAPSCOPE_CALL_H

#include <mmapscope/emit.h>

/* What remap_file_pages will act on, before it does. */
static __always_inline void mms_look_before(struct mms_flight *flight, struct task_struct *task)
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
static __always_inline void mms_look_after(struct mms_exit *exit)
{
	struct mms_file file = {};
	long error = mms_file_at(&file, exit->task, exit->flight->args[0]);

	exit->file = file;
	if (error)
		exit->flags |= error == -MMS_EBUSY ? MMS_CALL_UNCHECKED : MMS_CALL_AFTER_NONE;
}

static __always_inline bool mms_made_file_mapping(const struct mms_exit *exit)
{
	return (__u64)exit->result < (__u64)-MMS_MAX_ERRNO &&
	       !(exit->flight->args[3] & MMS_MAP_ANONYMOUS);
}

/* NULL where the call is not ours, or where there is no memory: then its exit finds no entry and counts it. */
static __always_inline struct mms_flight *mms_call_begin(struct task_struct *task, enum mms_hook hook)
{
	struct mms_flight *flight;

	if (!mms_is_ours(task))
		return NULL;
	flight = mms_flight_begin(task);
	if (!flight)
		return NULL;
	if (flight->hook)
		mms_count_missed(flight->hook - 1);
	flight->hook = hook + 1;
	flight->flags = 0;
	return flight;
}

/*
 * Fills in the arguments. Each by its own constant index, and none that the call does not have: a read past a
 * tracepoint's record loads and then fails to attach, a computed index is refused by the verifier.
 */
#define MMS_CALL_ARGUMENTS(flight, arguments, argument)                                            \
	({                                                                                         \
		(flight)->args[0] = argument(0);                                                   \
		(flight)->args[1] = argument(1);                                                   \
		(flight)->args[2] = (arguments) > 2 ? argument(2) : 0;                             \
		(flight)->args[3] = (arguments) > 3 ? argument(3) : 0;                             \
		(flight)->args[4] = (arguments) > 4 ? argument(4) : 0;                             \
		(flight)->args[5] = (arguments) > 5 ? argument(5) : 0;                             \
	})

/* The last thing at entry. */
static __always_inline int mms_call_begun(struct task_struct *task, struct mms_flight *flight,
					  enum mms_hook hook)
{
	if (hook == MMS_HOOK_REMAP_FILE_PAGES)
		mms_look_before(flight, task);
	mms_replacing_begin(flight, hook);
	flight->start_ns = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int mms_call_end(struct task_struct *task, enum mms_hook hook, long result)
{
	struct mms_exit exit = {.task = task, .result = result};
	struct mms_counts *counts;
	__u64 now;

	if (!mms_is_ours(task))
		return 0;
	now = bpf_ktime_get_ns();
	counts = mms_counts_of(hook);
	if (!counts)
		return 0;
	exit.flight = bpf_task_storage_get(&mms_flights, task, NULL, 0);
	if (!exit.flight || exit.flight->hook != hook + 1) {
		/* began before the hook was attached, or had no memory: never guessed */
		mms_count(counts, &counts->lost);
		return 0;
	}
	exit.flight->hook = 0;
	exit.duration_ns = now - exit.flight->start_ns;
	exit.flags = exit.flight->flags;
	if (hook == MMS_HOOK_MMAP && mms_made_file_mapping(&exit))
		mms_file_of_fd(&exit.file, task, exit.flight->args[4]);
	if (hook == MMS_HOOK_REMAP_FILE_PAGES)
		mms_look_after(&exit);
	if (exit.file.found)
		exit.flags |= MMS_CALL_FILE;
	exit.slot = mms_slot_of(exit.flight);
	if (exit.slot) {
		exit.operation = exit.slot->operation;
		exit.flags |= exit.slot->flags & MMS_SLOT_AGENT ? MMS_CALL_AGENT : 0;
	}
	if (mms_join(&exit, hook))
		mms_count(counts, &counts->joined);
	else if (mms_send(&exit, hook))
		mms_count(counts, &counts->sent);
	else
		mms_count(counts, &counts->lost);
	/* Last: whoever sees that nothing is being replaced can read what was. */
	mms_replacing_end(exit.flight);
	return 0;
}

#endif
