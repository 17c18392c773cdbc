// SPDX-License-Identifier: Apache-2.0
/*
 * Takes a file out of the page cache, where nobody has it mapped.
 *
 *   evict FILE
 *
 * Ends with 1 where some of it is still there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct stat status;
	unsigned char *in_memory;
	size_t pages, left = 0;
	void *file;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: evict FILE\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &status) || fsync(fd) ||
	    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)) {
		perror(argv[1]);
		return 2;
	}
	pages = (status.st_size + 4095) / 4096;
	file = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	in_memory = calloc(pages, 1);
	if (file == MAP_FAILED || !in_memory || mincore(file, status.st_size, in_memory)) {
		perror(argv[1]);
		return 2;
	}
	for (size_t i = 0; i < pages; i++)
		left += in_memory[i] & 1;
	if (left)
		fprintf(stderr, "evict: %zu of %zu pages of %s are still in memory\n", left, pages, argv[1]);
	return left != 0;
}
