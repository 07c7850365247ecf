"""Writes the training-parity fixtures: the same networks, weights and batches in PyTorch.

Rerun from the repository root, a few seconds on a CPU:

    /usr/bin/python3 bench/peers/parity.py

Weights and batches follow one integer formula that both sides compute exactly (packages/tensor/src/testing/parity.ts), so a
fixture holds losses and checksums only. Each network takes five optimizer steps in float32; the same steps in float64 are
stored beside them and say how far float32 itself may drift.
"""
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS = 5
LEARNING_RATE = 1e-3
torch.set_num_threads(1)


# ** 1 -- the formula that parity.ts repeats **


def name_hash(name):
    """FNV-1a of the ASCII name, 32 bits."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def uniform(name, shape):
    """float64 in [-1, 1): the MurmurHash3 finalizer of index * golden ratio + hash(name)."""
    count = math.prod(shape)
    mask = np.uint64(0xFFFFFFFF)
    u = (np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B1) + np.uint64(name_hash(name))) & mask
    u ^= u >> np.uint64(16)
    u = (u * np.uint64(0x85EBCA6B)) & mask
    u ^= u >> np.uint64(13)
    u = (u * np.uint64(0xC2B2AE35)) & mask
    u ^= u >> np.uint64(16)
    return (u.astype(np.float64) / 2**31 - 1).reshape(shape)


def weight(name, shape, offset):
    """Filters at He's scale, batch-norm scales and variances around 1, biases around the offset, means small."""
    u = uniform(name, shape)
    if len(shape) >= 2:
        return (math.sqrt(6 / math.prod(shape[1:])) * u).astype(np.float32)
    if name.endswith("weight") or name.endswith("running_var"):
        return (1 + 0.25 * u).astype(np.float32)
    return (0.1 * u + (offset if name.endswith("bias") else 0)).astype(np.float32)


