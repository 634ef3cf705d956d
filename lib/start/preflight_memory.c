/* SPDX-License-Identifier: BSD-3-Clause */
/* Does EAL get the memory it is asked for, and does the switch get by with it? */
#include <dirent.h>
#include <limits.h>
#include <linux/magic.h>
#include <mntent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <rte_common.h>

#include "preflight.h"

#define PAGES_PATH "/sys/kernel/mm/hugepages"
#define NODE_PATH "/sys/devices/system/node/node%u"
#define KB_PER_MB 1024UL

/* The hugepages of one size. */
struct pool {
	unsigned long page_kb;
	long total;
	long n_free; /* and not promised to anybody */
	bool usable; /* with --in-memory, or by a hugetlbfs that is mounted */
};

struct pools {
	struct pool pool[4];
	unsigned int n;
};

static unsigned long
free_mb(const struct pools *pools)
{
	unsigned long mb = 0;
	unsigned int i;

	for (i = 0; i < pools->n; i++)
		mb += pools->pool[i].usable
			      ? pools->pool[i].n_free * pools->pool[i].page_kb / KB_PER_MB
			      : 0;
	return mb;
}

/* Of 2 MiB where there are such, else of the first size. */
static const struct pool *
common_pool(const struct pools *pools)
{
	unsigned int i;

	for (i = 0; i < pools->n; i++) {
		if (pools->pool[i].page_kb == 2048)
			return &pools->pool[i];
	}
	return &pools->pool[0];
}

static void
read_pools(struct pools *pools)
{
	DIR *directory = opendir(PAGES_PATH);
	struct dirent *entry;
	struct pool *pool;

	pools->n = 0;
	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		pool = &pools->pool[pools->n];
		if (sscanf(entry->d_name, "hugepages-%lukB", &pool->page_kb) != 1)
			continue;
		pool->total = preflight_number(PAGES_PATH "/%s/nr_hugepages", entry->d_name);
		pool->n_free = preflight_number(PAGES_PATH "/%s/free_hugepages", entry->d_name) -
			       preflight_number(PAGES_PATH "/%s/resv_hugepages", entry->d_name);
		pool->usable = false;
		if (++pools->n == sizeof(pools->pool) / sizeof(pools->pool[0]))
			break;
	}
	if (directory != NULL)
		closedir(directory);
}

static void
mark_usable(struct pools *pools, unsigned long page_kb)
{
	unsigned int i;

	for (i = 0; i < pools->n; i++)
		pools->pool[i].usable |= page_kb == 0 || pools->pool[i].page_kb == page_kb;
}

/*
 * What EAL will take: the directory of --huge-dir, or the first mount of each size. Marks their
 * sizes; directory gets the first of them, "" if there is none. A hugetlbfs tells its page size as
 * its block size.
 */
static void
find_mounts(const struct vsw_start_args *args, struct pools *pools, char *directory)
{
	FILE *mounts = setmntent("/proc/mounts", "re");
	struct mntent *mount;
	struct statfs fs;

	directory[0] = '\0';
	if (args->huge_dir != NULL) {
		if (statfs(args->huge_dir, &fs) == 0 && fs.f_type == HUGETLBFS_MAGIC) {
			snprintf(directory, PATH_MAX, "%s", args->huge_dir);
			mark_usable(pools, fs.f_bsize / 1024);
		}
	} else {
		while (mounts != NULL && (mount = getmntent(mounts)) != NULL) {
			if (strcmp(mount->mnt_type, "hugetlbfs") != 0 ||
			    statfs(mount->mnt_dir, &fs) < 0)
				continue;
			if (directory[0] == '\0')
				snprintf(directory, PATH_MAX, "%s", mount->mnt_dir);
			mark_usable(pools, fs.f_bsize / 1024);
		}
	}
	if (mounts != NULL)
		endmntent(mounts);
}

static void
name_user(uid_t uid, char *name, size_t size)
{
	const struct passwd *user = getpwuid(uid);

	if (user != NULL)
		snprintf(name, size, "%s", user->pw_name);
	else
		snprintf(name, size, "user %u", (unsigned int)uid);
}

