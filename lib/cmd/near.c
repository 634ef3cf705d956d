/* SPDX-License-Identifier: BSD-3-Clause */
#include "vsw_cmd_near.h"

#include <string.h>

#define LETTERS 32 /* longer words have no near matches */
#define SHORT_WORD 3

static unsigned int
min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static unsigned int
distance(const char *a, unsigned int n, const char *b, unsigned int m)
{
	unsigned int d[LETTERS + 1][LETTERS + 1];
	unsigned int i;
	unsigned int k;

	for (i = 0; i <= n; i++)
		d[i][0] = i;
	for (k = 0; k <= m; k++)
		d[0][k] = k;
	for (i = 1; i <= n; i++) {
		for (k = 1; k <= m; k++) {
			d[i][k] = min(d[i - 1][k], d[i][k - 1]) + 1;
			d[i][k] = min(d[i][k], d[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				d[i][k] = min(d[i][k], d[i - 2][k - 2] + 1);
		}
	}
	return d[n][m];
}

unsigned int
vsw_cmd_near(const char *a, const char *b)
{
	unsigned int n = strnlen(a, LETTERS + 1);
	unsigned int m = strnlen(b, LETTERS + 1);
	unsigned int bound = min(n, m) <= SHORT_WORD ? 1 : 2;
	unsigned int edits;

	/* In a word of one letter, any letter would be near. */
	if (n > LETTERS || m > LETTERS || min(n, m) < 2)
		return VSW_CMD_NOT_NEAR;
	edits = distance(a, n, b, m);
	return edits <= bound ? edits : VSW_CMD_NOT_NEAR;
}
