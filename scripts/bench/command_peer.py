# SPDX-License-Identifier: BSD-3-Clause
"""
Any other switch, by a command that runs in the foreground:

    --peer 'NAME=COMMAND'           it makes the sockets: {socket0}, {socket1}, ...
    --peer 'NAME,client=COMMAND'    it connects to the sockets of the generator

In the command {cpu} is the CPU to poll on, {n} the number of ports, {directory} one for its files,
and a word {sockets} becomes as many words as there are sockets. It ends on SIGTERM.
"""

import re
import shlex
import shutil

from .fault import Fault
from .peers import Peer, Switch


class CommandSwitch(Switch):
    @property
    def listens(self):
        return not self.peer.client

    def command(self):
        site = self.site
        fields = {"cpu": site.switch_cpu, "n": len(site.all_sockets), "directory": site.directory,
                  "sockets": ",".join(site.all_sockets),
                  **{f"socket{number}": path for number, path in enumerate(site.all_sockets)}}
        words = []
        for word in shlex.split(self.peer.template):
            words += site.all_sockets if word == "{sockets}" else [substitute(word, fields)]
        return words

    def begin(self):
        # What polls takes its CPU by {cpu}; its other threads run where the kernel puts them.
        self.child = self.run(self.peer.name, self.command(), cpus=None)
        if self.listens:
            self.wait_sockets()


def substitute(word, fields):
    """Braces around anything else are left as they are: a shell command may have some."""
    return re.sub(r"\{(\w+)\}", lambda match: str(fields.get(match[1], match[0])), word)


class CommandPeer(Peer):
    gives = ()
    switch_class = CommandSwitch

    def __init__(self, text):
        name, _, self.template = text.partition("=")
        self.name, _, side = name.partition(",")
        self.client = side == "client"
        self.title = self.name
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.name) or not self.template.strip() or \
                side not in ("", "client"):
            raise Fault(f"--peer {text}: not NAME=COMMAND or NAME,client=COMMAND, with a name of "
                        "small letters, digits and hyphens")
        self.settings = "Started by: " + self.template

    def check(self):
        try:
            program = shlex.split(self.template)[0]
        except ValueError as error:
            raise Fault(f"--peer {self.name}: {error} in: {self.template}") from None
        if not shutil.which(program):
            raise Fault(f"--peer {self.name}: there is no program {program}")
