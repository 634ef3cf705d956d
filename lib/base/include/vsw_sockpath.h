/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths of UNIX sockets that a server is about to bind.
 *
 * Model: vsw_sockpath_claim() makes sure that bind(2) on the path can succeed and hurts nobody. A
 * socket that a dead process has left behind is removed; a socket on which somebody listens, a
 * file, a directory or a symbolic link never is.
 *
 * Threads: any. Limits: paths below VSW_SOCKPATH_BYTES, as sockaddr_un has them. Between the claim
 * and the bind another process may take the path; then bind fails with EADDRINUSE, and the caller
 * says so. It does not create directories, bind, or watch over the path.
 */
#ifndef VSW_SOCKPATH_H
#define VSW_SOCKPATH_H

#include "vsw_error.h"

#define VSW_SOCKPATH_BYTES 108 /* sun_path of sockaddr_un, with the final NUL */

/*
 * Make path free for bind(2). Returns 0 or
 * -EINVAL	 the path is empty,
 * -ENAMETOOLONG it does not fit into a socket address,
 * -ENOENT	 its directory does not exist,
 * -ENOTDIR	 what should be its directory is none,
 * -EACCES	 the directory is not writable, or the old socket may not be tried or removed,
 * -EADDRINUSE	 somebody listens there,
 * -EEXIST	 something else than a socket is there.
 */
int vsw_sockpath_claim(const char *path, struct vsw_error *err);

/*
 * Write the default path of the control socket into path, which holds VSW_SOCKPATH_BYTES:
 * /run/vhost-switch.ctl for root, else $XDG_RUNTIME_DIR/vhost-switch.ctl.
 * -ENOENT if that variable is not set, -ENAMETOOLONG.
 */
int vsw_sockpath_default_ctl(char *path, struct vsw_error *err);

#endif /* VSW_SOCKPATH_H */