static void
check_mount(const struct vsw_start_args *args, struct pools *pools,
	    struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "hugetlbfs");
	char directory[PATH_MAX], owner[64], user[64];
	struct stat st;

	find_mounts(args, pools, directory);
	if (directory[0] == '\0') {
		check->state = VSW_START_PROBLEM;
		if (args->huge_dir != NULL)
			snprintf(check->found, sizeof(check->found),
				 "--huge-dir %.100s is not on a hugetlbfs", args->huge_dir);
		else
			snprintf(check->found, sizeof(check->found), "no hugetlbfs is mounted");
		snprintf(check->remedy, sizeof(check->remedy),
			 "run 'mkdir -p /dev/hugepages && mount -t hugetlbfs none /dev/hugepages' "
			 "as root, or start with --in-memory");
	} else if (access(directory, W_OK | X_OK) == 0) {
		snprintf(check->found, sizeof(check->found), "%.100s can be written", directory);
	} else {
		check->state = VSW_START_PROBLEM;
		name_user(geteuid(), user, sizeof(user));
		owner[0] = '\0';
		if (stat(directory, &st) == 0)
			name_user(st.st_uid, owner, sizeof(owner));
		snprintf(check->found, sizeof(check->found),
			 "the hugetlbfs %.80s belongs to %s and cannot be written by %s", directory,
			 owner, user);
		snprintf(check->remedy, sizeof(check->remedy),
			 "start with --in-memory, or run 'chown %s %.80s' as root", user,
			 directory);
	}
}

/* MiB that EAL takes at its start. */
static unsigned long
asked_mb(const struct vsw_start_args *args)
{
	unsigned long mb = args->memory_mb;
	unsigned int i;

	for (i = 0; i < args->n_nodes; i++)
		mb += args->node_mb[i];
	return mb;
}

/* "2 MiB". */
static void
name_page(const struct pool *pool, char *text, size_t size)
{
	if (pool->page_kb < KB_PER_MB)
		snprintf(text, size, "%lu KiB", pool->page_kb);
	else
		snprintf(text, size, "%lu MiB", pool->page_kb / KB_PER_MB);
}

static void
list_pools(const struct pools *pools, char *text, size_t size)
{
	char page[32];
	unsigned int i;
	size_t used = 0;

	for (i = 0; i < pools->n && used < size; i++) {
		const struct pool *pool = &pools->pool[i];

		name_page(pool, page, sizeof(page));
		used += snprintf(text + used, size - used, "%s%ld of %ld pages of %s%s",
				 i > 0 ? ", " : "", pool->n_free, pool->total, page,
				 pool->usable ? "" : " (not mounted)");
	}
}

/* The command that adds pages for so many MiB. */
static void
write_remedy(const struct pool *pool, unsigned long missing_mb, char *text, size_t size)
{
	long missing = (missing_mb * KB_PER_MB + pool->page_kb - 1) / pool->page_kb;

	snprintf(text, size, "run 'echo %ld > %s/hugepages-%lukB/nr_hugepages' as root",
		 pool->total + missing, PAGES_PATH, pool->page_kb);
}

static void
check_pages(const struct vsw_start_args *args, unsigned long need_mb, const struct pools *pools,
	    struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "hugepages");
	unsigned long asked = asked_mb(args), there = free_mb(pools);
	unsigned long wanted = RTE_MAX(asked, need_mb);
	char list[120] = "none", command[120];

	list_pools(pools, list, sizeof(list));
	snprintf(check->found, sizeof(check->found),
		 "%lu MiB of hugepages are needed, %lu are free: %s", wanted, there, list);
	if (there >= wanted)
		return;
	check->state = VSW_START_PROBLEM;
	if (pools->n == 0) {
		snprintf(check->remedy, sizeof(check->remedy), "start with --no-huge -m %lu",
			 wanted);
		return;
	}
	write_remedy(common_pool(pools), wanted - there, command, sizeof(command));
	if (there >= need_mb)
		snprintf(check->remedy, sizeof(check->remedy),
			 "ask for the %lu MiB that the switch needs (-m %lu), or %s", need_mb,
			 need_mb, command);
	else
		snprintf(check->remedy, sizeof(check->remedy), "%s, or start with --no-huge -m %lu",
			 command, need_mb);
}

