"""Rendering stimuli between anchors and asking all models about them."""

import torch
from torch.nn import functional as F

import data
from models import SIZE, Generator, build_classifier
from training import fastest, parameter_count


class StimuliTask:
    PAIRS = 20

    def __init__(self, generator, models, tuned):
        layout = torch.channels_last if tuned else torch.contiguous_format
        self.anchors = torch.randn(10, generator["latent"])
        self.generator = Generator(generator["latent"], generator["features"]).to(memory_format=layout).eval()
        self.models = [build_classifier(model).to(memory_format=layout).eval() for model in models]
        self.parameters = parameter_count(self.generator, *self.models)
        self.batch = 100

    def prepare(self):
        self.batch = fastest([20, 100, 500], lambda batch: self.render(self.latents(500), batch), repeats=1)
        return {"rendering batch": self.batch}

    def latents(self, count):
        """Points on straight lines between pairs of anchors."""
        pairs = 15 if count == 165 else self.PAIRS
        alpha = torch.linspace(0, 1, count // pairs).view(-1, 1)
        ends = [(pair % 10, (pair + 1 + pair // 10) % 10) for pair in range(pairs)]
        return torch.cat([torch.lerp(self.anchors[i], self.anchors[j], alpha) for i, j in ends])

    @torch.inference_mode()
    def render(self, latents, batch):
        """Pixels of 8 bits in the models' size, as float32 in [0, 255]."""
        parts = []
        for z in latents.split(batch):
            images = ((self.generator(z[:, :, None, None]) + 1) * 127.5).round().clamp(0, 255)
            parts.append(F.interpolate(images, size=(SIZE, SIZE), mode="bilinear", antialias=True).round())
        return torch.cat(parts)

    @torch.inference_mode()
    def disagreements(self, count):
        """On how many stimuli not all models say the same."""
        images = self.render(self.latents(count), self.batch).div_(255).sub_(data.MEAN).div_(data.STD)
        labels = []
        for model in self.models:
            softmax = torch.cat([model(part).softmax(dim=1) for part in images.split(1000)])
            labels.append(softmax.argmax(dim=1))
        return (torch.stack(labels) != labels[0]).any(dim=0).sum().item()
