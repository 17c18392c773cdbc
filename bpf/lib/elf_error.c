/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libelf's error state, in place of its own elf_error.o: in the distributions' libelf.a that one object
 * is built for executables only (thread-local storage in the local-exec model) and cannot be linked
 * into a shared object. The linker finds these definitions first and leaves the archive's out. libbpf
 * reports the message with its own context, so a number is enough here, and one for all threads: with
 * thread-local storage this library would need glibc's dynamic linker by name, which musl does not have.
 */
#include <libelf.h>
#include <stdio.h>

static int last_error;

void __libelf_seterrno(int value);

void __libelf_seterrno(int value)
{
	last_error = value;
}

int elf_errno(void)
{
	int error = last_error;

	last_error = 0;
	return error;
}

const char *elf_errmsg(int error)
{
	static char message[32];

	if (error == 0 && last_error == 0)
		return NULL;
	snprintf(message, sizeof(message), "libelf error %d", error > 0 ? error : last_error);
	return message;
}