def fill(model, offset):
    state = {
        name: torch.from_numpy(weight(name, tuple(value.shape), offset))
        for name, value in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    model.load_state_dict(state, strict=False)
    return model


def image_like(u):
    """Noise on 8 x 8 blocks on a brightness per image: without structure, statistics over the batch are ill-conditioned."""
    count, channels, height, width = u.shape
    blocks = uniform("batch.blocks", (count, channels, 8, 8))
    rows, columns = np.arange(height) * 8 // height, np.arange(width) * 8 // width
    brightness = (np.arange(count) / (count - 1) - 0.5).reshape(-1, 1, 1, 1)
    return 0.25 * u + brightness + blocks[:, :, rows[:, None], columns]


def batch(shapes):
    """Images; a name that starts with `target` becomes 0 and 1, one that starts with `class` a one-hot row."""
    feeds = {}
    for name, shape in shapes.items():
        u = uniform("batch." + name, shape)
        if name == "image":
            u = image_like(u)
        if name.startswith("target"):
            u = (u > 0.2).astype(np.float64)
        if name.startswith("class"):
            u = np.eye(shape[1])[u.argmax(axis=1)]
        feeds[name] = torch.from_numpy(u.astype(np.float32))
    return feeds


# ** 2 -- networks **


class ConvNet(nn.Module):
    """Every kind of convolution, pool and resize of packages/tensor in one small network."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(8)
        self.grouped = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2, bias=False)
        self.norm2 = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.widen = nn.Conv2d(8, 12, 1)
        self.classifier = nn.Linear(12, 4)
        self.map = nn.Conv2d(12, 2, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm1(self.stem(x))), 3, 2, 1)
        x = F.relu(self.norm2(self.grouped(x)))
        x = F.relu(self.widen(F.relu(self.depthwise(x))))
        small = F.avg_pool2d(x, 2)
        loose = F.interpolate(small, size=(9, 9), mode="bilinear", align_corners=False)
        tight = F.interpolate(small, size=(9, 9), mode="bilinear", align_corners=True)
        logits = self.classifier(x.mean((2, 3)))
        return {"logits": logits, "map": self.map(loose * torch.sigmoid(tight))}


class Separable(nn.Sequential):
    def __init__(self, incoming, outgoing, dilation=1):
        super().__init__(
            nn.Conv2d(incoming, incoming, 3, padding=dilation, dilation=dilation, groups=incoming, bias=False),
            nn.Conv2d(incoming, outgoing, 1, bias=False),
        )


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, incoming, channels, stride, dilation):
        super().__init__()
        self.conv1 = nn.Conv2d(incoming, channels, 3, stride, dilation, dilation, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        if stride != 1 or incoming != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(incoming, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, incoming, channels, stride, dilation):
        super().__init__()
        self.conv1 = nn.Conv2d(incoming, channels, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, stride, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, channels * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(channels * 4)
        if stride != 1 or incoming != channels * 4:
            self.downsample = nn.Sequential(
                nn.Conv2d(incoming, channels * 4, 1, stride, bias=False), nn.BatchNorm2d(channels * 4)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(y)))))
        return F.relu(y + (self.downsample(x) if hasattr(self, "downsample") else x))


LAYOUTS = {18: (BasicBlock, (2, 2, 2, 2)), 34: (BasicBlock, (3, 4, 6, 3)), 50: (Bottleneck, (3, 4, 6, 3))}


class Encoder(nn.Module):
    """torchvision's ResNet without fc; every convolution of layer4 has stride 1 and dilation 2 (method.md b.7)."""

    def __init__(self, depth, width):
        super().__init__()
        block, layers = LAYOUTS[depth]
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        incoming = width
        for index, count in enumerate(layers):
            channels = width * 2**index
            blocks = []
            for i in range(count):
                stride = 2 if i == 0 and index in (1, 2) else 1
                blocks.append(block(incoming, channels, stride, 2 if index == 3 else 1))
                incoming = channels * block.expansion
            setattr(self, f"layer{index + 1}", nn.Sequential(*blocks))
        self.low_channels, self.high_channels = width * block.expansion, incoming

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        low = self.layer1(x)
        return low, self.layer4(self.layer3(self.layer2(low)))


class PooledBranch(nn.Sequential):
    def __init__(self, incoming, channels):
        super().__init__(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(incoming, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
        )

    def forward(self, x):
        return F.interpolate(super().forward(x), size=x.shape[2:], mode="bilinear", align_corners=False)


class Pyramid(nn.Module):
    def __init__(self, incoming, channels, rates):
        super().__init__()
        local = nn.Sequential(nn.Conv2d(incoming, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())
        wide = [nn.Sequential(Separable(incoming, channels, r), nn.BatchNorm2d(channels), nn.ReLU()) for r in rates]
        self.convs = nn.ModuleList([local, *wide, PooledBranch(incoming, channels)])
        self.project = nn.Sequential(
            nn.Conv2d(channels * (len(rates) + 2), channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()
        )  # dropout forced to 0

    def forward(self, x):
        return self.project(torch.cat([branch(x) for branch in self.convs], 1))


class Decoder(nn.Module):
    def __init__(self, low, high, channels, rates):
        super().__init__()
        detail = 48 * channels // 256
        self.aspp = nn.Sequential(
            Pyramid(high, channels, rates), Separable(channels, channels), nn.BatchNorm2d(channels), nn.ReLU()
        )
        self.block1 = nn.Sequential(nn.Conv2d(low, detail, 1, bias=False), nn.BatchNorm2d(detail), nn.ReLU())
        self.block2 = nn.Sequential(Separable(channels + detail, channels), nn.BatchNorm2d(channels), nn.ReLU())

    def forward(self, low, high):
        context = F.interpolate(self.aspp(high), size=low.shape[2:], mode="bilinear", align_corners=True)
        return self.block2(torch.cat([context, self.block1(low)], 1))


class DeepLab(nn.Module):
    """DeepLabv3+ as segmentation_models.pytorch 0.1.2 builds it, under its names."""

    def __init__(self, depth, width, decoder, rates, classes):
        super().__init__()
        self.encoder = Encoder(depth, width)
        self.decoder = Decoder(self.encoder.low_channels, self.encoder.high_channels, decoder, rates)
        self.segmentation_head = nn.Sequential(nn.Conv2d(decoder, classes, 1))

    def forward(self, x):
        logits = self.segmentation_head(self.decoder(*self.encoder(x)))
        return {"logits": F.interpolate(logits, size=x.shape[2:], mode="bilinear", align_corners=True)}


class Classifier(nn.Module):
    """torchvision's own DenseNet, with a dict for a result."""

    def __init__(self, **options):
        super().__init__()
        inner = torchvision.models.DenseNet(**options)
        self.features, self.classifier, self.inner = inner.features, inner.classifier, [inner]

    def forward(self, x):
        return {"logits": self.inner[0](x)}


# ** 3 -- losses **


def two_heads(out, feeds):
    chosen = (F.log_softmax(out["logits"], 1) * feeds["class"]).sum(1)
    return F.binary_cross_entropy_with_logits(out["map"], feeds["target"]) - chosen.mean()


def bce(out, feeds):
    return F.binary_cross_entropy_with_logits(out["logits"], feeds["target"])


def class_average_dice(out, feeds):
    p, y = torch.sigmoid(out["logits"]), feeds["target"]
    total = lambda x: x.sum((0, 2, 3))
    return 1 - ((2 * total(p * y) + 1) / (total(p) + total(y) + 1)).mean()


# ** 4 -- training and checksums **

OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=LEARNING_RATE),
    "sgd": lambda p: torch.optim.SGD(p, lr=LEARNING_RATE, momentum=0.9, weight_decay=1e-4),
}


def tensors_of(model):
    state = model.state_dict().items()
    return {n: v.detach().double().numpy().copy() for n, v in state if not n.endswith("num_batches_tracked")}


def train(make, shapes, loss_of, optimizer, offset, dtype):
    model = fill(make(), offset).to(dtype)
    feeds = {name: value.to(dtype) for name, value in batch(shapes).items()}
    model.eval()
    with torch.no_grad():
        evaluated = {name: value.double().numpy() for name, value in model(feeds["image"]).items()}
    model.train()
    before = tensors_of(model)
    step = OPTIMIZERS[optimizer](model.parameters())
    losses = []
    for _ in range(STEPS):
        step.zero_grad()
        loss = loss_of(model(feeds["image"]), feeds)
        loss.backward()
        step.step()
        losses.append(loss.item())
        if len(losses) == 1:
            first = moments_of(model, step)
    return losses, evaluated, before, first, tensors_of(model)


def moments_of(model, step):
    """The optimizer's running gradient of every parameter."""
    slot = "exp_avg" if isinstance(step, torch.optim.Adam) else "momentum_buffer"
    return {n: step.state[p][slot].double().numpy().copy() for n, p in model.named_parameters()}


def project(name, values):
    """One number per tensor that every entry enters with its own random weight."""
    return float((values * uniform("probe." + name, values.shape)).sum())


def record(make, shapes, loss_of, optimizer, offset=0):
    losses, evaluated, before, first, after = train(make, shapes, loss_of, optimizer, offset, torch.float32)
    losses64, *_ = train(make, shapes, loss_of, optimizer, offset, torch.float64)
    return {
        "optimizer": optimizer,
        "biasOffset": offset,
        "shapes": shapes,
        "losses": losses,
        "losses64": losses64,
        # Evaluation mode at the initial weights: mean |x| and the projection of each output.
        "evaluated": {n: [float(np.abs(v).mean()), project(n, v)] for n, v in evaluated.items()},
        # Per parameter: projection and norm of the optimizer's running gradient after one step.
        "moments": {n: [project(n, v), float(np.linalg.norm(v))] for n, v in first.items()},
        # Per tensor: projection at the start, projection after training, norm of the movement.
        "tensors": {
            n: [project(n, before[n]), project(n, v), float(np.linalg.norm(v - before[n]))]
            for n, v in after.items()
        },
    }


def write(path, content):
    path = ROOT / path
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {
        "rerun": "/usr/bin/python3 bench/peers/parity.py",
        "torch": torch.__version__,
        "torchvision": torchvision.__version__,
    }
    path.write_text(json.dumps({**header, **content}) + "\n")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


def shapes_of(model):
    return {n: list(v.shape) for n, v in model.state_dict().items() if not n.endswith("num_batches_tracked")}


def main():
    small = {"image": [4, 3, 24, 24], "class": [4, 4], "target": [4, 2, 9, 9]}
    convnet = {kind: record(ConvNet, small, two_heads, kind) for kind in OPTIMIZERS}
    write("packages/tensor/fixtures/parity-convnet.json", {"learningRate": LEARNING_RATE, "cases": convnet})

    narrow = lambda: Classifier(growth_rate=4, block_config=(2, 2), num_init_features=8, num_classes=3)
    xrays = {"image": [4, 3, 32, 32], "target": [4, 3]}
    dense = {"bce": record(narrow, xrays, bce, "adam")}
    write("packages/nodes-chexseg/fixtures/parity-densenet.json", {"learningRate": LEARNING_RATE, "cases": dense})

    lab = lambda: DeepLab(18, 8, 32, (1, 2, 3), 3)
    masks = {"image": [4, 3, 64, 64], "target": [4, 3, 64, 64]}
    losses = {"dice": class_average_dice, "bce": bce}
    # 650,000 ReLU inputs in five steps: with biases around 0 some lie within rounding of 0, and which side they fall on moves
    # the loss by 1e-3 even between float32 and float64 PyTorch. Around 2 that disappears (drift 4e-7).
    segmenters = {name: record(lab, masks, loss, "adam", offset=2) for name, loss in losses.items()}
    write("packages/nodes-chexseg/fixtures/parity-deeplab.json", {"learningRate": LEARNING_RATE, "cases": segmenters})

    full = {f"deeplab-resnet{depth}": shapes_of(DeepLab(depth, 64, 256, (12, 24, 36), 10)) for depth in LAYOUTS}
    for depth in LAYOUTS:
        theirs = shapes_of(getattr(torchvision.models, f"resnet{depth}")())
        ours = {n[len("encoder."):]: s for n, s in full[f"deeplab-resnet{depth}"].items() if n.startswith("encoder.")}
        assert ours == {n: s for n, s in theirs.items() if not n.startswith("fc.")}, "encoder names differ from torchvision"
    full["densenet121"] = shapes_of(torchvision.models.densenet121())
    write("packages/nodes-chexseg/fixtures/weight-shapes.json", {"networks": full})

    for title, cases in [("convnet", convnet), ("densenet", dense), ("deeplab", segmenters)]:
        for name, case in cases.items():
            print(title, name, [f"{loss:.7f}" for loss in case["losses"]])


if __name__ == "__main__":
    main()
    print(__doc__.split("\n\n")[1].strip())
    print("    /usr/bin/python3 bench/peers/parity.py")
