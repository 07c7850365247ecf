"""Writes networks of PyTorch with random weights, and what they make of one image, for packages/nodes-chexseg/src/models/forward.test.ts:

    /usr/bin/python3 bench/peers/forward.py FOLDER [NETWORK ...]

FOLDER gets NETWORK.pth (torch.save of the state_dict) and NETWORK.json ({output: values, row-major}). Networks: those of NETWORKS below; NAME.onnx
exports one with PyTorch's defaults instead. Statistics of batch normalization are those of one random batch, so activations keep their scale. The image is 64 x 64,
its values are ((i * 37) % 101) / 101 - 0.5.
"""
import json
import pathlib
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

from parity import DeepLab

SIDE = 64
torch.set_num_threads(2)


def head(incoming, outgoing, groups):
    return nn.Sequential(nn.Conv2d(incoming, outgoing, 1, bias=False), nn.GroupNorm(groups, outgoing))


class Irnet(nn.Module):
    """net/resnet50_irn.py of the released IRNet: method.md b.5."""

    def __init__(self):
        super().__init__()
        self.resnet50 = torchvision.models.resnet50()
        del self.resnet50.fc
        first = self.resnet50.layer4[0]
        first.conv2.stride = first.downsample[0].stride = (1, 1)
        for index, incoming in enumerate((64, 256, 512, 1024, 2048)):
            setattr(self, f"fc_edge{index + 1}", head(incoming, 32, 4))
        self.fc_edge6 = nn.Conv2d(160, 1, 1)
        for index, (incoming, outgoing, groups) in enumerate(
            ((64, 64, 8), (256, 128, 16), (512, 256, 16), (1024, 256, 16), (2048, 256, 16), (768, 256, 16))
        ):
            setattr(self, f"fc_dp{index + 1}", head(incoming, outgoing, groups))
        self.fc_dp7 = nn.Sequential(*head(448, 256, 16), nn.ReLU(), nn.Conv2d(256, 2, 1, bias=False))

    def forward(self, x):
        net = self.resnet50
        stages = [net.maxpool(F.relu(net.bn1(net.conv1(x))))]
        for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
            stages.append(layer(stages[-1]))

        def read(name, x, like):
            y = getattr(self, name)(x)
            return F.relu(F.interpolate(y, size=like.shape[2:], mode="bilinear", align_corners=False))

        stem, fine, coarse = stages[:3]
        edge = self.fc_edge6(torch.cat([read(f"fc_edge{i + 1}", s, fine) for i, s in enumerate(stages)], 1))
        first, second = read("fc_dp1", stem, stem), read("fc_dp2", fine, fine)
        rest = torch.cat([read(f"fc_dp{i + 3}", s, coarse) for i, s in enumerate(stages[2:])], 1)
        joined = read("fc_dp6", rest, fine)
        return {"edge": edge, "displacement": self.fc_dp7(torch.cat([first, second, joined], 1))}


class Classifier(nn.Module):
    def __init__(self, make):
        super().__init__()
        self.inner = make(num_classes=14)

    def forward(self, x):
        return {"logits": self.inner(x)}


NETWORKS = {
    "densenet121": lambda: Classifier(torchvision.models.densenet121),
    "small-densenet": lambda: Classifier(
        lambda num_classes: torchvision.models.DenseNet(4, (2, 1), 8, num_classes=num_classes)
    ),
    "resnet18": lambda: Classifier(torchvision.models.resnet18),
    "resnet101": lambda: Classifier(torchvision.models.resnet101),
    "resnext50": lambda: Classifier(torchvision.models.resnext50_32x4d),
    "wide-resnet50": lambda: Classifier(torchvision.models.wide_resnet50_2),
    "deeplab-resnet18": lambda: DeepLab(18, 64, 256, (12, 24, 36), 10),
    "irnet-resnet50": Irnet,
}


def settle(model):
    """Takes the statistics of one random batch."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        model.train()(torch.rand(4, 3, SIDE, SIDE) - 0.5)
    return model.eval()


class Single(nn.Module):
    """Exporters want a tensor, not a dict."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x)["logits"]


def export(model, image, folder, name):
    """With every default: batch normalization is folded into the convolutions before it."""
    torch.onnx.export(model, image, str(pathlib.Path(folder) / name), input_names=["image"])


def main(folder, *names):
    torch.manual_seed(11)
    image = (((torch.arange(3 * SIDE * SIDE) * 37) % 101).float() / 101 - 0.5).reshape(1, 3, SIDE, SIDE)
    for name in names or NETWORKS:
        kind, _, suffix = name.partition(".")
        model = settle(NETWORKS[kind]())
        with torch.no_grad():
            outputs = {key: value.flatten().tolist() for key, value in model(image).items()}
        saved = model.inner if isinstance(model, Classifier) else model
        if suffix == "onnx":
            with torch.no_grad():
                export(saved if isinstance(model, Classifier) else Single(model), image, folder, name)
        else:
            torch.save(saved.state_dict(), pathlib.Path(folder) / f"{name}.pth")
        (pathlib.Path(folder) / f"{name}.json").write_text(json.dumps(outputs))


if __name__ == "__main__":
    main(*sys.argv[1:])
