/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of the C library that the distributions' archives ask for and that an older glibc or musl
 * does not have, made of such as each has: what a build machine's headers put in, not what libbpf, libelf
 * and zlib need. The linker finds these first; the version script keeps them to this library.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's variable; musl has a constant pointer by the name of the macro instead. */
extern FILE _IO_2_1_stderr_ __attribute__((weak));

/*
 * The archives are built for executables, which may address libc's variable directly; a shared object may
 * not. This one is its own, points to the same stream, and is NULL with musl.
 */
#undef stderr
__attribute__((visibility("hidden"))) FILE *stderr = &_IO_2_1_stderr_;

/* glibc 2.33: before, an inline function. The kernel's struct stat is the C library's on 64 bits. */
int fstat(int fd, struct stat *out)
{
	return syscall(SYS_fstat, fd, out);
}

/* glibc 2.28, and not in musl. On 64 bits the same as fcntl. */
int fcntl64(int fd, int command, ...)
{
	va_list arguments;
	long argument;

	va_start(arguments, command);
	argument = va_arg(arguments, long);
	va_end(arguments);
	return fcntl(fd, command, argument);
}

#ifdef __aarch64__
/* glibc's own name, by which GCC's run-time code asks. With musl that would be a crash in dlopen. */
unsigned long __getauxval(unsigned long type);

unsigned long __getauxval(unsigned long type)
{
	return getauxval(type);
}

/*
 * glibc's is in its dynamic linker, which this library would need by name. Made from the same random
 * bytes, and with the same first byte 0, so that no string can go on beyond it.
 */
__attribute__((visibility("hidden"))) uintptr_t __stack_chk_guard;

__attribute__((constructor)) static void make_guard(void)
{
	memcpy(&__stack_chk_guard, (const void *)getauxval(AT_RANDOM), sizeof(__stack_chk_guard));
	__stack_chk_guard &= ~(uintptr_t)0xff;
}
#endif

/*
 * From here on _FORTIFY_SOURCE's, which musl lacks: the function with, before its last arguments, a flag
 * for more checks (which is ignored) and the size of what is written to, which is checked.
 */
static void check_fits(size_t length, size_t size)
{
	if (length > size)
		abort();
}

int __vsnprintf_chk(char *out, size_t length, int flag, size_t size, const char *format,
		    va_list arguments);
int __snprintf_chk(char *out, size_t length, int flag, size_t size, const char *format, ...);
int __sprintf_chk(char *out, int flag, size_t size, const char *format, ...);
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments);
int __vdprintf_chk(int fd, int flag, const char *format, va_list arguments);
void *__memcpy_chk(void *out, const void *in, size_t length, size_t size);
char *__strcpy_chk(char *out, const char *in, size_t size);
char *__strcat_chk(char *out, const char *in, size_t size);
char *__realpath_chk(const char *path, char *out, size_t size);

int __vsnprintf_chk(char *out, size_t length, int flag, size_t size, const char *format,
		    va_list arguments)
{
	(void)flag;
	check_fits(length, size);
	return vsnprintf(out, length, format, arguments);
}

int __snprintf_chk(char *out, size_t length, int flag, size_t size, const char *format, ...)
{
	va_list arguments;
	int written;

	va_start(arguments, format);
	written = __vsnprintf_chk(out, length, flag, size, format, arguments);
	va_end(arguments);
	return written;
}

int __sprintf_chk(char *out, int flag, size_t size, const char *format, ...)
{
	va_list arguments;
	int written;

	(void)flag;
	va_start(arguments, format);
	written = vsnprintf(out, size, format, arguments);
	va_end(arguments);
	if (written >= 0)
		check_fits((size_t)written + 1, size);
	return written;
}

/* To `stderr` without it, for it may be NULL; it is not buffered anyhow. */
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments)
{
	(void)flag;
	if (stream == stderr)
		return vdprintf(STDERR_FILENO, format, arguments);
	return vfprintf(stream, format, arguments);
}

int __vdprintf_chk(int fd, int flag, const char *format, va_list arguments)
{
	(void)flag;
	return vdprintf(fd, format, arguments);
}

void *__memcpy_chk(void *out, const void *in, size_t length, size_t size)
{
	check_fits(length, size);
	return memcpy(out, in, length);
}

char *__strcpy_chk(char *out, const char *in, size_t size)
{
	size_t length = strlen(in) + 1;

	check_fits(length, size);
	return memcpy(out, in, length);
}

char *__strcat_chk(char *out, const char *in, size_t size)
{
	size_t before = strlen(out);

	check_fits(before + strlen(in) + 1, size);
	strcpy(out + before, in);
	return out;
}

/* The caller's buffer, where it gives one, is of PATH_MAX bytes at least, which is all realpath needs. */
char *__realpath_chk(const char *path, char *out, size_t size)
{
	(void)size;
	return realpath(path, out);
}