/* --socket-mem asks for memory by node. */
static void
check_node(const struct vsw_start_args *args, unsigned int node,
	   struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check;
	char path[64];

	snprintf(path, sizeof(path), NODE_PATH, node);
	if (args->node_mb[node] == 0 || access(path, F_OK) == 0)
		return;
	check = preflight_add(preflight, "NUMA memory");
	check->state = VSW_START_PROBLEM;
	snprintf(check->found, sizeof(check->found),
		 "--socket-mem asks for %lu MiB on NUMA node %u, which this machine does not have",
		 (unsigned long)args->node_mb[node], node);
	snprintf(check->remedy, sizeof(check->remedy),
		 "ask for memory on the nodes of /sys/devices/system/node, as in --socket-mem %lu, "
		 "or with -m %lu",
		 asked_mb(args), asked_mb(args));
}

/* Memory that does not grow while the switch runs: EAL's --no-huge, --legacy-mem. */
static void
check_fixed(const struct vsw_start_args *args, unsigned long need_mb,
	    struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "memory");
	unsigned long given = asked_mb(args) > 0 ? asked_mb(args) : VSW_START_NO_HUGE_MB;
	long kb = -1;
	char line[128];
	FILE *file;

	snprintf(check->found, sizeof(check->found), "the switch needs %lu MiB, EAL is given %lu%s",
		 need_mb, given, asked_mb(args) > 0 ? "" : ", the default");
	if (given < need_mb) {
		check->state = VSW_START_PROBLEM;
		snprintf(check->remedy, sizeof(check->remedy), "start with -m %lu", need_mb);
		return;
	}
	file = fopen("/proc/meminfo", "re");
	while (args->no_huge && file != NULL && fgets(line, sizeof(line), file) != NULL &&
	       sscanf(line, "MemAvailable: %ld", &kb) != 1)
		;
	if (file != NULL)
		fclose(file);
	if (kb < 0 || given <= kb / KB_PER_MB)
		return;
	check->state = VSW_START_PROBLEM;
	snprintf(check->found, sizeof(check->found),
		 "EAL is given %lu MiB, but only %lu MiB of this machine's memory are available",
		 given, kb / KB_PER_MB);
	snprintf(check->remedy, sizeof(check->remedy),
		 "ask for less, the switch needs %lu MiB: start with -m %lu", need_mb, need_mb);
}

/* EAL keeps files there, as its guide says: 'Running Without Root Privileges'. */
static void
check_runtime(struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "runtime files");
	const char *directory = getenv("RUNTIME_DIRECTORY");
	char path[PATH_MAX];

	if (directory == NULL)
		directory = geteuid() == 0 ? "/var/run" : getenv("XDG_RUNTIME_DIR");
	if (directory == NULL)
		directory = "/tmp";
	snprintf(path, sizeof(path), "%s/dpdk", directory);
	if (access(path, F_OK) < 0)
		snprintf(path, sizeof(path), "%s", directory);
	if (access(path, W_OK | X_OK) == 0) {
		snprintf(check->found, sizeof(check->found), "%.100s can be written", path);
		return;
	}
	check->state = VSW_START_PROBLEM;
	snprintf(check->found, sizeof(check->found), "EAL cannot write its runtime files to %.100s",
		 path);
	snprintf(check->remedy, sizeof(check->remedy),
		 "set XDG_RUNTIME_DIR to a directory of this user's, or start with --no-shconf");
}

void
vsw_start_preflight_memory(const struct vsw_start_args *args, uint32_t need_mb,
			   struct vsw_start_preflight *preflight)
{
	struct pools pools;
	unsigned int i;

	if (args->no_huge || (args->legacy_mem && asked_mb(args) > 0))
		check_fixed(args, need_mb, preflight);
	if (!args->no_huge) {
		read_pools(&pools);
		if (args->in_memory)
			mark_usable(&pools, 0);
		else
			check_mount(args, &pools, preflight);
		for (i = 0; i < args->n_nodes; i++)
			check_node(args, i, preflight);
		check_pages(args, need_mb, &pools, preflight);
	}
	if (!args->in_memory && !args->no_shconf)
		check_runtime(preflight);
}
