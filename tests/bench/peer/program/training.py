"""Training and evaluation in eager PyTorch, one step at a time."""

import time

import torch
from torch import nn
from torch.nn import functional as F

import data
from models import Discriminator, Generator, ViT, build_classifier
from optimizers import optimizer


def parameter_count(*networks):
    """Weights, and statistics that are saved with them."""
    values = [value for network in networks for value in network.state_dict().values()]
    return sum(value.numel() for value in values if value.is_floating_point())


def fastest(choices, run, repeats=3):
    """The choice with which `run` takes the least time, the best of some repeats; each runs once before, untimed."""
    best = {}
    for choice in choices:
        run(choice)
    for _ in range(repeats):
        for choice in choices:
            start = time.perf_counter()
            run(choice)
            seconds = time.perf_counter() - start
            best[choice] = min(best.get(choice, seconds), seconds)
    return min(best, key=best.get)


class ClassifierTask:
    def __init__(self, recipe, mnist, tuned, device="cpu"):
        self.batch = recipe["batch"]
        self.network = build_classifier(recipe["architecture"]).to(device)
        if tuned:
            self.network = self.network.to(memory_format=torch.channels_last)
        self.loss = nn.CrossEntropyLoss()
        self.optimiser = optimizer(self.network.parameters(), **recipe["optimiser"], fused=True if tuned else None)
        self.images = data.normalised(mnist["trainImages"], data.TRAIN_COUNT).to(device)
        self.labels = data.labels(mnist["trainLabels"]).to(device)
        self.test_images = data.normalised(mnist["testImages"], data.TEST_COUNT).to(device)
        self.test_labels = data.labels(mnist["testLabels"]).to(device)
        self.batches = data.Batches(len(self.images), self.batch, device)
        self.parameters = parameter_count(self.network)
        self.fused_in_training = self.fused_in_evaluation = None
        self.evaluation_batch = 1000

    def prepare(self):
        """Chooses what is fastest on this machine: how attention is written, and how many images are evaluated at a
        time. Leaves a trained-on network behind, so it is for timing only."""
        fused = [True, False] if isinstance(self.network, ViT) else [None]
        self.fused_in_training = fastest(fused, self.step) if len(fused) > 1 else None
        choices = [(batch, choice) for batch in (100, 1000) for choice in fused]
        best = fastest(choices, lambda choice: self.evaluate(0, 1000, *choice), repeats=1)
        self.evaluation_batch, self.fused_in_evaluation = best
        attention = {True: "scaled_dot_product_attention", False: "written out", None: "none"}
        return {
            "evaluation batch": self.evaluation_batch,
            "attention in training": attention[self.fused_in_training],
            "attention in evaluation": attention[self.fused_in_evaluation],
        }

    def write_attention(self, fused):
        if fused is not None:
            self.network.fuse_attention(fused)

    def step(self, fused):
        self.network.train()
        self.write_attention(fused)
        indices = self.batches.next()
        self.optimiser.zero_grad()
        loss = self.loss(self.network(self.images[indices]), self.labels[indices])
        loss.backward()
        self.optimiser.step()
        return loss.item()

    def train(self, steps):
        for _ in range(steps):
            loss = self.step(self.fused_in_training)
        return loss

    @torch.inference_mode()
    def evaluate(self, start, count, batch, fused):
        """How many of these test images are missed."""
        self.network.eval()
        self.write_attention(fused)
        errors = 0
        for at in range(start, start + count, batch):
            end = min(at + batch, start + count)
            labels = self.network(self.test_images[at:end]).argmax(dim=1)
            errors += (labels != self.test_labels[at:end]).sum().item()
        return errors

    def errors(self, start, count):
        return self.evaluate(start, count, self.evaluation_batch, self.fused_in_evaluation)


class GanTask:
    """PyTorch's DCGAN tutorial; real images were brought to 64x64 before."""

    IMAGES = 4096

    def __init__(self, recipe, mnist, tuned, device="cpu"):
        self.batch, self.latent, self.device = recipe["batch"], recipe["latent"], device
        self.generator = Generator(recipe["latent"], recipe["features"]).to(device)
        self.discriminator = Discriminator(recipe["features"]).to(device)
        if tuned:
            self.generator = self.generator.to(memory_format=torch.channels_last)
            self.discriminator = self.discriminator.to(memory_format=torch.channels_last)
        settings = dict(kind="adam", stepSize=recipe["stepSize"], beta1=recipe["beta1"])
        settings.update(beta2=0.999, epsilon=1e-8, weightDecay=0)
        self.optimiser_g = optimizer(self.generator.parameters(), **settings, fused=True if tuned else None)
        self.optimiser_d = optimizer(self.discriminator.parameters(), **settings, fused=True if tuned else None)
        self.loss = nn.BCEWithLogitsLoss()
        small = data.images(mnist["trainImages"], self.IMAGES)
        self.images = F.interpolate(small, size=(64, 64), mode="bilinear", antialias=True).mul_(2).sub_(1).to(device)
        self.batches = data.Batches(len(self.images), self.batch, device)
        self.real = torch.ones(self.batch, device=device)
        self.fake = torch.zeros(self.batch, device=device)
        self.parameters = parameter_count(self.generator, self.discriminator)

    def prepare(self):
        return {}

    def step(self):
        self.discriminator.zero_grad()
        error_real = self.loss(self.discriminator(self.images[self.batches.next()]), self.real)
        error_real.backward()
        images = self.generator(torch.randn(self.batch, self.latent, 1, 1, device=self.device))
        error_fake = self.loss(self.discriminator(images.detach()), self.fake)
        error_fake.backward()
        self.optimiser_d.step()
        self.generator.zero_grad()
        error = self.loss(self.discriminator(images), self.real)
        error.backward()
        self.optimiser_g.step()
        return (error_real + error_fake).item(), error.item()

    def train(self, steps):
        for _ in range(steps):
            _, error = self.step()
        return error
