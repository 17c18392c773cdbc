/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The kernel types that the programs read, and of each only the fields they read. preserve_access_index
 * makes every access a CO-RE relocation: libbpf puts in the offset that the running kernel has.
 */
#ifndef MMAPSCOPE_KERNEL_TYPES_H
#define MMAPSCOPE_KERNEL_TYPES_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct trace_event_raw_sys_enter {
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	long ret;
};

struct super_block {
	__u32 s_dev;
};

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
	long long i_size;
};

struct dentry {
	struct inode *d_inode;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct inode *f_inode;
	unsigned int f_mode;
};

/* Since 6.8: what overlayfs maps, and the file that the user opened. */
struct backing_file {
	struct file file;
	struct path user_path;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct vm_area_struct {
	struct file *vm_file;
};

struct rw_semaphore {
	long owner;
};

struct mm_struct {
	struct rw_semaphore mmap_lock; /* only its address is of interest */
};

struct kernel_siginfo {
	int si_code;
};

#if defined(__TARGET_ARCH_x86)

struct thread_info {
	__u32 status;
};

struct pt_regs {
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long sp;
};

#elif defined(__TARGET_ARCH_arm64)

struct thread_info {
	unsigned long flags;
};

struct pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 orig_x0;
	__s32 syscallno;
};

#endif

struct task_struct {
	struct mm_struct *mm;
	struct thread_info thread_info;
	int tgid;
	struct files_struct *files;
	unsigned long min_flt;
	unsigned long maj_flt;
};

#pragma clang attribute pop

/* Their values are the running kernel's, as for fields. */
enum fault_flag {
	FAULT_FLAG_TRIED = 1 << 5,
	FAULT_FLAG_USER = 1 << 6,
};

enum vm_fault_reason {
	VM_FAULT_OOM = 0x1,
	VM_FAULT_SIGBUS = 0x2,
	VM_FAULT_MAJOR = 0x4,
	VM_FAULT_HWPOISON = 0x10,
	VM_FAULT_HWPOISON_LARGE = 0x20,
	VM_FAULT_SIGSEGV = 0x40,
	VM_FAULT_RETRY = 0x400,
	VM_FAULT_FALLBACK = 0x800,
};

#define MMS_FAULT_FLAG(name) bpf_core_enum_value(enum fault_flag, FAULT_FLAG_##name)
#define MMS_FAULT_RESULT(name) bpf_core_enum_value(enum vm_fault_reason, VM_FAULT_##name)

/* VM_FAULT_ERROR, and those that are tried again. */
#define MMS_FAULT_NOT_COUNTED                                                                      \
	(MMS_FAULT_RESULT(OOM) | MMS_FAULT_RESULT(SIGBUS) | MMS_FAULT_RESULT(HWPOISON) |           \
	 MMS_FAULT_RESULT(HWPOISON_LARGE) | MMS_FAULT_RESULT(SIGSEGV) | MMS_FAULT_RESULT(RETRY) |  \
	 MMS_FAULT_RESULT(FALLBACK))

/* The user's addresses end below the last page: a result above is -errno. */
#define MMS_MAX_ERRNO 4095
#define MMS_MAP_FIXED 0x10
#define MMS_MAP_ANONYMOUS 0x20
#define MMS_SIGBUS 7
#define MMS_SIGSEGV 11
#define MMS_BUS_ADRERR 2
#define MMS_EBUSY 16

#endif
