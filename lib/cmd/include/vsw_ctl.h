/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The protocol of the control socket, public and stable.
 *
 * A UNIX stream socket. A request is one line, a command as vsw_cmd.h has them, ended by a newline;
 * "-j " before the command asks for JSON:
 *
 *	show port stats all\n
 *	-j show port stats all\n
 *
 * The reply is a status line and exactly BYTES bytes of body:
 *
 *	ok BYTES\n		the output of the command, maybe empty
 *	error ERRNO BYTES\n	what is wrong; ERRNO is a positive decimal errno of Linux
 *
 * In text, an error is one sentence and a newline. In JSON every body is one value and a newline;
 * the output of a command is what it documents, {} if it has none, and an error is
 *
 *	{"error": {"code": "EINVAL", "text": "column 6: ...", "column": 6}}
 *
 * where "column", from 1, is there if the error is about a place in the command (after "-j ").
 *
 * A client may send several requests without waiting: replies come in the order of requests. A
 * client that has closed its sending side still gets its replies; a last line without newline is
 * not run. Too long a request gets an error reply, then the connection is closed.
 */
#ifndef VSW_CTL_H
#define VSW_CTL_H

#include "vsw_cmd.h"

#define VSW_CTL_JSON_PREFIX "-j "
#define VSW_CTL_REQUEST_BYTES (sizeof(VSW_CTL_JSON_PREFIX) - 1 + VSW_CMD_LINE_BYTES)
#define VSW_CTL_STATUS_BYTES 64 /* more than any status line takes */

#endif /* VSW_CTL_H */
