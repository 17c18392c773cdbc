/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the kernel side and the JVM share: the thread slot, the ring record, the counters.
 *
 * This is the one declaration of the wire. The Java layout is generated from the BTF of the object
 * built with it, so a change here needs no second edit. Every field has a fixed width and its natural
 * alignment; padding is explicit.
 */
#ifndef MMAPSCOPE_WIRE_H
#define MMAPSCOPE_WIRE_H

#ifndef __VMLINUX_TYPES__
#include <linux/types.h>
#endif

/*
 * Logical events, the system calls first. The order is the index of the counters and of `mms_call.hook`.
 */
enum mms_hook {
	MMS_HOOK_MMAP,
	MMS_HOOK_MUNMAP,
	MMS_HOOK_MREMAP,
	MMS_HOOK_MPROTECT,
	MMS_HOOK_MSYNC,
	MMS_HOOK_MADVISE,
	MMS_HOOK_REMAP_FILE_PAGES,
	/* The kernel's own functions behind them, which are counted only. */
	MMS_HOOK_DO_MMAP_PGOFF,
	MMS_HOOK_DO_MMAP,
	MMS_HOOK_UPDATE_MMAP_ZERO_PFN,
	MMS_HOOK_PAGE_FAULT,            /* from here on what is no call */
	MMS_HOOK_MMAP_LOCK,
	MMS_HOOK_SIGBUS,
	MMS_HOOKS,
};

enum mms_call_flag {
	MMS_CALL_FILE = 1 << 0,         /* file_* are the file behind the call, read at its exit */
	MMS_CALL_BEFORE = 1 << 1,       /* before_*: a file mapping was at the range at entry */
	MMS_CALL_BEFORE_NONE = 1 << 2,  /* looked at entry: no mapping there */
	MMS_CALL_AFTER_NONE = 1 << 3,   /* looked at exit: no mapping there */
	MMS_CALL_UNCHECKED = 1 << 4,    /* the range could not be looked at (mmap_lock was taken) */
	MMS_CALL_AGENT = 1 << 5,        /* the thread is one of the agent's own */
};

/* Values of `mms_slot.operation` that are no operation's id; ids are greater. */
enum mms_operation {
	MMS_OPERATION_NONE = 0,
	MMS_OPERATION_DROPPED = 1,      /* an operation that the agent had no room for */
};

/*
 * Sizes, as enumerators and not as macros because only what has a type reaches the BTF and so Java.
 */
enum mms_limit {
	MMS_SLOT_CALLS = 4,             /* a power of two: the index is masked */
	MMS_SLOTS = 6144,
	MMS_STACK_WORDS = 30,
};

/* One memory-mapping system call, complete. 128 bytes. */
struct mms_call {
	__u64 operation;     /* operation of the thread's slot at exit; 0: none */
	__u64 start_ns;      /* CLOCK_MONOTONIC at entry */
	__u64 duration_ns;
	__u64 args[6];       /* as passed; those the call does not have are 0 */
	__s64 result;        /* the call's value, or -errno */
	__u16 hook;          /* enum mms_hook */
	__u16 flags;         /* enum mms_call_flag */
	__u32 tid;           /* thread id in the JVM's own PID namespace */
	__u64 file_inode;
	__u64 file_size;     /* bytes */
	__u32 file_device;   /* kernel dev_t: major << 20 | minor */
	__u32 before_device;
	__u64 before_inode;
	__u64 before_size;   /* bytes */
};

/*
 * The thread slot. One writer for each field: `J` is Java on the slot's thread, `K` is BPF on the same
 * thread, `A` is whoever registers the slot. Because J and K are the same thread, plain loads and
 * stores are ordered by program order; nothing here is shared between processors but by the agent's
 * sweep, which only reads `tid`.
 */
struct mms_slot {
	__u64 operation;     /* J: the operation in progress, 0 when none */
	__u64 trace_high;    /* J: sampled trace context current on the thread; nothing while span is 0 */
	__u64 trace_low;     /* J */
	__u64 span;          /* J: 0: none. Cleared before trace_* are written, set after: never a mix of two */
	__u32 tid;           /* A: owner in the JVM's PID namespace; 0: free */
	__u32 flags;         /* A, J: enum mms_slot_flag */
	__u64 calls;         /* K: calls written to call[]; call n is at n % MMS_SLOT_CALLS */
	__u64 consumed;      /* J: calls that Java has read; K sends to the ring when call[] is full */
	__u64 call_ns;       /* K: total time of all calls joined to operations, ring ones too */
	__u64 overflowed;    /* K: calls of operations that went to the ring because call[] was full */
	__u64 faults_minor;  /* K */
	__u64 faults_major;  /* K */
	__u64 faults_ns;     /* K */
	/*
	 * J: calls + 1 when the library operation in progress began, the outermost; 0 when there is none or all
	 * that it did was handed over.
	 */
	__u64 unsettled;
	__u64 spare[3];
	struct mms_call call[MMS_SLOT_CALLS];
};

enum mms_slot_flag {
	MMS_SLOT_AGENT = 1 << 0,        /* A: the thread is one of the agent's own */
	MMS_SLOT_CARRIER = 1 << 1,      /* J: a virtual thread runs on it whose trace context is not known */
};

/*
 * tid -> slot, open addressing, written by the agent, read by BPF. An entry is
 * (__u64)tid << 32 | slot + 1; 0 ends a probe, MMS_TIDS_GONE << 32 (an entry taken out) does not.
 */
