// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a command and tells what only its parent can know of it.
 *
 *   launch COMMAND [ARGUMENT...]
 *
 * CLOCK_MONOTONIC nanoseconds before fork are appended to the arguments: what System.nanoTime() counts
 * too. When the command has ended a line follows its output:
 *
 *   launch start=NANOSECONDS end=NANOSECONDS peak=KILOBYTES
 *
 * Ends as the command did.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long monotonic_nanos(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv)
{
	char **command = calloc(argc + 1, sizeof(*command));
	char start_text[32];
	struct rusage usage;
	long long start, end;
	pid_t child;
	int status;

	if (argc < 2 || !command) {
		fprintf(stderr, "usage: launch COMMAND [ARGUMENT...]\n");
		return 2;
	}
	memcpy(command, argv + 1, (argc - 1) * sizeof(*command));
	command[argc - 1] = start_text;
	start = monotonic_nanos();
	snprintf(start_text, sizeof(start_text), "%lld", start);
	child = fork();
	if (child == 0) {
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child) {
		perror("launch");
		return 2;
	}
	end = monotonic_nanos();
	printf("launch start=%lld end=%lld peak=%ld\n", start, end, usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
