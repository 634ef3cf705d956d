/* SPDX-License-Identifier: BSD-3-Clause */
/* Are the CPUs there, may this process use them, and does each lcore have its own? */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "preflight.h"

#define CPU_PATH "/sys/devices/system/cpu/cpu%u/"
#define LIST_BYTES 64

/* "0-3,5"; a list that is too long ends with "...". */
static void
format_list(const cpu_set_t *set, char *text)
{
	int first, last, used = 0;

	text[0] = '\0';
	for (first = 0; first < CPU_SETSIZE; first = last + 1) {
		last = first;
		if (!CPU_ISSET(first, set))
			continue;
		while (last + 1 < CPU_SETSIZE && CPU_ISSET(last + 1, set))
			last++;
		if (used > LIST_BYTES - 20) {
			snprintf(text + used, LIST_BYTES - used, ",...");
			return;
		}
		used += snprintf(text + used, LIST_BYTES - used, "%s%d", used > 0 ? "," : "",
				 first);
		if (last > first)
			used += snprintf(text + used, LIST_BYTES - used, "-%d", last);
	}
}

static bool
cpu_exists(unsigned int cpu)
{
	char path[64];

	snprintf(path, sizeof(path), CPU_PATH, cpu);
	return access(path, F_OK) == 0;
}

/* By asking the kernel, which alone knows; the process keeps its CPUs. */
static bool
cpu_is_denied(unsigned int cpu)
{
	cpu_set_t before, one;
	bool denied;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_getaffinity(0, sizeof(before), &before) < 0)
		return false;
	denied = sched_setaffinity(0, sizeof(one), &one) < 0 && errno == EINVAL;
	sched_setaffinity(0, sizeof(before), &before);
	return denied;
}

static void
read_allowed(cpu_set_t *set)
{
	char line[512];
	FILE *file = fopen("/proc/self/status", "re");

	CPU_ZERO(set);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "Cpus_allowed_list: %511s", line) == 1)
			vsw_start_args_read_list(line, set);
	}
	if (file != NULL)
		fclose(file);
}

static void
check_there(const struct vsw_start_args *args, const cpu_set_t *asked,
	    struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "CPUs");
	long n = sysconf(_SC_NPROCESSORS_CONF);
	char list[LIST_BYTES], allowed_list[LIST_BYTES];
	cpu_set_t allowed;
	unsigned int cpu;

	format_list(asked, list);
	read_allowed(&allowed);
	format_list(&allowed, allowed_list);
	snprintf(check->found, sizeof(check->found),
		 "lcores: %u, on CPUs %s; this machine has %ld CPUs, this process was given %s",
		 args->n_lcores, list, n, allowed_list);
	for (cpu = 0; cpu < CPU_SETSIZE && check->state == VSW_START_OK; cpu++) {
		if (!CPU_ISSET(cpu, asked))
			continue;
		if (!cpu_exists(cpu)) {
			check->state = VSW_START_PROBLEM;
			snprintf(check->found, sizeof(check->found),
				 "lcore %u: this machine has %ld CPUs, 0 to %ld", cpu, n, n - 1);
			snprintf(check->remedy, sizeof(check->remedy), "choose with -l");
		} else if (cpu_is_denied(cpu)) {
			check->state = VSW_START_PROBLEM;
			preflight->cpus_denied = true;
			snprintf(check->found, sizeof(check->found),
				 "CPU %u is offline or not in the cpuset of this process: it may "
				 "use %s",
				 cpu, allowed_list);
			snprintf(check->remedy, sizeof(check->remedy),
				 "choose among these with -l, or add CPU %u to the cpuset (its "
				 "cgroup is in /proc/self/cgroup)",
				 cpu);
		} else if (!CPU_ISSET(cpu, &allowed)) {
			check->state = VSW_START_WARNING;
			snprintf(check->found, sizeof(check->found),
				 "CPU %u is not among those that this process was given (%s), but "
				 "an lcore polls there",
				 cpu, allowed_list);
			snprintf(check->remedy, sizeof(check->remedy),
				 "choose with -l, or start it with 'taskset -c %s'", list);
		}
	}
}

