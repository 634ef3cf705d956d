/* SPDX-License-Identifier: BSD-3-Clause */
#include "facts.h"

#include <cpuid.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <rte_version.h>

#include "text_file.h"

#define CPU_DIR "/sys/devices/system/cpu/"
#define TEXT_BYTES 4096
#define HYPERVISOR_BIT (1U << 31)	 /* of ECX, leaf 1 */
#define HYPERVISOR_LEAF 0x40000000	 /* its name in EBX, ECX, EDX */
#define TSC_ROUND_HZ 10000000		 /* a TSC that was measured differs in each boot */
#define HASH_START 0xcbf29ce484222325ULL /* FNV-1a, 64 bits */
#define HASH_PRIME 0x100000001b3ULL

/* A file's text, or null. */
static json_t *
text_or_null(const char *path)
{
	char text[TEXT_BYTES];

	return text_file_read(text, sizeof(text), "%s", path) > 0 ? json_string(text) : json_null();
}

/* The value of the first line "KEY ... : VALUE", or null. */
static json_t *
colon_value(const char *text, const char *key)
{
	size_t length = strlen(key);
	const char *line, *colon, *end;

	for (line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		end = strchrnul(line, '\n');
		colon = memchr(line, ':', end - line);
		if (strncmp(line, key, length) != 0 || colon == NULL ||
		    strspn(line + length, " \t") != (size_t)(colon - line) - length)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		return json_stringn(colon, end - colon);
	}
	return json_null();
}

static json_t *
colon_number(const char *text, const char *key)
{
	json_t *value = colon_value(text, key);
	json_t *number = json_is_string(value)
				 ? json_integer(strtoll(json_string_value(value), NULL, 10))
				 : json_null();

	json_decref(value);
	return number;
}

/* The size of the last cache of CPU 0, as the kernel writes it ("32768K"), or null. */
static json_t *
last_cache(void)
{
	char text[64];
	int index;

	for (index = 9; index >= 0; index--) {
		if (text_file_read(text, sizeof(text), CPU_DIR "cpu0/cache/index%d/size", index) >
		    0)
			return json_string(text);
	}
	return json_null();
}

/* SMT is on where CPU 0 has a sibling: "0-1" or "0,32". */
static bool
has_smt(void)
{
	char text[256];

	return text_file_read(text, sizeof(text), CPU_DIR "cpu0/topology/thread_siblings_list") >
		       0 &&
	       strpbrk(text, ",-") != NULL;
}

static json_t *
cpu_facts(void)
{
	char text[TEXT_BYTES];
	json_t *object = json_object();

	text_file_read(text, sizeof(text), "/proc/cpuinfo");
	json_object_set_new(object, "model", colon_value(text, "model name"));
	json_object_set_new(object, "vendor", colon_value(text, "vendor_id"));
	json_object_set_new(object, "family", colon_number(text, "cpu family"));
	json_object_set_new(object, "number", colon_number(text, "model"));
	json_object_set_new(object, "stepping", colon_number(text, "stepping"));
	json_object_set_new(object, "microcode", colon_value(text, "microcode"));
	json_object_set_new(object, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(object, "smt", json_boolean(has_smt()));
	json_object_set_new(object, "last_cache", last_cache());
	json_object_set_new(object, "numa_nodes", text_or_null("/sys/devices/system/node/online"));
	return object;
}

/* The signature that a hypervisor shows, "KVMKVMKVM", or null on bare metal. */
static json_t *
hypervisor(void)
{
	unsigned int eax, ebx, ecx, edx;
	char name[13] = "";
	json_t *text;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & HYPERVISOR_BIT) == 0)
		return json_null();
	__cpuid(HYPERVISOR_LEAF, eax, ebx, ecx, edx);
	memcpy(name, &ebx, 4);
	memcpy(name + 4, &ecx, 4);
	memcpy(name + 8, &edx, 4);
	text = json_string(name);
	return text != NULL ? text : json_string("unknown"); /* not all are UTF-8 */
}

char *
facts_boot_value(const char *line, const char *key)
{
	size_t length = strlen(key), n;
	const char *word = line;

	for (word += strspn(word, " "); *word != '\0'; word += n, word += strspn(word, " ")) {
		n = strcspn(word, " ");
		if (strncmp(word, key, length) != 0)
			continue;
		if (n == length)
			return strdup("");
		if (word[length] == '=')
			return strndup(word + length + 1, n - length - 1);
	}
	return NULL;
}

static json_t *
boot_json(const char *line, const char *key)
{
	char *value = facts_boot_value(line, key);
	json_t *json = value != NULL ? json_string(value) : json_null();

	free(value);
	return json;
}

