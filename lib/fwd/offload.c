/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * offload: do for an output's port what its frames need and it does not take itself. A checksum is
 * written into the frame, for all outputs that come after; segments are frames of their own, made
 * for this output and sent as they are made, so that a port which takes no more costs no more.
 */
#include <rte_branch_prediction.h>

#include "burst.h"
#include "vsw_frame_hot.h"
#include "vsw_offload_hot.h"

#define PIECES_MAX (1 + VSW_FRAME_BODY_MAX)

/* An output on its way to its port. */
struct sending {
	struct vsw_burst *burst;
	const struct vsw_fwd_port *to;
	struct vsw_fwd_lcore *lcore;
	struct vsw_stats_row *row;
	bool refused; /* the port has not taken all it was given */
};

static void
drop(const struct sending *sending, enum vsw_drop why, uint32_t n)
{
	sending->row->drop[why] += n;
	sending->row->tx_dropped += n;
}

/* Returns the number of pieces, 0 if there are more than anybody receives. */
static unsigned int
find_pieces(const struct vsw_frame *frame, struct iovec *pieces)
{
	if (unlikely(frame->n_body >= PIECES_MAX))
		return 0;
	pieces[0] = (struct iovec){.iov_base = frame->head, .iov_len = frame->head_bytes};
	if (frame->n_body > 0)
		memcpy(pieces + 1, frame->body, frame->n_body * sizeof(*pieces));
	return 1 + frame->n_body;
}

/* The checksum field lies in the head. False when there is no buffer for a copy. */
static bool
complete(struct vsw_frame *frame)
{
	struct iovec pieces[PIECES_MAX];
	unsigned int n;

	n = vsw_frame_own(frame) ? find_pieces(frame, pieces) : 0;
	if (unlikely(n == 0))
		return false;
	vsw_offload_complete(&frame->offload, pieces, n);
	frame->offload = (struct vsw_offload){0};
	return true;
}

/* Make the next segment at `to`, as a frame that is all head. */
static void
make_segment(struct vsw_offload_cut *cut, uint16_t min_bytes, uint8_t *to,
	     struct vsw_frame *segment)
{
	uint32_t bytes = vsw_offload_cut_bytes(cut);

	vsw_offload_cut_next(cut, to);
	*segment = (struct vsw_frame){.head = to, .len_bytes = bytes, .head_bytes = bytes};
	if (bytes < min_bytes)
		vsw_frame_pad(segment, min_bytes);
}

/* Make n segments and send them. VSW_PORT_SENT, or why no more are to be made. */
static enum vsw_drop
send_segments(const struct sending *sending, struct vsw_offload_cut *cut, uint16_t n)
{
	struct vsw_frame segment[VSW_BURST_MAX], *list[VSW_BURST_MAX];
	uint16_t i;

	for (i = 0; i < n; i++) {
		make_segment(cut, sending->to->min_bytes, sending->lcore->segment[i], &segment[i]);
		list[i] = &segment[i];
	}
	return vsw_fwd_send(sending->to->hot, sending->lcore->lcore, list, n);
}

/*
 * Make segments as long as the port takes them; one that has refused something is given one to
 * begin with. Returns VSW_PORT_SENT, or why the rest is not made.
 */
static enum vsw_drop
send_cut(struct sending *sending, struct vsw_offload_cut *cut)
{
	uint32_t most = sending->refused ? 1 : VSW_BURST_MAX, left;
	enum vsw_drop why = VSW_PORT_SENT;

	while (why == VSW_PORT_SENT && (left = vsw_offload_cut_left(cut)) > 0) {
		why = send_segments(sending, cut, RTE_MIN(left, most));
		most = VSW_BURST_MAX;
	}
	sending->refused |= why != VSW_PORT_SENT;
	sending->burst->segments_left -= cut->done;
	return why;
}

/* A frame that is cut is as many frames, also those of its segments that are not made. */
static void
cut_frame(struct sending *sending, const struct vsw_frame *frame)
{
	struct iovec pieces[PIECES_MAX];
	unsigned int n_pieces = find_pieces(frame, pieces);
	struct vsw_offload_cut cut;
	enum vsw_drop why;
	uint32_t left;

	if (unlikely(n_pieces == 0)) {
		drop(sending, VSW_DROP_NO_MBUF, 1);
		return;
	}
	vsw_offload_cut_begin(&cut, &frame->offload, pieces, n_pieces);
	left = vsw_offload_cut_left(&cut);
	if (unlikely(left > sending->burst->segments_left)) {
		drop(sending, VSW_DROP_SEGMENTS, 1);
		return;
	}
	sending->row->segmented++;
	sending->row->segments += left - 1;
	why = send_cut(sending, &cut);
	left = vsw_offload_cut_left(&cut);
	if (unlikely(left > 0))
		drop(sending, why, left);
}

void
vsw_fwd_offload(struct vsw_burst *burst, struct vsw_fwd_output *output, struct vsw_fwd_lcore *lcore,
		uint16_t offloads)
{
	struct sending sending = {.burst = burst,
				  .to = output->port,
				  .lcore = lcore,
				  .row = &output->port->hot->rows[lcore->lcore]};
	uint16_t i, n = 0;

	for (i = 0; i < output->n; i++) {
		struct vsw_frame *frame = output->frame[i];
		uint16_t lacking = frame->offload.needs & ~offloads;

		if (lacking & VSW_OFFLOAD_TSO) {
			if (vsw_fwd_send(sending.to->hot, lcore->lcore, output->frame, n) !=
			    VSW_PORT_SENT)
				sending.refused = true;
			n = 0;
			cut_frame(&sending, frame);
		} else if (lacking != 0 && unlikely(!complete(frame))) {
			drop(&sending, VSW_DROP_NO_MBUF, 1);
		} else {
			sending.row->completed += lacking != 0;
			output->frame[n++] = frame;
		}
	}
	vsw_fwd_send(sending.to->hot, lcore->lcore, output->frame, n);
}
