"""What a network says by weights that the product has written: proof that both sides compute the same function.

`python same_network.py WEIGHTS INPUT`: WEIGHTS is a tensor file (docs/training.md); INPUT is float32, little-endian:
normalised images [n, 28, 28] for a classifier, latent points for a generator. Prints logits, or images in [-1, 1], as
one flat JSON list.
"""

import json
import math
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[3] / "tests" / "bench" / "peer" / "program"))
from models import SIZE, Generator, ViT, build_classifier


def read_tensor_file(path):
    """Its meta data, and its float32 arrays by name, in their order."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    length = int.from_bytes(content[8:12], "little")
    header, at, arrays = json.loads(content[12 : 12 + length]), 12 + length, {}
    values = torch.frombuffer(content[at:], dtype=torch.float32)
    at = 0
    for array in header["arrays"]:
        count = math.prod(array["shape"])
        arrays[array["name"]] = values[at : at + count].view(array["shape"])
        at += count
    return header["meta"], arrays


def in_layout(value, target):
    """From [height, width, in, out], [height, width, out, in] or [in, out] to PyTorch's layout."""
    if value.dim() == 4:
        return value.permute(3, 2, 0, 1).reshape(target.shape)
    if value.dim() == 2 and target.dim() == 2:
        return value.t()
    return value.reshape(target.shape)


def load(network, arrays):
    """Both sides have their layers in one order; a ViT's token and positions come first in PyTorch."""
    if isinstance(network, ViT):
        arrays = {**{name: arrays[name] for name in ("token", "positions")}, **arrays}
    state = {name: value for name, value in network.state_dict().items() if value.is_floating_point()}
    assert len(state) == len(arrays), (list(state), list(arrays))
    for (name, target), value in zip(state.items(), arrays.values()):
        state[name] = in_layout(value, target).contiguous()
    network.load_state_dict(state, strict=False)


def classifier(meta, arrays):
    if meta["architecture"]["kind"] == "cnn":
        # Our features are flattened with their channels last.
        weight, side = arrays["dense1.weight"], SIZE // 4
        by_place = weight.view(side, side, -1, weight.shape[1])
        arrays["dense1.weight"] = by_place.permute(2, 0, 1, 3).reshape(weight.shape)
    return build_classifier(meta["architecture"])


@torch.inference_mode()
def main():
    torch.set_num_threads(1)
    meta, arrays = read_tensor_file(sys.argv[1])
    with open(sys.argv[2], "rb") as file:
        values = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    if "architecture" in meta:
        network, inputs = classifier(meta, arrays), values.view(-1, 1, SIZE, SIZE)
    else:
        network, inputs = Generator(meta["latent"], meta["features"]), values.view(-1, meta["latent"], 1, 1)
    load(network, arrays)
    print(json.dumps(network.eval()(inputs).flatten().tolist()))


main()
