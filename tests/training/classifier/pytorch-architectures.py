"""Three steps in PyTorch for each architecture; writes pytorch-architectures.json, which our engines must agree with.

    python pytorch-architectures.py    (torch 2.13, CPU; any later version should give the same file)

Float64, so that the numbers are those of the definition. The networks are those of the bench (tests/bench/peer/program/models.py),
but for the order in which images are flattened: ours are flattened with their channels last. Both sides make the same
pixels and first weights. Weights and statistics are listed in their order, which is ours, too; dense weights as
[in, out], kernels as [height, width, in, out].
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "bench" / "peer" / "program"))
from models import build_classifier
from optimizers import optimizer

CLASSES, IMAGES = 3, 6
MEAN, STD = 0.5, 0.25

MOMENTUM = dict(kind="momentum", stepSize=0.05)
CASES = {
    "MLP with batch norm": (dict(kind="mlp", hidden=[7, 6], batchNorm=True), (3, 4, 5), MOMENTUM),
    "CNN of three convolutions": (
        dict(kind="cnn", channels=[3, 4, 3], hidden=[6], dropout=0, perStage=1),
        (1, 9, 8),
        dict(kind="adam", stepSize=0.01),
    ),
    "CNN with strides, without batch norm or hidden layers": (
        dict(kind="cnn", channels=[4, 3], hidden=[], dropout=0, batchNorm=False, downsampling="stride", perStage=1),
        (3, 7, 8),
        MOMENTUM,
    ),
    "ResNet": (dict(kind="resnet", blocks=2, width=3), (3, 7, 6), MOMENTUM),
    "LeNet-5": (dict(kind="lenet"), (1, 12, 13), MOMENTUM),
    "MLP-Mixer": (dict(kind="mixer", patch=3, width=8, blocks=2, tokenMlp=5, mlp=9), (3, 9, 6), MOMENTUM),
}


class FlattenChannelsLast(nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def flattened_as_ours(model):
    for name, child in list(model.named_children()):
        if isinstance(child, nn.Flatten):
            setattr(model, name, FlattenChannelsLast())
    return model


def parameters(model):
    return [(name, value) for name, value in model.state_dict().items() if value.is_floating_point()]


def in_our_layout(value):
    return value.permute(2, 3, 1, 0) if value.dim() == 4 else value.T if value.dim() == 2 else value


def start(model):
    """Fills the weights with numbers that both sides can make: from -1 to 1, scaled."""
    norms = {f"{name}.weight" for name, layer in model.named_modules() if "Norm" in type(layer).__name__}
    with torch.no_grad():
        for index, (name, value) in enumerate(parameters(model)):
            if "running" in name:
                continue
            k = torch.arange(value.numel()).reshape(in_our_layout(value).shape)
            number = ((k * k * 31 + k * 7919 + index * 104729) % 2001 - 1000).double() / 1000
            if name in norms:
                number = 1 + number / 4
            else:
                number = number / (value[0].numel() ** 0.5 if value.dim() > 1 else 4)
            in_our_layout(value).copy_(number)


def exported(model):
    """In our layout, row by row; of more than 300 numbers each at the same distance."""
    values = [in_our_layout(value).flatten() for _, value in parameters(model)]
    return [[float(f"{number:.8g}") for number in value[:: -(-len(value) // 300)].tolist()] for value in values]


def pixels_of(shape):
    """[images, height, width, channels], from 0 to 255."""
    channels, height, width = shape
    count = IMAGES * height * width * channels
    return torch.tensor([(k * 37 + k * k % 1009 * 11) % 256 for k in range(count)]).reshape(IMAGES, height, width, channels)


def run(architecture, shape, optimiser):
    model = flattened_as_ours(build_classifier(architecture, shape=shape, classes=CLASSES)).double()
    start(model)
    images = ((pixels_of(shape).double() / 255 - MEAN) / STD).permute(0, 3, 1, 2)
    labels = torch.arange(IMAGES) % CLASSES
    optim = optimizer(model.parameters(), **optimiser)
    losses = []
    for _ in range(3):
        optim.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        losses.append(loss.item())
        optim.step()
    right = F.one_hot(labels, CLASSES).bool()
    logits = model.eval()(images).detach()
    margins = logits[right] - logits.masked_fill(right, -torch.inf).max(1).values
    size = dict(zip(("channels", "height", "width"), shape))
    recipe = dict(architecture=architecture, optimiser=optimiser)
    return dict(size, recipe=recipe, losses=losses, weights=exported(model), margins=margins.tolist())


def main():
    cases = {name: run(*case) for name, case in CASES.items()}
    problem = dict(mean=MEAN, std=STD, classes=CLASSES, images=IMAGES)
    text = json.dumps(dict(torch=torch.__version__.split("+")[0], problem=problem, cases=cases))
    (Path(__file__).parents[3] / "tests" / "training" / "conformance" / "pytorch-architectures.json").write_text(text + "\n")


main()
