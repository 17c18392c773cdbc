/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What each architecture calls the registers of a system call, and the function that is given them. */
#ifndef MMAPSCOPE_REGISTERS_H
#define MMAPSCOPE_REGISTERS_H

#include <mmapscope/kernel_types.h>

#if defined(__TARGET_ARCH_x86)

/* The function's name begins with this; its one argument is the caller's struct pt_regs. */
#define MMS_SYSCALL_FUNCTION "__x64_sys_"

#define MMS_SYSCALL_ARGUMENT_0 di
#define MMS_SYSCALL_ARGUMENT_1 si
#define MMS_SYSCALL_ARGUMENT_2 dx
#define MMS_SYSCALL_ARGUMENT_3 r10
#define MMS_SYSCALL_ARGUMENT_4 r8
#define MMS_SYSCALL_ARGUMENT_5 r9
#define MMS_SYSCALL_NUMBER orig_ax

/* Of a function in the kernel. */
#define MMS_FIRST_ARGUMENT di
#define MMS_RESULT ax
#define MMS_INSTRUCTION ip

#define MMS_TS_COMPAT 2

/* By int 0x80 a process of 64 bits can make calls of 32 bits, which have other numbers. */
static __always_inline bool mms_has_foreign_numbers(struct task_struct *task)
{
	return task->thread_info.status & MMS_TS_COMPAT;
}

#elif defined(__TARGET_ARCH_arm64)

#define MMS_SYSCALL_FUNCTION "__arm64_sys_"

#define MMS_SYSCALL_ARGUMENT_0 orig_x0
#define MMS_SYSCALL_ARGUMENT_1 regs[1]
#define MMS_SYSCALL_ARGUMENT_2 regs[2]
#define MMS_SYSCALL_ARGUMENT_3 regs[3]
#define MMS_SYSCALL_ARGUMENT_4 regs[4]
#define MMS_SYSCALL_ARGUMENT_5 regs[5]
#define MMS_SYSCALL_NUMBER syscallno

#define MMS_FIRST_ARGUMENT regs[0]
#define MMS_RESULT regs[0]
#define MMS_INSTRUCTION pc

static __always_inline bool mms_has_foreign_numbers(struct task_struct *task)
{
	return false;
}

#else
#error "which architecture?"
#endif

#endif
