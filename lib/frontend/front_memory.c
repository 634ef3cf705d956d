/* SPDX-License-Identifier: BSD-3-Clause */
#include "front_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns 0 or a negative errno. */
static int
open_region(struct front_memory *memory, size_t bytes, unsigned int flags)
{
	struct stat st;
	size_t page;
	int ret;

	memory->fd = memfd_create("vsw-front", MFD_CLOEXEC | flags);
	if (memory->fd < 0)
		return -errno;
	/* The size of a block is that of a page. */
	if (fstat(memory->fd, &st) < 0)
		goto fail;
	page = st.st_blksize;
	memory->bytes = (bytes + page - 1) / page * page;
	if (fallocate(memory->fd, 0, 0, memory->bytes) < 0)
		goto fail;
	memory->at = mmap(NULL, memory->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			  memory->fd, 0);
	if (memory->at != MAP_FAILED)
		return 0;
fail:
	ret = -errno;
	memory->at = NULL;
	close(memory->fd);
	memory->fd = -1;
	return ret;
}

int
front_memory_open(struct front_memory *memory, size_t bytes, bool hugepages, struct vsw_error *err)
{
	int ret;

	memory->hugepages = hugepages && open_region(memory, bytes, MFD_HUGETLB) == 0;
	if (memory->hugepages)
		return 0;
	ret = open_region(memory, bytes, 0);
	if (ret < 0)
		return vsw_error_set(err, -ret,
				     "no %zu MiB of memory for rings and buffers: %s; take smaller "
				     "rings or buffers, or fewer queues",
				     (bytes >> 20) + 1, strerror(-ret));
	return 0;
}

void
front_memory_close(struct front_memory *memory)
{
	if (memory->at != NULL)
		munmap(memory->at, memory->bytes);
	if (memory->fd >= 0)
		close(memory->fd);
	memory->at = NULL;
	memory->fd = -1;
}
