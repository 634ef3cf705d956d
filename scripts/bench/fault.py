# SPDX-License-Identifier: BSD-3-Clause
"""What ends a run: one sentence for the user - the object, the reason, what to do next."""


class Fault(Exception):
    pass