enum mms_tids {
	MMS_TIDS_SIZE = 32768,
	MMS_TIDS_PROBES = 16,           /* entries from its bucket on where a tid may be */
	MMS_TIDS_HASH = 2654435761U,    /* bucket = (__u32)(tid * MMS_TIDS_HASH) >> MMS_TIDS_SHIFT */
	MMS_TIDS_SHIFT = 17,            /* 32 - log2(MMS_TIDS_SIZE) */
	MMS_TIDS_GONE = 0xffffffffU,    /* a tid that no thread has */
};

/*
 * What the ring carries: a call that no slot took; and what is like one, a slow page fault or a SIGBUS. Of the latter
 * `args` are as in enum mms_fault_arg, `result` is enum mms_fault_kind, `flags` are enum mms_fault_flag. 384 bytes.
 */
struct mms_record {
	struct mms_call call;
	char comm[16];
	/*
	 * Of a call what mms_stack_read reads; of a fault the return addresses found by frame pointers, the
	 * faulting instruction's first. 0 where there are no more.
	 */
	__u64 stack[MMS_STACK_WORDS];
};

enum mms_fault_arg {
	MMS_FAULT_ARG_ADDRESS,
	MMS_FAULT_ARG_INSTRUCTION,
	MMS_FAULT_ARG_TRACE_HIGH,
	MMS_FAULT_ARG_TRACE_LOW,
	MMS_FAULT_ARG_SPAN,
};

enum mms_fault_kind {
	MMS_FAULT_MINOR,
	MMS_FAULT_MAJOR,
	MMS_FAULT_LOCK_WAIT,            /* no fault: a wait for mmap_lock */
};

enum mms_fault_flag {
	MMS_FAULT_KERNEL = 1 << 0,      /* the kernel touched the page for the thread */
	MMS_FAULT_STACK = 1 << 1,       /* near the thread's stack pointer */
	MMS_FAULT_CHANGING = 1 << 2,    /* a call that replaces mappings was in progress */
	MMS_FAULT_AGENT = 1 << 3,       /* the thread is one of the agent's own */
	MMS_FAULT_CARRIER = 1 << 4,     /* of virtual threads, whose trace context is not known */
};

/* A page fault, or a wait for mmap_lock, as it ended. 64 bytes, a cache line. */
struct mms_fault {
	__u64 address;       /* touched; of a wait within a call the operation, as in mms_call */
	__u64 end_ns;        /* CLOCK_MONOTONIC */
	__u64 duration_ns;
	__u64 trace_high;    /* the thread's trace context, 0 for none */
	__u64 trace_low;
	__u64 span;
	__u32 tid;
	__u16 flags;         /* enum mms_fault_flag */
	__u8 kind;           /* enum mms_fault_kind */
	__u8 what;           /* of a wait: enum mms_hook + 1 of what it was for, 0 for anything else */
	__u64 number;        /* its number on this processor + 1; written last, so it tells that the rest is there */
};

/* One for each processor, each side on a cache line of its own. */
struct mms_fault_cursor {
	__u64 head;          /* K: faults written */
	__u64 head_pad[7];
	__u64 tail;          /* A: faults read */
	__u64 tail_pad[7];
};

/* One row a processor and hook, at cpu * MMS_HOOKS + hook. seen = joined + sent + lost. */
struct mms_counts {
	__u64 seen;
	__u64 joined;
	__u64 sent;
	__u64 lost;          /* ring full, no memory, or an exit whose entry was not seen */
	__u64 missed;        /* entries whose exit was not seen: to be added to seen and to lost */
};

/* Set before load, constant for the programs. */
struct mms_settings {
	__u64 pidns_device;  /* of /proc/self/ns/pid, as the kernel's dev_t: major << 20 | minor */
	__u64 pidns_inode;
	__u32 tgid;          /* in that namespace */
	__u32 faults;        /* rows of mms_faults that a processor has, a power of two */
};

/* What the programs and the JVM both write while they run. */
struct mms_state {
	__u32 host_tgid;     /* our id in the root namespace, learnt at our first call; 0: not yet */
	__u32 raw_hooks;     /* bit n: the pair of raw tracepoints serves hook n */
	__u64 fault_min_ns;  /* a fault that blocks its thread as long is sent whole; set by the agent */
	__u32 replacing;     /* calls in progress that replace what is mapped at an address */
	__u32 slow_refused;  /* slow faults that were not sent whole: the ring was half full */
	__u32 attached;      /* set by the agent when all programs are: until then a call's exit may not be seen */
	__u32 pad;
};

enum mms_host_tgid {
	MMS_HOST_TGID_NOBODY = 0xffffffffU, /* written by the agent at its end: nobody's calls are seen */
};

#ifdef __cplusplus
#define MMS_ASSERT(x) static_assert(x, #x)
#else
#define MMS_ASSERT(x) _Static_assert(x, #x)
#endif
MMS_ASSERT(sizeof(struct mms_call) == 128);
MMS_ASSERT(sizeof(struct mms_slot) == 640);
MMS_ASSERT(sizeof(struct mms_record) == 384);
MMS_ASSERT(sizeof(struct mms_fault) == 64);
MMS_ASSERT(sizeof(struct mms_fault_cursor) == 128);
MMS_ASSERT(sizeof(struct mms_counts) == 40);
MMS_ASSERT(sizeof(struct mms_settings) == 24);
MMS_ASSERT(sizeof(struct mms_state) == 32);
MMS_ASSERT(MMS_HOOKS <= 32); /* mms_state.raw_hooks */
MMS_ASSERT((MMS_SLOT_CALLS & (MMS_SLOT_CALLS - 1)) == 0);
MMS_ASSERT(MMS_TIDS_SIZE == 1U << (32 - MMS_TIDS_SHIFT));

#endif
