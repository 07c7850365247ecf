/** What the method's own algorithms cost against the way the released code computes them, with the same results. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@radiograph/statistics';
import { initializeWeights, type NamedTensors } from '@radiograph/tensor';
import { openCam } from '../packages/nodes-chexseg/src/cam/open-cam.ts';
import { spreadSeeds } from '../packages/nodes-chexseg/src/irnet/random-walk.ts';
import {
  denseNet121,
  denseNetFeatures,
  denseNetHead,
} from '../packages/nodes-chexseg/src/models/densenet.ts';
import { type Bench, median, type Row, rowOf, timeMs } from './measure.ts';
import { openPeer, type PeerProcess } from './peer-process.ts';

const threads = 2;
const runs = 3; // of ours; the peers need a minute each and run once
const tolerance = 1e-4;
const classes = 10;
const side = 80; // of a 320 x 320 image at stride 4
const walkOptions = { radius: 5, beta: 10, steps: 256 };
// Smaller for a quick look, without the walk: npm run bench -- method 8 160
const imageCount = Number(process.argv[3] ?? 64);
const imageSide = Number(process.argv[4] ?? 320);
const isQuick = process.argv[3] !== undefined;
const batch = 8;

export const bench: Bench = {
  title: `IRNet walk: ${classes} findings of a 320 x 320 image, radius ${walkOptions.radius}, ${walkOptions.steps} steps, against squaring the dense matrix as the release does; Grad-CAM: ${classes} findings of ${imageCount} images of ${imageSide} x ${imageSide} on DenseNet-121, against captum's way (a forward and a backward pass per finding) and against one forward pass with a backward pass to the layer per finding; ${threads} threads; results equal to ${tolerance} of the largest value (maps: to PyTorch in float64)`,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'radiograph-bench-'));
    const walk = writeWalk(folder);
    const cam = await writeCam(folder);
    const peer = await openPeer('method.py', {
      FOLDER: folder,
      THREADS: String(threads),
      IMAGES: String(imageCount),
      IMAGE_SIDE: String(imageSide),
    });
    try {
      const sides = { peer, folder, ours: cam.explain };
      const rows: Row[] = [];
      if (!isQuick) rows.push(await contest('irnet walk', { peer, folder, ours: walk }));
      const exact = await answer(sides, 'grad-cam in float64');
      rows.push(await contest('grad-cam', { ...sides, exact }));
      const theirs = readFloats(join(folder, 'result.bin'));
      rows.push(await contest('grad-cam shared forward', { ...sides, exact }));
      const [own, their] = [await cam.explain(), theirs].map((maps) =>
        distance(maps, exact).toExponential(1),
      );
      const notes = `Largest difference of a Grad-CAM map from PyTorch in float64, over the largest value: ours ${own}, PyTorch in float32 ${their}.`;
      return { rows, peer: peer.versions, notes };
    } finally {
      peer.close();
      await cam.dispose();
      rmSync(folder, { recursive: true });
    }
  },
};

type Sides = {
  readonly peer: PeerProcess;
  readonly folder: string;
  readonly ours: () => Promise<Float32Array>;
  /** What both should give; the peer's own result if left out. */
  readonly exact?: Float32Array;
};

/** Times both, and holds our result against the exact one. */
async function contest(work: string, { peer, folder, ours, exact }: Sides): Promise<Row> {
  const result = await ours(); // also warms up
  const theirMs = await peer.ask(work);
  assertEqual(work, result, exact ?? readFloats(join(folder, 'result.bin')));
  const times: number[] = [];
  for (let run = 0; run < runs; run++) times.push(await timeMs(ours));
  return rowOf({ work, ours: median(times), peer: theirMs, unit: 'ms', runs: 1 });
}

async function answer({ peer, folder }: Sides, work: string): Promise<Float32Array> {
  await peer.ask(work);
  return readFloats(join(folder, 'result.bin'));
}

function assertEqual(work: string, ours: Float32Array, exact: Float32Array): void {
  const difference = distance(ours, exact);
  if (difference <= tolerance) return; // false for NaN, too
  throw new Error(`${work}: expected equal results, got a difference of ${difference}`);
}

/** The largest difference over the largest value; NaN if the lengths differ. */
function distance(values: Float32Array, exact: Float32Array): number {
  if (values.length !== exact.length) return Number.NaN;
  const largest = exact.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return values.reduce((a, value, i) => Math.max(a, Math.abs(value - exact[i]!)), 0) / largest;
}

function writeWalk(folder: string): () => Promise<Float32Array> {
  const random = createRandom(1, 'walk');
  const edge = Float32Array.from({ length: side * side }, () => random.next() ** 3);
  const seeds = Array.from({ length: classes }, () =>
    Float32Array.from({ length: side * side }, () => random.next()),
  );
  writeFloats(join(folder, 'edge.bin'), edge);
  writeFloats(join(folder, 'seeds.bin'), joined(seeds));
  return async () =>
    joined(
      spreadSeeds(seeds, { edge, size: [side, side] }, walkOptions).map((map) =>
        Float32Array.from(map),
      ),
    );
}

type CamContestant = {
  readonly explain: () => Promise<Float32Array>;
  readonly dispose: () => Promise<void>;
};

async function writeCam(folder: string): Promise<CamContestant> {
  const weights = initializeWeights(
    ({ image }, scope) => ({
      logits: denseNetHead(scope, denseNetFeatures(scope, image!, denseNet121), classes),
    }),
    { image: [1, 3, imageSide, imageSide] },
    1,
  );
  writeWeights(folder, weights);
  const random = createRandom(1, 'images');
  const length = 3 * imageSide * imageSide;
  const images = Float32Array.from({ length: imageCount * length }, () => random.normal());
  writeFloats(join(folder, 'images.bin'), images);
  const names = Array.from({ length: classes }, (_, k) => `finding ${k}`);
  const model = {
    role: 'classifier',
    architecture: { family: 'densenet', ...denseNet121 },
    classes: names,
    inputSize: [imageSide, imageSide],
    normalization: { mean: 0, std: 1 },
    thresholds: null,
    weights,
  } as const;
  const columns = names.map((_, k) => k);
  const cam = await openCam(model, {
    layer: 'norm5',
    score: 'logit',
    closedForm: true,
    columns,
    batchSize: batch,
    threads,
  });
  return {
    async explain() {
      const maps: Float32Array[] = [];
      for (let start = 0; start < imageCount; start += batch)
        maps.push(
          (
            await cam.explain(images.subarray(start * length, (start + batch) * length))
          ).values.slice(),
        );
      return joined(maps);
    },
    dispose: () => cam.dispose(),
  };
}

/** weights.json names offsets into weights.bin. */
function writeWeights(folder: string, weights: NamedTensors): void {
  let offset = 0;
  const index = [...weights].map(([name, { shape, data }]) => {
    const entry = { name, shape, offset };
    offset += data.length;
    return entry;
  });
  writeFileSync(join(folder, 'weights.json'), JSON.stringify(index));
  writeFloats(join(folder, 'weights.bin'), joined([...weights.values()].map(({ data }) => data)));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function writeFloats(path: string, values: Float32Array): void {
  writeFileSync(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function readFloats(path: string): Float32Array {
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}
