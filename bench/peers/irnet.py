"""A training step of IRNet's heads in PyTorch, as in the released code (Ahn et al., CVPR 2019): frozen ResNet-50, pairs within 10 pixels."""

import math

import torch
import torchvision

RADIUS = 10


class Heads(torch.nn.Module):
    """Boundaries and displacements from the five stages of the backbone."""

    def __init__(self):
        super().__init__()
        widths = [64, 256, 512, 1024, 2048]
        self.edges = torch.nn.ModuleList(block(c, 32, 4) for c in widths)
        self.edge = torch.nn.Conv2d(160, 1, 1)
        self.shifts = torch.nn.ModuleList(
            block(c, k, g) for c, k, g in zip(widths, [64, 128, 256, 256, 256], [8, 16, 16, 16, 16])
        )
        self.joined = block(768, 256, 16)
        self.last = torch.nn.Sequential(
            *block(448, 256, 16), torch.nn.ReLU(), torch.nn.Conv2d(256, 2, 1, bias=False)
        )

    def forward(self, stages):
        fine, coarse = stages[1].shape[2:], stages[2].shape[2:]
        edge = self.edge(torch.cat([upsample(f(x), fine) for f, x in zip(self.edges, stages)], 1))
        first, second, *rest = [
            upsample(f(x), x.shape[2:] if i < 2 else coarse) for i, (f, x) in enumerate(zip(self.shifts, stages))
        ]
        joined = upsample(self.joined(torch.cat(rest, 1)), fine)
        return edge, self.last(torch.cat([first, second, joined], 1))


def block(channels, filters, groups):
    return torch.nn.Sequential(
        torch.nn.Conv2d(channels, filters, 1, bias=False), torch.nn.GroupNorm(groups, filters)
    )


def upsample(x, size):
    if x.shape[2:] != size:
        x = torch.nn.functional.interpolate(x, size=size, mode="bilinear", align_corners=False)
    return torch.relu(x)


def backbone():
    net = torchvision.models.resnet50()
    net.layer4[0].conv2.stride = net.layer4[0].downsample[0].stride = (1, 1)
    for parameter in net.parameters():
        parameter.requires_grad = False
    return net.eval()


def stages_of(net, x):
    stages = [net.maxpool(net.relu(net.bn1(net.conv1(x))))]
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        stages.append(layer(stages[-1]))
    return stages


def search_paths():
    """Directions of half a disc, each with the pixels on its way, grouped by their number."""
    directions = [(0, x) for x in range(1, RADIUS)] + [
        (y, x) for y in range(1, RADIUS) for x in range(1 - RADIUS, RADIUS) if x * x + y * y < RADIUS**2
    ]
    groups = {}
    for dy, dx in directions:
        points = [
            (y, x)
            for y in range(dy + 1)
            for x in range(min(0, dx), max(0, dx) + 1)
            if (dy * x - dx * y) ** 2 < dx * dx + dy * dy
        ]
        points.sort(key=lambda p: -(abs(p[0]) + abs(p[1])))
        groups.setdefault(len(points), []).append(points)
    return [groups[length] for length in sorted(groups)]


def path_indices(side):
    reach = RADIUS - 1
    grid = torch.arange(side * side).reshape(side, side)

    def at(point):
        y, x = point
        return grid[y : side - reach + y, reach + x : side - reach + x].reshape(-1)

    return [torch.stack([torch.stack([at(p) for p in points]) for points in group]) for group in search_paths()]


def prepare_irnet(batch, size, layout):
    net, heads = backbone().to(memory_format=layout), Heads().to(memory_format=layout)
    x = torch.randn(batch, 3, size, size).to(memory_format=layout)
    indices = path_indices(size // 4)
    pairs = sum(index.shape[0] for index in indices), indices[0].shape[2]
    weights = [(torch.rand(batch, *pairs) < 0.3).float() for _ in range(4)]
    offsets = torch.tensor([points[0] for group in search_paths() for points in group])
    shifts = offsets.float().t().reshape(1, 2, -1, 1)
    shift_groups = [
        {"params": [*heads.edges.parameters(), *heads.edge.parameters()], "lr": 1e-4},
        {"params": [*heads.shifts.parameters(), *heads.joined.parameters(), *heads.last.parameters()], "lr": 1e-3},
    ]
    optimizer = torch.optim.SGD(shift_groups, momentum=0.9, weight_decay=1e-4)
    ends = torch.cat([index[:, 0] for index in indices])
    sources = indices[0][0, -1]

    def loss_of(edge, displacement):
        flat = torch.sigmoid(edge).reshape(batch, -1)
        strongest = torch.cat(
            [flat.index_select(1, i.reshape(-1)).reshape(batch, *i.shape).max(2).values for i in indices], 1
        )
        flat = displacement.reshape(batch, 2, -1)
        to = flat.index_select(2, ends.reshape(-1)).reshape(batch, 2, *ends.shape)
        difference = flat.index_select(2, sources).unsqueeze(2) - to
        alike, apart, foreground, background = weights
        terms = (
            (-torch.log(1 - strongest + 1e-5) * alike).sum() + (-torch.log(strongest + 1e-5) * apart).sum()
            + ((difference - shifts).abs() * foreground.unsqueeze(1)).sum()
            + (difference.abs() * background.unsqueeze(1)).sum()
        )
        return terms / 2

    def train():
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            stages = stages_of(net, x)
        loss = loss_of(*heads(stages))
        if not math.isfinite(loss.item()):
            raise ValueError("loss is not finite")
        loss.backward()
        optimizer.step()

    return train
