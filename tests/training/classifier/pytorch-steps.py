"""Three steps in PyTorch for each way to train; writes pytorch-steps.json, which our engines must agree with.

    python pytorch-steps.py            (torch 2.13, CPU; any later version should give the same file)

Float64, so that the numbers are those of the definition. The optimizers are in tests/bench/peer/program/optimizers.py.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "bench" / "peer" / "program"))
from optimizers import optimizer

HEIGHT, WIDTH, HIDDEN, CLASSES, IMAGES = 2, 3, 5, 3, 6
MEAN, STD = 0.5, 0.25


CASES = {
    "Adam": dict(optimiser=dict(kind="adam", stepSize=0.01)),
    "Adam with weight decay": dict(optimiser=dict(kind="adam", stepSize=0.01, weightDecay=0.1, beta1=0.8)),
    "AdamW": dict(optimiser=dict(kind="adamw", stepSize=0.01, weightDecay=0.1)),
    "SGD": dict(optimiser=dict(kind="sgd", stepSize=0.3)),
    "SGD with weight decay": dict(optimiser=dict(kind="sgd", stepSize=0.3, weightDecay=0.1)),
    "momentum": dict(optimiser=dict(kind="momentum", stepSize=0.1, weightDecay=0.05)),
    "Nesterov": dict(optimiser=dict(kind="nesterov", stepSize=0.1, weightDecay=0.05, momentum=0.8)),
    "RMSprop": dict(optimiser=dict(kind="rmsprop", stepSize=0.01)),
    "RMSprop with momentum": dict(optimiser=dict(kind="rmsprop", stepSize=0.01, weightDecay=0.1, momentum=0.9)),
    "Adagrad": dict(optimiser=dict(kind="adagrad", stepSize=0.05, weightDecay=0.1)),
    "NAdam": dict(optimiser=dict(kind="nadam", stepSize=0.01)),
    "NAdam with weight decay": dict(optimiser=dict(kind="nadam", stepSize=0.01, weightDecay=0.1, momentumDecay=0.1)),
    "Lion": dict(optimiser=dict(kind="lion", stepSize=0.01, weightDecay=0.1)),
}


# An epoch is one step here.
CASES |= {
    "warm-up": dict(
        optimiser=dict(kind="adamw", stepSize=0.01, weightDecay=0.1), schedule=dict(kind="constant", warmUp=3)
    ),
    "steps": dict(
        optimiser=dict(kind="sgd", stepSize=0.3, weightDecay=0.1), schedule=dict(kind="step", every=2, factor=0.5)
    ),
    "cosine after a warm-up": dict(
        optimiser=dict(kind="nesterov", stepSize=0.1), schedule=dict(kind="cosine", epochs=3, floor=0.1, warmUp=2)
    ),
}

# With three steps each.
CASES |= {
    "smoothed labels": dict(optimiser=dict(kind="adam", stepSize=0.01), labelSmoothing=0.2),
    "clipping by norm": dict(
        optimiser=dict(kind="momentum", stepSize=0.1, weightDecay=0.05), clip=dict(by="norm", limit=0.3)
    ),
    "a norm below its limit": dict(optimiser=dict(kind="sgd", stepSize=0.1), clip=dict(by="norm", limit=100)),
    "clipping by value": dict(
        optimiser=dict(kind="adamw", stepSize=0.01, weightDecay=0.1), clip=dict(by="value", limit=0.05)
    ),
}

# What our random streams draw for mixup with seed 1 and an alpha of 0.4 at steps 1 to 3: the order of the images in the batch,
# the partner of each place in it, and the share of the image itself.
MIXES = [
    dict(order=[2, 5, 1, 4, 0, 3], partner=[0, 3, 2, 5, 1, 4], share=0.000009925490223096121),
    dict(order=[1, 5, 0, 4, 2, 3], partner=[2, 4, 5, 1, 3, 0], share=0.9018662707235996),
    dict(order=[3, 0, 4, 1, 5, 2], partner=[0, 2, 4, 1, 5, 3], share=0.21807268285939033),
]

CASES |= {
    "mixup": dict(optimiser=dict(kind="sgd", stepSize=0.3), mixup=0.4),
    "mixup of smoothed labels": dict(optimiser=dict(kind="adam", stepSize=0.01), mixup=0.4, labelSmoothing=0.2),
}

# Of the last three images, half of each batch; the first three have labels.
SOFT = [[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [0.25, 0.25, 0.5]]
SOFT_LABELS = dict(pixels="0" * 64, targets="0" * 64, share=0.5)

CASES |= {
    "soft labels": dict(optimiser=dict(kind="sgd", stepSize=0.3), softLabels=SOFT_LABELS),
    "smoothed soft labels": dict(
        optimiser=dict(kind="adam", stepSize=0.01), softLabels=SOFT_LABELS, labelSmoothing=0.2
    ),
}


def mixed_loss(model, images, labels, mix, smoothing):
    x, y, other, share = images[mix["order"]], labels[mix["order"]], mix["partner"], mix["share"]
    logits = model(share * x + (1 - share) * x[other])
    loss = lambda target: F.cross_entropy(logits, target, label_smoothing=smoothing)
    return share * loss(y) + (1 - share) * loss(y[other])


def scheduler(optim, kind, warmUp=0, every=1, factor=0.1, epochs=1, floor=0.0):
    rates = torch.optim.lr_scheduler
    after = {
        "constant": lambda: rates.ConstantLR(optim, factor=1),
        "step": lambda: rates.StepLR(optim, step_size=every, gamma=factor),
        "cosine": lambda: rates.CosineAnnealingLR(optim, T_max=epochs, eta_min=floor * optim.param_groups[0]["lr"]),
    }
    if warmUp == 0:
        return after[kind]()
    # The last one first: each sets the rate when it is made, and the warm-up begins.
    rest = after[kind]()
    begin = rates.LinearLR(optim, start_factor=1 / warmUp, total_iters=warmUp - 1)
    return rates.SequentialLR(optim, [begin, rest], milestones=[warmUp])


def network():
    return nn.Sequential(nn.Linear(HEIGHT * WIDTH, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, CLASSES))


def exported(model):
    """By our names; weights [in, out], row by row."""
    layers = {"dense1": model[0], "dense2": model[2]}
    return {
        f"{name}.{kind}": (tensor.T if kind == "weight" else tensor).flatten().tolist()
        for name, layer in layers.items()
        for kind, tensor in (("weight", layer.weight.detach()), ("bias", layer.bias.detach()))
    }


def run(start, pixels, labels, recipe):
    model = network()
    model.load_state_dict(start)
    optim = optimizer(model.parameters(), **recipe["optimiser"])
    schedule = scheduler(optim, **recipe["schedule"]) if "schedule" in recipe else None
    images = (pixels.double() / 255 - MEAN) / STD
    losses = []
    smoothing = recipe.get("labelSmoothing", 0.0)
    for step in range(5 if schedule else 3):
        optim.zero_grad()
        if "mixup" in recipe:
            loss = mixed_loss(model, images, labels, MIXES[step], smoothing)
        elif "softLabels" in recipe:
            hard = F.one_hot(labels[: IMAGES - len(SOFT)], CLASSES).double()
            loss = F.cross_entropy(model(images), torch.cat([hard, torch.tensor(SOFT)]), label_smoothing=smoothing)
        else:
            loss = F.cross_entropy(model(images), labels, label_smoothing=smoothing)
        loss.backward()
        if "clip" in recipe:
            by, limit = recipe["clip"]["by"], recipe["clip"]["limit"]
            clip = nn.utils.clip_grad_norm_ if by == "norm" else nn.utils.clip_grad_value_
            clip(model.parameters(), limit)
        losses.append(loss.item())
        optim.step()
        if schedule:
            schedule.step()
    return dict(recipe=recipe, losses=losses, weights=exported(model))


def main():
    torch.manual_seed(20)
    torch.set_default_dtype(torch.float32)
    start = network().state_dict()
    torch.set_default_dtype(torch.float64)
    start = {name: value.double() for name, value in start.items()}
    pixels = torch.randint(0, 256, (IMAGES, HEIGHT * WIDTH))
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    model = network()
    model.load_state_dict(start)
    problem = dict(height=HEIGHT, width=WIDTH, mean=MEAN, std=STD, hidden=HIDDEN, classes=CLASSES)
    problem |= dict(pixels=pixels.flatten().tolist(), labels=labels.tolist(), weights=exported(model), soft=SOFT)
    cases = {name: run(start, pixels, labels, recipe) for name, recipe in CASES.items()}
    text = json.dumps(dict(torch=torch.__version__.split("+")[0], problem=problem, mixes=MIXES, cases=cases))
    (Path(__file__).parents[3] / "tests" / "training" / "conformance" / "pytorch-steps.json").write_text(text + "\n")


main()
