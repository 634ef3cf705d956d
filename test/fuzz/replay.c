/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target without a fuzzer: the inputs that were found before.
 *
 *	replay_NAME DIRECTORY
 */
#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX_BYTES (1U << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A block of its own, without a byte behind it. */
static int
replay(const char *path)
{
	static uint8_t bytes[INPUT_MAX_BYTES];
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	size_t n;

	if (file == NULL) {
		perror(path);
		return -1;
	}
	n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	data = malloc(n);
	for (size_t i = 0; i < n; i++)
		data[i] = bytes[i];
	printf("%s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int i, n, n_read = 0, n_failed = 0;

	n = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : -1;
	for (i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(path, sizeof(path), "%s/%s", argv[1], entries[i]->d_name);
			n_failed += replay(path) < 0;
			n_read++;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	printf("%d inputs\n", n_read);
	return n_read == 0 || n_failed > 0;
}