static json_t *
kernel_facts(const char *boot_line)
{
	json_t *object = json_object();
	struct utsname name;

	uname(&name);
	json_object_set_new(object, "release", json_string(name.release));
	json_object_set_new(object, "boot_line", json_string(boot_line));
	json_object_set_new(
		object, "clock",
		text_or_null("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
	return object;
}

static json_t *
isolation_facts(const char *boot_line)
{
	json_t *object = json_object();

	json_object_set_new(object, "isolated", text_or_null(CPU_DIR "isolated"));
	json_object_set_new(object, "isolcpus", boot_json(boot_line, "isolcpus"));
	json_object_set_new(object, "nohz_full", boot_json(boot_line, "nohz_full"));
	json_object_set_new(object, "rcu_nocbs", boot_json(boot_line, "rcu_nocbs"));
	return object;
}

static long
read_number(const char *directory, const char *name, const char *file)
{
	char text[32];

	if (text_file_read(text, sizeof(text), "%s/%s/%s", directory, name, file) < 0)
		return 0;
	return atol(text);
}

/* [{size_kb, total, free}] of those sizes that have pages. */
static json_t *
hugepage_facts(void)
{
	static const char directory[] = "/sys/kernel/mm/hugepages";
	json_t *list = json_array();
	struct dirent *entry;
	DIR *dir = opendir(directory);
	long size_kb, total, n_free;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (sscanf(entry->d_name, "hugepages-%ldkB", &size_kb) != 1)
			continue;
		total = read_number(directory, entry->d_name, "nr_hugepages");
		n_free = read_number(directory, entry->d_name, "free_hugepages");
		if (total > 0)
			json_array_append_new(list, json_pack("{sI sI sI}", "size_kb",
							      (json_int_t)size_kb, "total",
							      (json_int_t)total, "free",
							      (json_int_t)n_free));
	}
	if (dir != NULL)
		closedir(dir);
	return list;
}

static json_t *
memory_facts(void)
{
	char text[TEXT_BYTES];

	text_file_read(text, sizeof(text), "/proc/meminfo");
	return colon_number(text, "MemTotal");
}

/* Runnable threads, ours included: the mean of the last minute. */
static json_t *
load_facts(void)
{
	double load;

	return getloadavg(&load, 1) == 1 ? json_real(load) : json_null();
}

json_t *
facts(uint64_t tsc_hz)
{
	char fingerprint[FACTS_FINGERPRINT_BYTES], boot_line[TEXT_BYTES];
	json_t *object = json_object();

	if (object == NULL)
		return NULL;
	text_file_read(boot_line, sizeof(boot_line), "/proc/cmdline");
	json_object_set_new(object, "cpu", cpu_facts());
	json_object_set_new(object, "tsc_hz", json_integer(tsc_hz));
	json_object_set_new(object, "memory_kb", memory_facts());
	json_object_set_new(object, "hypervisor", hypervisor());
	json_object_set_new(object, "kernel", kernel_facts(boot_line));
	json_object_set_new(object, "isolation", isolation_facts(boot_line));
	json_object_set_new(object, "hugepages", hugepage_facts());
	json_object_set_new(object, "governor",
			    text_or_null(CPU_DIR "cpu0/cpufreq/scaling_governor"));
	json_object_set_new(object, "dpdk", json_string(rte_version()));
	json_object_set_new(object, "load_1min", load_facts());
	facts_fingerprint(object, fingerprint);
	json_object_set_new(object, "fingerprint", json_string(fingerprint));
	return object;
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	/* The NUL is part of it, so that ("a", "bc") is not ("ab", "c"). */
	do {
		hash = (hash ^ (uint8_t)*text) * HASH_PRIME;
	} while (*text++ != '\0');
	return hash;
}

static uint64_t
hash_json(uint64_t hash, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS);

	hash = hash_text(hash, text != NULL ? text : "null");
	free(text);
	return hash;
}

void
facts_fingerprint(const json_t *facts, char text[FACTS_FINGERPRINT_BYTES])
{
	static const char *const cpu_keys[] = {"vendor", "family", "number",	"stepping",
					       "cpus",	 "smt",	   "last_cache"};
	static const char *const keys[] = {"hypervisor", "isolation", "governor"};
	json_int_t tsc_hz = json_integer_value(json_object_get(facts, "tsc_hz"));
	const json_t *cpu = json_object_get(facts, "cpu");
	uint64_t hash = HASH_START;
	char tsc[32];
	size_t i;

	for (i = 0; i < sizeof(cpu_keys) / sizeof(cpu_keys[0]); i++)
		hash = hash_json(hash, json_object_get(cpu, cpu_keys[i]));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		hash = hash_json(hash, json_object_get(facts, keys[i]));
	snprintf(tsc, sizeof(tsc), "%" PRId64,
		 (int64_t)((tsc_hz + TSC_ROUND_HZ / 2) / TSC_ROUND_HZ));
	hash = hash_text(hash, tsc);
	snprintf(text, FACTS_FINGERPRINT_BYTES, "%012" PRIx64, hash >> 16);
}