static void
check_shared(const struct vsw_start_args *args, struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "shared CPUs");
	unsigned int i, j;
	cpu_set_t both;

	snprintf(check->found, sizeof(check->found), "no two lcores on one CPU");
	for (i = 0; i < args->n_lcores && check->state == VSW_START_OK; i++) {
		for (j = i + 1; j < args->n_lcores; j++) {
			CPU_AND(&both, &args->lcore[i].cpus, &args->lcore[j].cpus);
			if (CPU_COUNT(&both) == 0)
				continue;
			check->state = VSW_START_WARNING;
			snprintf(check->found, sizeof(check->found),
				 "lcores %u and %u share a CPU: each gets half of it or less",
				 args->lcore[i].lcore_id, args->lcore[j].lcore_id);
			snprintf(check->remedy, sizeof(check->remedy),
				 "give each its own with -l or --lcores");
			break;
		}
	}
}

/* The CPUs of one core, this one included. */
static void
read_siblings(unsigned int cpu, cpu_set_t *set)
{
	char path[128], text[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), CPU_PATH "topology/thread_siblings_list", cpu);
	file = fopen(path, "re");
	if (file == NULL || fgets(text, sizeof(text), file) == NULL ||
	    !vsw_start_args_read_list(text, set))
		CPU_ZERO(set);
	if (file != NULL)
		fclose(file);
}

static void
check_siblings(const cpu_set_t *asked, struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "hyperthreads");
	char list[LIST_BYTES];
	cpu_set_t siblings;
	unsigned int cpu;

	snprintf(check->found, sizeof(check->found), "no two lcores on siblings of one core");
	for (cpu = 0; cpu < CPU_SETSIZE && check->state == VSW_START_OK; cpu++) {
		if (!CPU_ISSET(cpu, asked))
			continue;
		read_siblings(cpu, &siblings);
		CPU_AND(&siblings, &siblings, asked);
		if (CPU_COUNT(&siblings) < 2)
			continue;
		check->state = VSW_START_WARNING;
		format_list(&siblings, list);
		snprintf(check->found, sizeof(check->found),
			 "CPUs %s are siblings of one core: two lcores there forward little more "
			 "than one",
			 list);
		snprintf(check->remedy, sizeof(check->remedy), "choose one of them with -l");
	}
}

static int
node_of(unsigned int cpu)
{
	char path[128];
	int node;

	for (node = 0; node < VSW_START_NODES_MAX; node++) {
		snprintf(path, sizeof(path), CPU_PATH "node%d", cpu, node);
		if (access(path, F_OK) == 0)
			return node;
	}
	return 0;
}

/* Frames are kept on the node of the main lcore, the first. */
static void
check_nodes(const struct vsw_start_args *args, const cpu_set_t *asked,
	    struct vsw_start_preflight *preflight)
{
	struct vsw_start_check *check = preflight_add(preflight, "NUMA");
	unsigned int cpu;
	int home = -1;

	for (cpu = 0; cpu < CPU_SETSIZE && home < 0; cpu++) {
		if (CPU_ISSET(cpu, &args->lcore[0].cpus))
			home = node_of(cpu);
	}
	snprintf(check->found, sizeof(check->found), "all lcores and the frames on node %d", home);
	for (cpu = 0; cpu < CPU_SETSIZE && check->state == VSW_START_OK; cpu++) {
		if (!CPU_ISSET(cpu, asked) || node_of(cpu) == home)
			continue;
		check->state = VSW_START_WARNING;
		snprintf(check->found, sizeof(check->found),
			 "CPU %u is on NUMA node %d, the frames are on node %d: each of its frames "
			 "crosses the link between them",
			 cpu, node_of(cpu), home);
		snprintf(check->remedy, sizeof(check->remedy), "choose CPUs of one node with -l");
	}
}

void
vsw_start_preflight_cpus(const struct vsw_start_args *args, struct vsw_start_preflight *preflight)
{
	cpu_set_t asked;
	unsigned int i;

	CPU_ZERO(&asked);
	for (i = 0; i < args->n_lcores; i++)
		CPU_OR(&asked, &asked, &args->lcore[i].cpus);
	if (CPU_COUNT(&asked) == 0)
		return; /* EAL says what is wrong with it */
	check_there(args, &asked, preflight);
	if (preflight->check[preflight->n - 1].state == VSW_START_PROBLEM)
		return;
	check_shared(args, preflight);
	check_siblings(&asked, preflight);
	check_nodes(args, &asked, preflight);
}
