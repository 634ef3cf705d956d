/* SPDX-License-Identifier: BSD-3-Clause */
#include "leak.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int64_t
read_resident_kb(pid_t pid)
{
	long pages_all, pages;
	char path[64];
	FILE *file;
	int n;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	file = fopen(path, "r");
	if (file == NULL)
		return -1;
	n = fscanf(file, "%ld %ld", &pages_all, &pages);
	fclose(file);
	return n == 2 ? (int64_t)pages * sysconf(_SC_PAGESIZE) / 1024 : -1;
}

static int64_t
count_descriptors(pid_t pid)
{
	const struct dirent *entry;
	char path[64];
	int64_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* Lcores hold some of them for an instant. */
static int64_t
count_frames(struct switch_link *link)
{
	json_t *reply = NULL, *row;
	int64_t frames = -1;
	size_t i;

	if (switch_link_run(link, "show memory", &reply, NULL) < 0)
		return -1;
	json_array_foreach(json_object_get(reply, "memory"), i, row) {
		const char *name = json_string_value(json_object_get(row, "name"));

		if (name != NULL && strcmp(name, "frames") == 0)
			frames = json_integer_value(json_object_get(row, "size")) -
				 json_integer_value(json_object_get(row, "free"));
	}
	json_decref(reply);
	return frames;
}

void
leak_read(pid_t pid, struct switch_link *link, struct leak_reading *reading)
{
	reading->resident_kb = pid > 0 ? read_resident_kb(pid) : -1;
	reading->descriptors = pid > 0 ? count_descriptors(pid) : -1;
	reading->frames = link != NULL ? count_frames(link) : -1;
}

static json_t *
pair(int64_t before, int64_t after)
{
	if (before < 0 || after < 0)
		return json_null();
	return json_pack("[II]", (json_int_t)before, (json_int_t)after);
}

json_t *
leak_to_json(const struct leak_reading *before, const struct leak_reading *after)
{
	return json_pack("{so so so}", "resident_kb", pair(before->resident_kb, after->resident_kb),
			 "descriptors", pair(before->descriptors, after->descriptors), "frames",
			 pair(before->frames, after->frames));
}
