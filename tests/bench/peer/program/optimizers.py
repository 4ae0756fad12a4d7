"""The optimizers of our recipes in PyTorch, by the names of their fields.

Lion is not in PyTorch: here it is algorithm 2 of its paper (Chen et al. 2023, arXiv 2302.06675).
"""

import torch


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            (beta1, beta2), lr = group["betas"], group["lr"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
                p -= lr * (update + group["weight_decay"] * p)
                m.copy_(beta2 * m + (1 - beta2) * p.grad)


def optimizer(params, kind, stepSize, weightDecay=0.0, fused=None, **more):
    """`fused`: the kernel of PyTorch for Adam, AdamW or SGD; None: its default."""
    common = dict(lr=stepSize, weight_decay=weightDecay)
    moments = dict(common, betas=(more.get("beta1", 0.9), more.get("beta2", 0.999)), eps=more.get("epsilon", 1e-8))
    match kind:
        case "adam":
            return torch.optim.Adam(params, **moments, fused=fused)
        case "adamw":
            return torch.optim.AdamW(params, **moments, fused=fused)
        case "sgd":
            return torch.optim.SGD(params, **common, fused=fused)
        case "momentum" | "nesterov":
            return torch.optim.SGD(params, momentum=more.get("momentum", 0.9), nesterov=kind == "nesterov", **common, fused=fused)
        case "rmsprop":
            return torch.optim.RMSprop(params, momentum=more.get("momentum", 0), alpha=more.get("beta2", 0.99), **common)
        case "adagrad":
            return torch.optim.Adagrad(params, **common)
        case "nadam":
            return torch.optim.NAdam(params, momentum_decay=more.get("momentumDecay", 4e-3), **moments)
        case "lion":
            return Lion(params, betas=(more.get("beta1", 0.9), more.get("beta2", 0.99)), **common)
