// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/* All hook families in one object, because they share the task's flight and the maps. */
#include "mapping.bpf.c"
#include "faults.bpf.c"
#include "lock_waits.bpf.c"
