"""What loading a data set costs in Python: the peer of `npm run bench -- data`. Environment: FOLDER (of npm run data), ORIGINALS (the same with
--files original), IMAGES, ORIGINAL_IMAGES, SIZE. Answers each {"work": NAME} with its milliseconds.

Every way does what ours does: the first IMAGES frontal images of train.csv are decoded, letterboxed into SIZE x SIZE and written to one file.
"""
import csv
import json
import multiprocessing
import os
import sys
import tempfile
import time

import numpy
import PIL
import torch
import torch.utils.data
import torchvision
from PIL import Image
from torchvision.io import ImageReadMode, decode_jpeg, read_file

SIZE = int(os.environ["SIZE"])
WORKERS = 2
torch.set_num_threads(1)


def paths(root, count):
    with open(os.path.join(root, "CheXpert-v1.0-small", "train.csv")) as file:
        rows = [row["Path"] for row in csv.DictReader(file) if row["Frontal/Lateral"] == "Frontal"]
    return [os.path.join(root, row) for row in rows[:count]]


def box(width, height):
    ratio = min(SIZE / width, SIZE / height)
    inner = int(width * ratio), int(height * ratio)
    return inner, (SIZE - inner[0]) // 2, (SIZE - inner[1]) // 2


def letterbox(path):
    image = Image.open(path).convert("L")
    inner, left, top = box(*image.size)
    framed = numpy.zeros((SIZE, SIZE), numpy.uint8)
    framed[top : top + inner[1], left : left + inner[0]] = numpy.asarray(image.resize(inner, Image.BILINEAR))
    return framed.tobytes()


class Radiographs(torch.utils.data.Dataset):
    def __init__(self, files):
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image = decode_jpeg(read_file(self.files[index]), ImageReadMode.GRAY)
        (width, height), left, top = box(image.shape[2], image.shape[1])
        resized = torchvision.transforms.functional.resize(image, [height, width], antialias=False)
        framed = torch.zeros(1, SIZE, SIZE, dtype=torch.uint8)
        framed[:, top : top + height, left : left + width] = resized
        return framed


def ingest_pillow(files):
    with tempfile.TemporaryFile() as out, multiprocessing.Pool(WORKERS) as pool:
        for framed in pool.imap(letterbox, files, chunksize=16):
            out.write(framed)


def ingest_torchvision(files):
    loader = torch.utils.data.DataLoader(Radiographs(files), batch_size=16, num_workers=WORKERS)
    with tempfile.TemporaryFile() as out:
        for batch in loader:
            out.write(batch.numpy().tobytes())


def read_csv():
    root = os.environ["FOLDER"]
    with open(os.path.join(root, "CheXpert-v1.0-small", "train.csv")) as file:
        rows = [[None if cell == "" else float(cell) for cell in row[5:]] for row in list(csv.reader(file))[1:]]
    assert len(rows) > 0


def look(files):
    for file in files:
        os.stat(file)


small = paths(os.environ["FOLDER"], int(os.environ["IMAGES"]))
every = paths(os.environ["FOLDER"], None)
originals = paths(os.environ["ORIGINALS"], int(os.environ["ORIGINAL_IMAGES"]))
works = {
    "pillow": lambda: ingest_pillow(small),
    "torchvision": lambda: ingest_torchvision(small),
    "pillow originals": lambda: ingest_pillow(originals),
    "csv": read_csv,
    "stat": lambda: look(every),
}

print(json.dumps({"versions": f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}, torch {torch.__version__}, 2 processes"}), flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    works[json.loads(line)["work"]]()
    print(json.dumps({"ms": (time.perf_counter() - started) * 1000}), flush=True)
