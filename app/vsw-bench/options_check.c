/* SPDX-License-Identifier: BSD-3-Clause */
/* Options that need each other, or exclude each other. */
#include <errno.h>

#include "options.h"
#include "vsw_mlr.h"

static bool
needs_ports(const struct options *options)
{
	return options->mode != MODE_SELFTEST && options->mode != MODE_FACTS;
}

/* Whether an address is known shows at a third port: it gets what is flooded. */
static unsigned int
ports_least(enum bench_mode mode)
{
	if (mode == MODE_HOL)
		return 4;
	return mode == MODE_CACHING || mode == MODE_LEARNING ? 3 : 2;
}

int
options_check(const struct options *options, struct vsw_error *err)
{
	unsigned int least = ports_least(options->mode), i;

	if (vsw_mlr_profile(options->profile) == NULL)
		return vsw_error_set(err, EINVAL,
				     "--profile %s: unknown; there are smoke, ci, nightly, report "
				     "and rfc2544",
				     options->profile);
	if (needs_ports(options) && options->n_ports < least)
		return vsw_error_set(err, EINVAL,
				     "%u ports given; mode %s needs at least %u: --socket PATH",
				     options->n_ports, options_mode_name(options->mode), least);
	if (needs_ports(options) && options->n_ports % 2 != 0 && !options->mesh)
		return vsw_error_set(err, EINVAL,
				     "%u ports cannot be paired; give one more, or --pattern mesh",
				     options->n_ports);
	if ((options->mode == MODE_RECONF) != (options->change != NULL))
		return vsw_error_set(err, EINVAL, "--mode reconf and --change need each other");
	if ((options->mode == MODE_RECONF || options->mode == MODE_LEARNING) &&
	    options->ctl_path == NULL)
		return vsw_error_set(err, EINVAL, "--mode %s needs --ctl PATH",
				     options_mode_name(options->mode));
	for (i = options->n_ports; i < OPTIONS_PORTS_MAX; i++) {
		if (options->port[i].vlan != 0)
			return vsw_error_set(err, EINVAL, "--vlan %u:%u: there is no port %u", i,
					     options->port[i].vlan, i);
	}
	if (options->mode == MODE_SELFTEST &&
	    (options->n_ports > 0 || options->driver != DRIVER_OWN || options->n_switch_cpus == 0))
		return vsw_error_set(
			err, EINVAL,
			"--mode selftest makes two ports of --driver own itself and needs "
			"--switch-cpu CPU, where a device works in place of the switch");
	if (options->vectorized && options->driver != DRIVER_PMD)
		return vsw_error_set(err, EINVAL, "--vectorized 1 needs --driver pmd");
	return 0;
}
