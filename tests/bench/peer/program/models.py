"""The study's networks, written as a PyTorch user writes them.

Layers, sizes, initial weights and losses are those of main/training/architectures; the bench compares the numbers of
parameters. PyTorch's default start of linear and convolutional layers, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), is ours too.
"""

import torch
from torch import nn
from torch.nn import functional as F

SIZE = 28
CLASSES = 10
# Channels, height and width of the images.
SHAPE = (1, SIZE, SIZE)


class MLP(nn.Sequential):
    def __init__(self, hidden, batchNorm=False, dropout=0, shape=SHAPE, classes=CLASSES, **_):
        channels, height, width = shape
        layers = [nn.Flatten()]
        for inputs, outputs in zip([channels * height * width, *hidden], hidden):
            layers += [nn.Linear(inputs, outputs)]
            layers += [nn.BatchNorm1d(outputs)] if batchNorm else []
            layers += [nn.ReLU(inplace=True)]
            layers += [nn.Dropout(dropout)] if dropout else []
        super().__init__(*layers, nn.Linear(hidden[-1], classes))


class CNN(nn.Sequential):
    def __init__(
        self,
        channels,
        hidden,
        dropout,
        batchNorm=True,
        downsampling="pooling",
        perStage=2,
        shape=SHAPE,
        classes=CLASSES,
        **_,
    ):
        inputs, *size = shape
        layers = []
        for k, outputs in enumerate(channels):
            ends = k % perStage == perStage - 1
            strides = ends and downsampling == "stride"
            layers += [nn.Conv2d(inputs, outputs, 3, stride=2 if strides else 1, padding=1)]
            layers += [nn.BatchNorm2d(outputs)] if batchNorm else []
            layers += [nn.ReLU(inplace=True)]
            layers += [nn.MaxPool2d(2)] if ends and not strides else []
            if ends:
                size = [(side + strides) // 2 for side in size]
            inputs = outputs
        layers += [nn.Flatten()]
        widths = [inputs * size[0] * size[1], *hidden]
        for k, outputs in enumerate(hidden):
            layers += [nn.Linear(widths[k], outputs), nn.ReLU(inplace=True)]
        super().__init__(*layers, nn.Dropout(dropout), nn.Linear(widths[-1], classes))


class BasicBlock(nn.Module):
    """Its shortcut has no weights: every second place, and channels of zeros (option A)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride, self.further = stride, outputs - inputs
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        if self.further:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.further))
        return F.relu(y + x, inplace=True)


class ResNet(nn.Sequential):
    """For small images (He et al. 2016, section 4.2)."""

    def __init__(self, blocks, width, shape=SHAPE, classes=CLASSES, **_):
        layers = [nn.Conv2d(shape[0], width, 3, 1, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
        for stage in range(3):
            for block in range(blocks):
                begins = stage > 0 and block == 0
                outputs = width * 2**stage
                layers += [BasicBlock(outputs // 2 if begins else outputs, outputs, 2 if begins else 1)]
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, classes))


class LeNet(nn.Sequential):
    def __init__(self, shape=SHAPE, classes=CLASSES, **_):
        rows, columns = ((side // 2 - 4) // 2 for side in shape[1:])
        super().__init__(
            *(nn.Conv2d(shape[0], 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
            *(nn.Flatten(), nn.Linear(16 * rows * columns, 120), nn.Tanh()),
            *(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, classes)),
        )


class MixerBlock(nn.Module):
    def __init__(self, patches, width, token_mlp, mlp):
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.tokens = nn.Sequential(nn.Linear(patches, token_mlp), nn.GELU(), nn.Linear(token_mlp, patches))
        self.norm2 = nn.LayerNorm(width)
        self.channels = nn.Sequential(nn.Linear(width, mlp), nn.GELU(), nn.Linear(mlp, width))

    def forward(self, x):
        x = x + self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channels(self.norm2(x))


class Mixer(nn.Module):
    def __init__(self, patch, width, blocks, tokenMlp, mlp, shape=SHAPE, classes=CLASSES, **_):
        super().__init__()
        channels, height, columns = shape
        patches = (height // patch) * (columns // patch)
        self.embed = nn.Conv2d(channels, width, patch, stride=patch)
        self.blocks = nn.Sequential(*[MixerBlock(patches, width, tokenMlp, mlp) for _ in range(blocks)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        x = self.embed(images).flatten(2).transpose(1, 2)
        return self.head(self.norm(self.blocks(x)).mean(dim=1))


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


CLASSIFIERS = {"mlp": MLP, "cnn": CNN, "vit": ViT, "resnet": ResNet, "lenet": LeNet, "mixer": Mixer}


def build_classifier(architecture, **images):
    """`images`: their `shape`, and the number of `classes`; MNIST's if left out."""
    return CLASSIFIERS[architecture["kind"]](**architecture, **images)


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
