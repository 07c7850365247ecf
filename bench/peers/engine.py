"""The peer of bench/engine.ts: the same networks in PyTorch on the CPU, one measured step per line on standard input.

Each line is JSON {"work": NAME}; the answer is one line {"ms": TIME, "peak_mib": MEMORY, "start_s": TIME}: the step, the most memory
this process has held, and the time from the network's definition to the end of its first step. Both memory layouts are kept ready,
or the one of LAYOUT; the faster one is the peer.
"""

import json
import os
import resource
import sys
import time

import torch
import torch.nn.functional as F
import torchvision

sys.path.insert(0, os.path.dirname(__file__))
from irnet import prepare_irnet  # noqa: E402
from parity import DeepLab, class_average_dice  # noqa: E402

torch.set_num_threads(int(os.environ.get("THREADS", "2")))
torch.manual_seed(0)
SIZE = int(os.environ["SIZE"])
BATCH = int(os.environ["BATCH"])


class DenseNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.net = torchvision.models.densenet121(num_classes=14)

    def forward(self, x):
        return self.net(x)


def prepare(work, layout):
    if work == "irnet train":
        return prepare_irnet(BATCH, SIZE, layout)
    return prepare_network(*WORKS[work], layout)


def prepare_network(make, classes, dense, training, layout):
    model = make().to(memory_format=layout)
    model.train(training)
    x = torch.randn(BATCH, 3, SIZE, SIZE).to(memory_format=layout)
    shape = (BATCH, classes) if dense else (BATCH, classes, SIZE, SIZE)
    y = (torch.rand(shape) < 0.3).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def loss_of(out):
        if dense:
            return F.binary_cross_entropy_with_logits(out, y)
        return class_average_dice(out, {"target": y})

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss_of(model(x)).backward()
        optimizer.step()

    def infer():
        with torch.no_grad():
            model(x)

    return train if training else infer


def deeplab(depth):
    return lambda: DeepLab(depth, 64, 256, [6, 12, 18], 10)


WORKS = {
    "densenet121 train": (DenseNet, 14, True, True),
    "densenet121 infer": (DenseNet, 14, True, False),
    "deeplab-r18 train": (deeplab(18), 10, False, True),
    "deeplab-r18 infer": (deeplab(18), 10, False, False),
    "deeplab-r50 train": (deeplab(50), 10, False, True),
}


LAYOUTS = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}


def measure(step):
    start = time.perf_counter()
    step()
    return 1000 * (time.perf_counter() - start)


def open_fastest(work):
    """The faster step, warm, and the seconds from its definition to the end of its first step."""
    names = [os.environ["LAYOUT"]] if "LAYOUT" in os.environ else list(LAYOUTS)
    candidates = []
    for name in names:
        start = time.perf_counter()
        step = prepare(work, LAYOUTS[name])
        step()
        first = time.perf_counter() - start
        candidates.append((measure(step), first, step))
    _, first, step = min(candidates, key=lambda candidate: candidate[0])
    return step, first


def main():
    print(json.dumps({"versions": f"torch {torch.__version__}, torchvision {torchvision.__version__}"}), flush=True)
    ready = {}
    for line in sys.stdin:
        work = json.loads(line)["work"]
        if work not in ready:
            ready.clear()  # one network at a time: the machine's memory is small
            ready[work] = open_fastest(work)
        step, start_s = ready[work]
        ms = measure(step)
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": ms, "peak_mib": peak_mib, "start_s": start_s}), flush=True)


main()
