/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What every .bpf.c includes first: the kernel's BPF interface and libbpf's helpers. */
#ifndef MMAPSCOPE_BPF_H
#define MMAPSCOPE_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#endif
