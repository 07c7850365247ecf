"""The peer of bench/method.ts: IRNet's dense random walk and Grad-CAM with passes per finding, in PyTorch on the CPU.

Inputs are raw float32 files in FOLDER. Each line of standard input is JSON {"work": NAME}; the result goes to result.bin, the time in
milliseconds to standard output as one line {"ms": TIME}. Written from the description of the algorithms (method.md b.2, b.5, b.6).
"""

import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import torchvision

torch.set_num_threads(int(os.environ.get("THREADS", "2")))
FOLDER = os.environ["FOLDER"]
CLASSES, SIDE, RADIUS, BETA, SQUARINGS = 10, 80, 5, 10, 8
IMAGES, IMAGE_SIDE, BATCH = int(os.environ["IMAGES"]), int(os.environ["IMAGE_SIDE"]), 8


def read(name):
    return torch.from_numpy(np.fromfile(os.path.join(FOLDER, name), dtype=np.float32))


def directions(radius):
    reach = radius - 1
    found = [(0, x) for x in range(1, reach + 1)]
    return found + [
        (y, x) for y in range(1, reach + 1) for x in range(-reach, reach + 1) if x * x + y * y < radius * radius
    ]


def path(dy, dx):
    square = dy * dy + dx * dx
    return [
        (y, x)
        for y in range(dy + 1)
        for x in range(min(0, dx), max(0, dx) + 1)
        if (dy * x - dx * y) ** 2 / square < 1
    ]


def prepare_walk():
    edge, seeds = read("edge.bin").reshape(SIDE, SIDE), read("seeds.bin").reshape(CLASSES, SIDE, SIDE)

    def walk():
        reach = RADIUS - 1
        padded = F.pad(edge[None, None], (reach, reach, 0, reach), value=1.0)[0, 0]
        width = SIDE + 2 * reach
        cells = torch.arange((SIDE + reach) * width).reshape(SIDE + reach, width)

        def shift(plane, dy, dx):
            return plane[dy : dy + SIDE, reach + dx : reach + dx + SIDE]

        size = (SIDE + reach) * width
        dense = torch.zeros(size, size)
        source = shift(cells, 0, 0).reshape(-1)
        for dy, dx in directions(RADIUS):
            strongest = torch.stack([shift(padded, y, x) for y, x in path(dy, dx)]).amax(0).reshape(-1)
            target = shift(cells, dy, dx).reshape(-1)
            dense[source, target] = 1 - strongest
            dense[target, source] = 1 - strongest
        dense.fill_diagonal_(1)
        dense = dense[source][:, source]  # the padding is cut off again
        trans = dense**BETA
        trans = trans / trans.sum(0, keepdim=True)
        for _ in range(SQUARINGS):
            trans = trans @ trans
        return (seeds * (1 - edge)).reshape(CLASSES, -1) @ trans

    return walk


def load_densenet():
    model = torchvision.models.densenet121(num_classes=CLASSES)
    data = read("weights.bin")
    with open(os.path.join(FOLDER, "weights.json")) as file:
        index = json.load(file)
    state = {
        entry["name"]: data[entry["offset"] : entry["offset"] + int(np.prod(entry["shape"]))].reshape(entry["shape"])
        for entry in index
    }
    missing = [name for name in model.load_state_dict(state, strict=False).missing_keys if "num_batches" not in name]
    assert not missing, missing
    return model.eval().to(memory_format=torch.channels_last)


def head(model, layer):
    return model.classifier(torch.flatten(F.adaptive_avg_pool2d(F.relu(layer), 1), 1))


def weigh(layer, gradient):
    return F.relu((gradient.mean((2, 3), keepdim=True) * layer).sum(1)).detach()


def prepare_cam(shared=False, dtype=torch.float32):
    model = load_densenet().to(dtype)
    images = read("images.bin").reshape(IMAGES, 3, IMAGE_SIDE, IMAGE_SIDE).to(dtype)

    def layer_of(batch):
        with torch.no_grad():  # the gradient is needed from the layer on
            layer = model.features(batch)
        return layer.requires_grad_()

    def cam():
        maps = []
        for start in range(0, IMAGES, BATCH):
            batch = images[start : start + BATCH].contiguous(memory_format=torch.channels_last)
            found = []
            layer = layer_of(batch)
            for c in range(CLASSES):
                if not shared and c > 0:
                    layer = layer_of(batch)
                (gradient,) = torch.autograd.grad(head(model, layer)[:, c].sum(), layer)
                found.append(weigh(layer, gradient))
            maps.append(torch.stack(found, 1))
        return torch.cat(maps)

    return cam


WORKS = {
    "irnet walk": prepare_walk,
    "grad-cam": prepare_cam,
    "grad-cam shared forward": lambda: prepare_cam(shared=True),
    "grad-cam in float64": lambda: prepare_cam(shared=True, dtype=torch.float64),
}


def main():
    print(json.dumps({"versions": f"torch {torch.__version__}, torchvision {torchvision.__version__}"}), flush=True)
    ready = {}
    for line in sys.stdin:
        work = json.loads(line)["work"]
        if work not in ready:
            ready.clear()
            ready[work] = WORKS[work]()
        start = time.perf_counter()
        result = ready[work]()
        ms = 1000 * (time.perf_counter() - start)
        result.contiguous().numpy().astype(np.float32).tofile(os.path.join(FOLDER, "result.bin"))
        print(json.dumps({"ms": ms}), flush=True)


main()
