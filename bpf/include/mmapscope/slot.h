/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The thread slot, found from the kernel side. */
#ifndef MMAPSCOPE_SLOT_H
#define MMAPSCOPE_SLOT_H

#include <mmapscope/flight.h>

/* Index: slot. Mapped into the JVM: elements are contiguous, sizeof(struct mms_slot) being a multiple of 8. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MMS_SLOTS);
	__type(key, __u32);
	__type(value, struct mms_slot);
} mms_slots SEC(".maps");

/* Index: bucket. See enum mms_tids. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MMS_TIDS_SIZE);
	__type(key, __u32);
	__type(value, __u64);
} mms_tids SEC(".maps");

/* Index + 1 of the slot entered for a thread, 0 for none. */
static __always_inline __u32 mms_slot_probe(__u32 tid)
{
	__u32 bucket = (tid * MMS_TIDS_HASH) >> MMS_TIDS_SHIFT;

	for (int i = 0; i < MMS_TIDS_PROBES; i++) {
		__u32 at = (bucket + i) & (MMS_TIDS_SIZE - 1);
		__u64 *entry = bpf_map_lookup_elem(&mms_tids, &at);
		__u64 value;

		if (!entry)
			return 0;
		value = *(volatile __u64 *)entry;
		if (!value)
			return 0;
		if (value >> 32 == tid)
			return (__u32)value;
	}
	return 0;
}

static __always_inline struct mms_slot *mms_slot_at(__u32 number, __u32 tid)
{
	__u32 index = number - 1;
	struct mms_slot *slot = bpf_map_lookup_elem(&mms_slots, &index);

	return slot && slot->tid == tid ? slot : NULL;
}

/* The thread's slot, or NULL. The index is kept: a thread keeps its slot for life. */
static __always_inline struct mms_slot *mms_slot_of(struct mms_flight *flight)
{
	struct mms_slot *slot;

	if (flight->slot) {
		slot = mms_slot_at(flight->slot, flight->tid);
		if (slot)
			return slot;
	}
	flight->slot = mms_slot_probe(flight->tid);
	return flight->slot ? mms_slot_at(flight->slot, flight->tid) : NULL;
}

#endif
