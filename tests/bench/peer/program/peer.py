"""The PyTorch side of benchmarks and of `npm run bench -- prove`: `python peer.py CONFIG`, CONFIG as JSON.

Prepares, says `{"ready": ...}`, and then does what it is told, one JSON line after another, until its input ends:
`{"do": "train", "count": n}`, `{"do": "evaluate", "from": i, "count": n}` and so on. It answers each with
`{"wall": ms, "cpu": ms, "value": x, "memory": bytes}`; between commands it does nothing. `"device": "gpu"` in CONFIG: on
the graphics card, if PyTorch has one.
"""

import json
import sys
import time

import torch

try:
    import resource
except ImportError:  # Windows
    resource = None

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


def device_of(config):
    """What it computes on, and its name."""
    if config.get("device") == "gpu" and torch.cuda.is_available():
        return "cuda", torch.cuda.get_device_name(0)
    if config.get("device") == "gpu" and torch.backends.mps.is_available():
        return "mps", "Apple GPU"
    return "cpu", f"processor, {torch.backends.cpu.get_cpu_capability()}"


def build(config, device):
    if config["task"] == "classifier":
        return ClassifierTask(config["recipe"], config["mnist"], config["tuned"], device)
    if config["task"] == "generator":
        return GanTask(config["recipe"], config["mnist"], config["tuned"], device)
    if config["task"] == "stimuli":
        return StimuliTask(config["generator"], config["models"], config["tuned"])
    raise ValueError(f"no such task: {config['task']}")


def main():
    config = json.loads(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(config["seed"])
    device, name = device_of(config)
    task = build(config, device)
    choices = task.prepare() if config["choose"] else {}
    versions = {"torch": torch.__version__, "python": sys.version.split()[0]}
    versions |= {"cuda": torch.version.cuda} if device == "cuda" else {}
    say({"ready": {"parameters": task.parameters, "versions": versions, "notes": {"device": name, **choices}}})
    for line in sys.stdin:
        command = json.loads(line)
        wall, cpu = time.perf_counter(), time.process_time()
        value = perform(task, command)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 if resource else 0
        say({"wall": 1000 * wall, "cpu": 1000 * cpu, "value": value, "memory": memory})


main()
