/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one of each struct of the wire to standard output, every field with a value of its own. */
#include <mmapscope/wire.h>
#include <stdio.h>
#include <string.h>

static void fill(struct mms_call *call, __u64 base)
{
	call->operation = base + 1;
	call->start_ns = base + 2;
	call->duration_ns = base + 3;
	for (int i = 0; i < 6; i++)
		call->args[i] = base + 10 + i;
	call->result = -12;
	call->hook = MMS_HOOK_REMAP_FILE_PAGES;
	call->flags = MMS_CALL_FILE | MMS_CALL_BEFORE | MMS_CALL_AGENT;
	call->tid = base + 4;
	call->file_inode = base + 5;
	call->file_size = base + 6;
	call->file_device = 254 << 20 | 7;
	call->before_device = 8 << 20 | 300;
	call->before_inode = base + 8;
	call->before_size = base + 9;
}

int main(void)
{
	static struct mms_call call;
	static struct mms_record record;
	static struct mms_slot slot;
	static struct mms_counts counts;
	static struct mms_settings settings;
	static struct mms_state state;
	static struct mms_fault fault;
	static struct mms_fault_cursor cursor;

	fill(&call, 0x100000000);
	fwrite(&call, sizeof(call), 1, stdout);

	fill(&record.call, 0x200000000);
	strcpy(record.comm, "a thread's name");
	for (int i = 0; i < MMS_STACK_WORDS; i++)
		record.stack[i] = 0x300000000 + i;
	fwrite(&record, sizeof(record), 1, stdout);

	slot.operation = 1;
	slot.trace_high = 2;
	slot.trace_low = 3;
	slot.span = 4;
	slot.tid = 5;
	slot.flags = 6;
	slot.calls = 7;
	slot.consumed = 8;
	slot.call_ns = 9;
	slot.overflowed = 10;
	slot.faults_minor = 11;
	slot.faults_major = 12;
	slot.faults_ns = 13;
	for (int i = 0; i < MMS_SLOT_CALLS; i++)
		fill(&slot.call[i], 0x1000 * (i + 1));
	fwrite(&slot, sizeof(slot), 1, stdout);

	counts.seen = 1;
	counts.joined = 2;
	counts.sent = 3;
	counts.lost = 4;
	counts.missed = 5;
	fwrite(&counts, sizeof(counts), 1, stdout);

	settings.pidns_device = 1;
	settings.pidns_inode = 2;
	settings.tgid = 3;
	fwrite(&settings, sizeof(settings), 1, stdout);

	state.host_tgid = MMS_HOST_TGID_NOBODY;
	state.raw_hooks = 6;
	fwrite(&state, sizeof(state), 1, stdout);

	fault.address = 0x7f0000001234;
	fault.end_ns = 2;
	fault.duration_ns = 3;
	fault.trace_high = 4;
	fault.trace_low = 5;
	fault.span = 6;
	fault.tid = 7;
	fault.flags = MMS_FAULT_KERNEL | MMS_FAULT_CARRIER;
	fault.kind = MMS_FAULT_MAJOR;
	fault.what = MMS_HOOK_MUNMAP + 1;
	fault.number = 8;
	fwrite(&fault, sizeof(fault), 1, stdout);

	cursor.head = 9;
	cursor.tail = 10;
	fwrite(&cursor, sizeof(cursor), 1, stdout);
	return 0;
}
