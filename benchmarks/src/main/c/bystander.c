// SPDX-License-Identifier: Apache-2.0
/*
 * A process that has nothing to do with any agent: what does its cheapest system call cost?
 *
 *   bystander
 *
 * Prints the nanoseconds of a getppid(2), the median over windows of 1 ms. They are counted on the
 * thread's own clock, which stands still while another process has the processor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WINDOWS = 301, CALLS = 5000 };

static double cpu_nanos(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static double nanos[WINDOWS];

	for (int window = 0; window < WINDOWS; window++) {
		double start = cpu_nanos();

		for (int call = 0; call < CALLS; call++)
			syscall(SYS_getppid); /* the library's might be answered without the kernel */
		nanos[window] = (cpu_nanos() - start) / CALLS;
	}
	qsort(nanos, WINDOWS, sizeof(*nanos), ascending);
	printf("getppid=%.2f\n", nanos[WINDOWS / 2]);
	return 0;
}
