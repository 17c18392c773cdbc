/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributions' libbpf.a is built for executables, which may address libc's `stderr` variable
 * directly; a shared object may not. This one is the shared object's own and points to the same stream.
 */
#include <stdio.h>

extern FILE _IO_2_1_stderr_;

#undef stderr
__attribute__((visibility("hidden"))) FILE *stderr = &_IO_2_1_stderr_;
