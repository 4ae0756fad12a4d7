"""The study's networks, written as a PyTorch user writes them.

Layers, sizes, initial weights and losses are those of main/training/architectures; the bench compares the numbers of
parameters. PyTorch's default start of linear and convolutional layers, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), is ours too.
"""

import torch
from torch import nn
from torch.nn import functional as F

SIZE = 28
CLASSES = 10


class MLP(nn.Sequential):
    def __init__(self, hidden, **_):
        layers = [nn.Flatten()]
        for inputs, outputs in zip([SIZE * SIZE, *hidden], hidden):
            layers += [nn.Linear(inputs, outputs), nn.ReLU(inplace=True)]
        super().__init__(*layers, nn.Linear(hidden[-1], CLASSES))


def convolution(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


class CNN(nn.Sequential):
    def __init__(self, channels, hidden, dropout, **_):
        a, b, c, d = channels
        first, middle = hidden
        super().__init__(
            *convolution(1, a),
            *convolution(a, b),
            nn.MaxPool2d(2),
            *convolution(b, c),
            *convolution(c, d),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(d * (SIZE // 4) ** 2, first),
            nn.ReLU(inplace=True),
            nn.Linear(first, middle),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(middle, CLASSES),
        )


class Attention(nn.Module):
    """Multi-head self-attention. `fused` chooses PyTorch's own kernel, or the three operations written out."""

    def __init__(self, width, heads, head_width):
        super().__init__()
        self.heads = heads
        self.scale = head_width**-0.5
        self.fused = True
        self.qkv = nn.Linear(width, 3 * heads * head_width)
        self.join = nn.Linear(heads * head_width, width)

    def forward(self, x):
        n, tokens, _ = x.shape
        q, k, v = self.qkv(x).view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        if self.fused:
            attended = F.scaled_dot_product_attention(q, k, v)
        else:
            attended = (q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1) @ v
        return self.join(attended.transpose(1, 2).reshape(n, tokens, -1))


class Block(nn.Module):
    def __init__(self, width, heads, head_width, mlp):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads, head_width)
        self.norm2 = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(nn.Linear(width, mlp), nn.GELU(), nn.Linear(mlp, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.perceptron(self.norm2(x))


class ViT(nn.Module):
    """Pre-norm Vision Transformer in the style of the widely used vit-pytorch."""

    def __init__(self, patch, width, blocks, heads, headWidth, mlp, **_):
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch * patch, width)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (SIZE // patch) ** 2 + 1, width))
        self.blocks = nn.Sequential(*[Block(width, heads, headWidth, mlp) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, CLASSES)

    def fuse_attention(self, fused):
        for block in self.blocks:
            block.attention.fused = fused

    def forward(self, images):
        n, side = images.shape[0], SIZE // self.patch
        patches = images.reshape(n, side, self.patch, side, self.patch).permute(0, 1, 3, 2, 4).reshape(n, side * side, -1)
        x = torch.cat((self.token.expand(n, -1, -1), self.embed(patches)), dim=1) + self.positions
        return self.head(self.norm(self.blocks(x)[:, 0]))


CLASSIFIERS = {"mlp": MLP, "cnn": CNN, "vit": ViT}


def build_classifier(architecture):
    return CLASSIFIERS[architecture["kind"]](**architecture)


class Generator(nn.Sequential):
    """DCGAN, 64x64 (Radford et al. 2016), as in PyTorch's tutorial."""

    def __init__(self, latent, features):
        maps = [8 * features, 4 * features, 2 * features, features]
        layers = [nn.ConvTranspose2d(latent, maps[0], 4, 1, 0, bias=False)]
        for inputs, outputs in zip(maps, [*maps[1:], 1]):
            layers += [nn.BatchNorm2d(inputs), nn.ReLU(inplace=True)]
            layers += [nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)]
        super().__init__(*layers, nn.Tanh())
        self.apply(start_weights)


class Discriminator(nn.Sequential):
    """The tutorial's, without its last sigmoid, which is in the loss."""

    def __init__(self, features):
        maps = [features, 2 * features, 4 * features, 8 * features]
        layers = [nn.Conv2d(1, features, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
        for inputs, outputs in zip(maps, maps[1:]):
            layers += [nn.Conv2d(inputs, outputs, 4, 2, 1, bias=False), nn.BatchNorm2d(outputs)]
            layers += [nn.LeakyReLU(0.2, inplace=True)]
        super().__init__(*layers, nn.Conv2d(maps[-1], 1, 4, 1, 0, bias=False), nn.Flatten(0))
        self.apply(start_weights)


def start_weights(layer):
    if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(layer.weight, 0.0, 0.02)
    elif isinstance(layer, nn.BatchNorm2d):
        nn.init.normal_(layer.weight, 1.0, 0.02)
        nn.init.zeros_(layer.bias)
