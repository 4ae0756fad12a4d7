"""The PyTorch side of the benchmarks: `python peer.py CONFIG`, CONFIG as JSON.

Prepares, says `{"ready": ...}`, and then does what it is told, one JSON line after another, until its input ends:
`{"do": "train", "count": n}`, `{"do": "evaluate", "from": i, "count": n}` and so on. It answers each with
`{"wall": ms, "cpu": ms, "value": x, "memory": bytes}`; between commands it does nothing.
"""

import json
import resource
import sys
import time

import torch

from stimuli import StimuliTask
from training import ClassifierTask, GanTask


def say(message):
    print(json.dumps(message), flush=True)


def perform(task, command):
    """The last loss, the number of errors, or that of stimuli on which models disagree."""
    if command["do"] == "train":
        return task.train(command["count"])
    if command["do"] == "evaluate":
        return task.errors(command["from"], command["count"])
    if command["do"] == "stimuli":
        return task.disagreements(command["count"])
    raise ValueError(f"no such command: {command['do']}")


def build(config):
    if config["task"] == "classifier":
        return ClassifierTask(config["recipe"], config["mnist"], config["tuned"])
    if config["task"] == "generator":
        return GanTask(config["recipe"], config["mnist"], config["tuned"])
    if config["task"] == "stimuli":
        return StimuliTask(config["generator"], config["models"], config["tuned"])
    raise ValueError(f"no such task: {config['task']}")


def main():
    config = json.loads(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(config["seed"])
    task = build(config)
    choices = task.prepare() if config["choose"] else {}
    versions = {"torch": torch.__version__, "python": sys.version.split()[0]}
    instructions = torch.backends.cpu.get_cpu_capability()
    say({"ready": {"parameters": task.parameters, "versions": versions, "notes": {"cpu": instructions, **choices}}})
    for line in sys.stdin:
        command = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        value = perform(task, command)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        say({"wall": 1000 * wall, "cpu": 1000 * cpu, "value": value, "memory": memory})


main()
