/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * VLANs of a port: which VLAN a received frame belongs to, and which tag it wears when it leaves.
 *
 * Model: a port is one of
 *
 *	access	     in one VLAN. Admits frames without a tag, or with a priority tag (VID 0).
 *		     Sends without.
 *	trunk	     in a list of VLANs. Admits frames with a tag of its TPID whose VID is in
 *		     the list, and, if it has a native VLAN, into that the ones without or with a
 *		     priority tag. Sends with its tag; the native VLAN without, unless
 *		     native_tagged.
 *	tunnel	     in one VLAN, the service VLAN of a customer. Admits everything; the
 *		     customer's tags are payload and leave as they came. (802.1ad: with a trunk
 *		     of TPID 0x88a8.)
 *	transparent  in no VLAN of its own: admits everything, as tunnel, and sends the frames
 *		     of any VLAN, without the tag that admission has recognised, or with it
 *		     (keep_tag).
 *
 * One tag is looked at, the outer one. Its priority and DEI bits stay with the frame and leave with
 * it wherever it is tagged. What a tagged frame shows after its tag is lost is checked, too: a
 * frame that begins with another tag then leaves untagged by tunnel and transparent ports only, or
 * that tag would be taken for ours by whoever receives it (VLAN hopping). A recognised tag of VID
 * 4095 is never admitted, nor a priority tag with another tag behind it.
 *
 * Source: IEEE 802.1Q-2018 clauses 6.9 (priority tags, tagging), 8.6.2 (ingress filtering), 9.6
 * (VIDs 0 and 4095 are reserved), table 9-1 (TPIDs).
 *
 * Threads: pure functions; the struct is constant while it is used.
 *
 * Not here: several recognised tags, translation of VIDs, priority mapping.
 */
#ifndef VSW_VLAN_H
#define VSW_VLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vsw_error.h"

#define VSW_VLAN_VID_MAX 4094 /* VLANs are 1 .. 4094 */
#define VSW_VLAN_VIDS 4096
#define VSW_VLAN_TPID_C 0x8100 /* customer tag, 802.1Q */
#define VSW_VLAN_TPID_S 0x88a8 /* service tag, 802.1ad */
#define VSW_VLAN_TAG_BYTES 4

#define VSW_VLAN_TEXT_MIN_BYTES 64    /* "trunk 1,... native-tagged 4094 dot1ad" */
#define VSW_VLAN_TEXT_BYTES 256	      /* any but a long list in full */
#define VSW_VLAN_TEXT_MAX_BYTES 16384 /* any list in full */

enum vsw_vlan_mode {
	VSW_VLAN_ACCESS,
	VSW_VLAN_TRUNK,
	VSW_VLAN_TUNNEL,
	VSW_VLAN_TRANSPARENT,
};

/* All zero but vlan: an access port. */
struct vsw_vlan_port {
	uint8_t mode;	    /* enum vsw_vlan_mode */
	bool native_tagged; /* trunk */
	bool keep_tag;	    /* transparent */
	uint16_t vlan;	    /* where untagged frames belong; trunk: the native VLAN, 0 for none */
	uint16_t tpid;	    /* trunk: of its tags */
	uint64_t allowed[VSW_VLAN_VIDS / 64]; /* trunk: bit n for VLAN n, the native one included */
};

/* A tag on the wire: TPID << 16 | TCI. 0: no tag; VSW_VLAN_DENY: the frame must not leave. */
#define VSW_VLAN_NO_TAG 0U
#define VSW_VLAN_DENY 1U

/* What admission finds out about a frame. */
struct vsw_vlan_view {
	uint32_t tag; /* the tag it carries and that is ours to take off */
	uint16_t vid; /* the VLAN; 0: not admitted */
	bool inner;   /* what is left without that tag begins with another one */
};

static inline bool
vsw_vlan_is_allowed(const struct vsw_vlan_port *port, uint16_t vlan)
{
	return port->allowed[vlan / 64] >> (vlan % 64) & 1;
}

static inline void
vsw_vlan_allow(struct vsw_vlan_port *port, uint16_t vlan)
{
	port->allowed[vlan / 64] |= 1ULL << (vlan % 64);
}

/* True if the port sends frames of a VLAN. */
static inline bool
vsw_vlan_is_member(const struct vsw_vlan_port *port, uint16_t vlan)
{
	if (port->mode == VSW_VLAN_TRUNK)
		return vsw_vlan_is_allowed(port, vlan);
	return port->mode == VSW_VLAN_TRANSPARENT || vlan == port->vlan;
}

/* vsw_vlan_admit() for a frame whose EtherType is a TPID. */
struct vsw_vlan_view vsw_vlan_admit_tagged(const struct vsw_vlan_port *port, const uint8_t *head,
					   uint32_t len_bytes);

/* Classify a frame of at least 14 bytes, of which head has the first 22 (all of a shorter one). */
static inline struct vsw_vlan_view
vsw_vlan_admit(const struct vsw_vlan_port *port, const uint8_t *head, uint32_t len_bytes)
{
	uint16_t ethertype = (uint16_t)(head[12] << 8 | head[13]);

	if (__builtin_expect(ethertype == VSW_VLAN_TPID_C || ethertype == VSW_VLAN_TPID_S, 0))
		return vsw_vlan_admit_tagged(port, head, len_bytes);
	return (struct vsw_vlan_view){.vid = port->vlan};
}

/*
 * The tag that an admitted frame wears when it leaves by port, or VSW_VLAN_DENY. view.vid is not
 * 0; the rest is what admission has found.
 */
static inline uint32_t
vsw_vlan_egress(const struct vsw_vlan_port *port, struct vsw_vlan_view view)
{
	switch (port->mode) {
	case VSW_VLAN_ACCESS:
		return view.vid == port->vlan && !view.inner ? VSW_VLAN_NO_TAG : VSW_VLAN_DENY;
	case VSW_VLAN_TUNNEL:
		return view.vid == port->vlan ? VSW_VLAN_NO_TAG : VSW_VLAN_DENY;
	case VSW_VLAN_TRANSPARENT:
		return port->keep_tag ? view.tag : VSW_VLAN_NO_TAG;
	}
	if (!vsw_vlan_is_allowed(port, view.vid))
		return VSW_VLAN_DENY;
	if (view.vid == port->vlan && !port->native_tagged)
		return view.inner ? VSW_VLAN_DENY : VSW_VLAN_NO_TAG;
	return (uint32_t)port->tpid << 16 | (view.tag & 0xf000) | view.vid;
}

/* Settings. Each returns 0, or -EINVAL with err set and *port unchanged. */

/* vlan 1 .. 4094; mode access or tunnel. */
int vsw_vlan_set_single(struct vsw_vlan_port *port, enum vsw_vlan_mode mode, uint16_t vlan,
			struct vsw_error *err);

/* list: "all", or VLANs and ranges "1-10,20". native: 0 for none; it joins the list. */
int vsw_vlan_set_trunk(struct vsw_vlan_port *port, const char *list, uint16_t native,
		       bool native_tagged, uint16_t tpid, struct vsw_error *err);

/*
 * Write the settings as the words that "port set NAME vlan" takes; a list that does not fit in
 * size, at least VSW_VLAN_TEXT_MIN_BYTES, ends in "...".
 */
void vsw_vlan_describe(const struct vsw_vlan_port *port, char *text, size_t size);

#endif /* VSW_VLAN_H */
