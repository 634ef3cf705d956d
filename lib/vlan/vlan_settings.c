/* SPDX-License-Identifier: BSD-3-Clause */
/* From the words of the console to the settings of a port, and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vsw_vlan.h"

static int
check_vid(unsigned long vid, struct vsw_error *err)
{
	if (vid < 1 || vid > VSW_VLAN_VID_MAX)
		return vsw_error_set(err, EINVAL, "VLAN %lu: VLANs are 1 to %d", vid,
				     VSW_VLAN_VID_MAX);
	return 0;
}

static void
allow(struct vsw_vlan_port *port, unsigned long first, unsigned long last)
{
	for (; first <= last; first++)
		vsw_vlan_allow(port, first);
}

/* A number of digits only; *text moves behind it. */
static int
read_vid(const char **text, unsigned long *vid, const char *list, struct vsw_error *err)
{
	char *end;

	if (**text < '0' || **text > '9')
		return vsw_error_set(err, EINVAL,
				     "\"%s\" is not a list of VLANs as 1-10,20, nor \"all\"", list);
	*vid = strtoul(*text, &end, 10);
	*text = end;
	return check_vid(*vid, err);
}

static int
parse_range(const char **text, struct vsw_vlan_port *port, const char *list, struct vsw_error *err)
{
	unsigned long first = 0, last;
	int ret;

	ret = read_vid(text, &first, list, err);
	if (ret < 0)
		return ret;
	last = first;
	if (**text == '-') {
		(*text)++;
		ret = read_vid(text, &last, list, err);
		if (ret < 0)
			return ret;
	}
	if (last < first)
		return vsw_error_set(err, EINVAL, "VLANs %lu-%lu: the smaller one goes first",
				     first, last);
	allow(port, first, last);
	return 0;
}

static int
parse_list(const char *list, struct vsw_vlan_port *port, struct vsw_error *err)
{
	const char *text = list;
	int ret;

	if (strcmp(list, "all") == 0) {
		allow(port, 1, VSW_VLAN_VID_MAX);
		return 0;
	}
	for (;;) {
		ret = parse_range(&text, port, list, err);
		if (ret < 0 || *text == '\0')
			return ret;
		if (*text++ != ',')
			return vsw_error_set(
				err, EINVAL,
				"\"%s\" is not a list of VLANs as 1-10,20, nor \"all\"", list);
	}
}

int
vsw_vlan_set_single(struct vsw_vlan_port *port, enum vsw_vlan_mode mode, uint16_t vlan,
		    struct vsw_error *err)
{
	int ret = check_vid(vlan, err);

	if (ret == 0)
		*port = (struct vsw_vlan_port){.mode = mode, .vlan = vlan};
	return ret;
}

int
vsw_vlan_set_trunk(struct vsw_vlan_port *port, const char *list, uint16_t native,
		   bool native_tagged, uint16_t tpid, struct vsw_error *err)
{
	struct vsw_vlan_port trunk = {
		.mode = VSW_VLAN_TRUNK,
		.vlan = native,
		.native_tagged = native_tagged,
		.tpid = tpid,
	};
	int ret;

	ret = parse_list(list, &trunk, err);
	if (ret == 0 && native != 0)
		ret = check_vid(native, err);
	if (ret < 0)
		return ret;
	if (native != 0)
		vsw_vlan_allow(&trunk, native);
	*port = trunk;
	return 0;
}

/* The last VLAN of the run of allowed ones that begins with first. */
static uint16_t
end_of_run(const struct vsw_vlan_port *port, uint16_t first)
{
	while (first < VSW_VLAN_VID_MAX && vsw_vlan_is_allowed(port, first + 1))
		first++;
	return first;
}

/* "1-10,20", or "1-10,20,..." where size ends. Returns its length. */
static size_t
describe_list(const struct vsw_vlan_port *port, char *text, size_t size)
{
	size_t used = 0;
	uint16_t vlan, last;
	char run[16];

	text[0] = '\0';
	for (vlan = 1; vlan <= VSW_VLAN_VID_MAX; vlan = last + 1) {
		last = vlan;
		if (!vsw_vlan_is_allowed(port, vlan))
			continue;
		last = end_of_run(port, vlan);
		if (last > vlan)
			snprintf(run, sizeof(run), "%u-%u", vlan, last);
		else
			snprintf(run, sizeof(run), "%u", vlan);
		if (used + strlen(run) + sizeof(",,...") > size) {
			used += snprintf(text + used, size - used, ",...");
			break;
		}
		used += snprintf(text + used, size - used, "%s%s", used > 0 ? "," : "", run);
	}
	return used;
}

static void
describe_trunk(const struct vsw_vlan_port *port, char *text, size_t size)
{
	const char *dot1ad = port->tpid == VSW_VLAN_TPID_S ? " dot1ad" : "";
	char native[32] = "";
	size_t used;

	if (port->vlan != 0)
		snprintf(native, sizeof(native), " %s %u",
			 port->native_tagged ? "native-tagged" : "native", port->vlan);
	used = snprintf(text, size, "trunk ");
	used += describe_list(port, text + used, size - used - strlen(native) - strlen(dot1ad));
	snprintf(text + used, size - used, "%s%s", native, dot1ad);
}

void
vsw_vlan_describe(const struct vsw_vlan_port *port, char *text, size_t size)
{
	switch (port->mode) {
	case VSW_VLAN_ACCESS:
		snprintf(text, size, "access %u", port->vlan);
		break;
	case VSW_VLAN_TRUNK:
		describe_trunk(port, text, size);
		break;
	case VSW_VLAN_TUNNEL:
		snprintf(text, size, "tunnel %u", port->vlan);
		break;
	default:
		snprintf(text, size, "transparent");
	}
}
