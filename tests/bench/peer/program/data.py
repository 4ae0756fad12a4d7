"""MNIST in memory, as float32 tensors."""

import torch

MEAN, STD = 0.1307, 0.3081
TRAIN_COUNT, TEST_COUNT = 60_000, 10_000


def read_idx(path, header):
    with open(path, "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8, offset=header)


def images(path, count):
    """[n, 1, 28, 28] in [0, 1]."""
    return read_idx(path, 16)[: count * 28 * 28].view(-1, 1, 28, 28).float().div_(255)


def labels(path):
    return read_idx(path, 8).long()


def normalised(path, count):
    return images(path, count).sub_(MEAN).div_(STD)


class Batches:
    """Batches of a random order for each epoch; what is left over of an epoch is dropped (drop_last=True)."""

    def __init__(self, count, batch, device="cpu"):
        self.count, self.batch, self.device = count, batch, device
        self.at = count

    def next(self):
        if self.at + self.batch > self.count:
            self.order, self.at = torch.randperm(self.count, device=self.device), 0
        indices = self.order[self.at : self.at + self.batch]
        self.at += self.batch
        return indices
