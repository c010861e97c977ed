#!/usr/bin/env python3
"""Training by several hosts over slow links, on one machine: measured and predicted time and traffic.

usage: tests/bench/network.py --text FILE [--program build/mpi/nce2vec] [--hosts 2,4] [--rate 100,1000] [--delay MS]
                              [-- options of nce2vec train]

Each host is a network namespace with one rank. A pair of virtual interfaces (veth) connects it with a bridge, and tc
limits the rate of both directions. Needs root, ip, tc, and Open MPI. A delay needs a kernel with netem. The hosts
share the cores of this machine: a result shows the link only where the link is slower than the cores.

The prediction is that of scripts/traffic.py with the counts of the text, and with the speed of one process on one core,
measured first. One thread and one epoch, unless options give others."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts"))
import traffic  # noqa: E402

SUBNET = "10.213.77"
NAME = "n2vbench"  # of the bridge, and how the names of namespaces and interfaces begin


def run(*command):
    """Runs a command. Returns its output. Ends the script with the command's message when it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Network:
    """Hosts 1 to count, as a context: nothing of them is left behind."""

    def __init__(self, count, rate, delay):
        self.count, self.rate, self.delay = count, rate, delay

    def __enter__(self):
        self.remove()
        try:
            self.create()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def create(self):
        run("ip", "link", "add", NAME, "type", "bridge")
        run("ip", "link", "set", NAME, "up")
        for host in range(1, self.count + 1):
            space, inside, outside = f"{NAME}{host}", f"{NAME}i{host}", f"{NAME}o{host}"
            run("ip", "netns", "add", space)
            run("ip", "link", "add", inside, "netns", space, "type", "veth", "peer", "name", outside)
            run("ip", "link", "set", outside, "master", NAME, "up")
            run("ip", "-n", space, "address", "add", f"{SUBNET}.{host}/24", "dev", inside)
            run("ip", "-n", space, "link", "set", inside, "up")
            run("ip", "-n", space, "link", "set", "lo", "up")
            self.shape(["tc", "-n", space], inside, self.delay)
            self.shape(["tc"], outside, 0)

    def shape(self, tc, device, delay):
        run(*tc, "qdisc", "add", "dev", device, "root", "handle", "1:", "tbf", "rate", f"{self.rate}mbit",
            "burst", "256kb", "latency", "100ms")
        if delay:
            run(*tc, "qdisc", "add", "dev", device, "parent", "1:1", "netem", "delay", f"{delay}ms", "limit", "20000")

    def remove(self):
        """Processes that are left in a namespace would keep it alive."""
        for host in range(1, self.count + 1):
            space = f"{NAME}{host}"
            left = subprocess.run(["ip", "netns", "pids", space], capture_output=True, text=True)
            for process in left.stdout.split():
                try:
                    os.kill(int(process), signal.SIGKILL)
                except ProcessLookupError:
                    pass
            for command in (["ip", "link", "delete", f"{NAME}o{host}"], ["ip", "netns", "delete", space]):
                subprocess.run(command, capture_output=True)
        subprocess.run(["ip", "link", "delete", NAME], capture_output=True)

    def sent(self, host):
        """Bytes, from the counter of the host's interface."""
        path = f"/sys/class/net/{NAME}i{host}/statistics/tx_bytes"
        return int(run("ip", "netns", "exec", f"{NAME}{host}", "cat", path))


# What mpirun calls instead of ssh: the host's address, then a command for a shell. The host's own name keeps the
# temporary files of Open MPI apart.
AGENT = f"""#!/bin/sh
host=${{1##*.}}
shift
exec ip netns exec {NAME}$host unshare --uts sh -c 'hostname {NAME}'$host'; exec "$0" "$@"' sh -c "$*"
"""


def training(program, text, output, options):
    return [os.path.abspath(program), "train", os.path.abspath(text), "-o", output, *options]


def result(output, what):
    """The number in a line of the program's report, such as 12,345, 1.2 M, 870 k."""
    found = re.search(what + r" ([\d.,]+)( [kM])?", output)
    if not found:
        sys.exit(f"the training has failed:\n{output}")
    return float(found[1].replace(",", "")) * {None: 1, " k": 1e3, " M": 1e6}[found[2]]


def measure(o, folder, hosts, rate):
    """(seconds of the training, MB that rank 0 sent in it, mean MB that a host sent in all)"""
    agent = os.path.join(folder, "agent")
    with open(agent, "w", encoding="ascii") as out:
        out.write(AGENT)
    os.chmod(agent, 0o755)
    with Network(hosts, rate, o.delay) as network:
        before = [network.sent(host) for host in range(1, hosts + 1)]
        command = ["mpirun.openmpi", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(hosts),
                   "--host", ",".join(f"{SUBNET}.{host}:1" for host in range(1, hosts + 1)),
                   "--mca", "plm_rsh_agent", agent, "--mca", "plm_rsh_no_tree_spawn", "1",
                   "--mca", "btl", "tcp,self", "--mca", "btl_tcp_if_include", f"{SUBNET}.0/24",
                   "--mca", "oob_tcp_if_include", f"{SUBNET}.0/24",
                   *training(o.program, o.text, os.path.join(folder, "v.bin"), o.options)]
        with subprocess.Popen(["sh", agent, "1", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as job:
            try:
                output = job.communicate()[0]
            except BaseException:
                job.kill()  # its processes in other namespaces end with these
                raise
        wire = sum(network.sent(host) for host in range(1, hosts + 1)) - sum(before)
    return (result(output, r"trained on .* in"), result(output, "sent") / 1e6, wire / hosts / 1e6)


def model_options(o):
    """The options of scripts/traffic.py for those of the training."""
    known = {"--sync-bits": "--bits", "--noise-sharing": "--sharing",
             **{name: name for name in ("--staleness", "--round", "--dim", "--window", "--threads", "--noise",
                                        "--noise-power", "--subsample", "--epochs")}}
    arguments = []
    for name, value in zip(o.options, o.options[1:]):
        if name in known:
            arguments += [known[name], value]
    return traffic.options(arguments)


RANKS_ONLY = ("--sync-bits", "--staleness", "--round", "--combine")  # options that one process refuses


def alone(o, folder):
    """One process: the counts of the text, the words it trains on, and words a second of a thread."""
    vocabulary = os.path.join(folder, "vocabulary.tsv")
    options = [option for at, option in enumerate(o.options)
               if not any(each in RANKS_ONLY for each in o.options[max(0, at - 1):at + 1])]
    command = training(o.program, o.text, os.path.join(folder, "v.bin"), options) + ["--save-vocab", vocabulary]
    done = subprocess.run(command, capture_output=True, text=True)
    output = done.stdout + done.stderr
    return (traffic.read_vocabulary(vocabulary), result(output, "trained on"), result(output, r"trained on .* s,"))


def predict(o, counts, words, speed, hosts, rate):
    model = model_options(o)
    model.ranks, model.text_words, model.link, model.latency = hosts, words, rate / 1000, o.delay or 0.05
    model.core = speed / model.threads * min(1, os.cpu_count() / hosts / model.threads)
    return traffic.whole(model, traffic.Words(counts, model.subsample, model.noise_power))


def arguments():
    parser = argparse.ArgumentParser(description="Training by several hosts over slow links, on one machine.")
    parser.add_argument("--text", required=True, help="what is trained on")
    parser.add_argument("--program", default="build/mpi/nce2vec", help="nce2vec, built with MPI=1")
    parser.add_argument("--hosts", default="2,4", help="how many, 2 to 4")
    parser.add_argument("--rate", default="100,1000", help="Mbit/s of each host's link")
    parser.add_argument("--delay", type=float, default=0, help="milliseconds of each message (0: as it is)")
    parser.add_argument("options", nargs="*", help="of nce2vec train, after --")
    o = parser.parse_args()
    o.hosts = [int(number) for number in o.hosts.split(",")]
    o.rate = [float(number) for number in o.rate.split(",")]
    if not all(2 <= hosts <= 4 for hosts in o.hosts):
        parser.error("--hosts must be 2 to 4")
    for option in ("--threads", "--epochs"):
        if option not in o.options:
            o.options += [option, "1"]
    return o


def main():
    o = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder:
        counts, words, speed = alone(o, folder)
        print(f"one process: {words:.0f} words, {speed / 1e6:.2f} M words/s; options: {' '.join(o.options)}\n")
        print("| hosts | Mbit/s | MB sent: model | program | interface | seconds: model | measured |")
        print("|---:|---:|---:|---:|---:|---:|---:|")
        for hosts in o.hosts:
            for rate in o.rate:
                megabytes, seconds = predict(o, counts, words, speed, hosts, rate)
                took, sent, wire = measure(o, folder, hosts, rate)
                print(f"| {hosts} | {rate:.0f} | {megabytes:.0f} | {sent:.0f} | {wire:.0f} | {seconds:.1f} "
                      f"| {took:.1f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
