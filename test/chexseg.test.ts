/** The paper's graphs, run as they are on a small phantom in CheXpert's and CheXlocalize's own files: only paths and sizes differ. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDocument } from '@radiograph/graph';
import { writePhantom } from '@radiograph/nodes-chexseg';
import { type Forward, initializeWeights, writeSafetensors } from '@radiograph/tensor';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../apps/runner/src/cli.ts';
import { denseNetFeatures } from '../packages/nodes-chexseg/src/models/densenet.ts';
import { type ResNetDepth, resNetFeatures } from '../packages/nodes-chexseg/src/models/resnet.ts';

const data = mkdtempSync(join(tmpdir(), 'radiograph-chexseg-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

const graphs = ['weak-otsu', 'weak-irnet', 'full', 'semi'] as const;
const pathOf = (name: string) => resolve(`examples/chexseg/${name}.graph.json`);

const densenet = { blocks: [1, 1, 1], growth: 4, initialFeatures: 8, bottleneck: 4 };
const size = 32;
const chexpert = 'CheXpert-phantom';
const chexlocalize = {
  folder: `$RADIOGRAPH_DATA/CheXlocalize-phantom`,
  chexpert: `$RADIOGRAPH_DATA/${chexpert}`,
  size,
};
/** What is smaller than in the paper. */
const small: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  train: { folder: `$RADIOGRAPH_DATA/${chexpert}`, size },
  val: chexlocalize,
  test: chexlocalize,
  expert: { count: 2 },
  pool: { count: 8 },
  weak: { count: 6 },
  start: { file: '$RADIOGRAPH_DATA/densenet.safetensors', size },
  resnet50: { file: '$RADIOGRAPH_DATA/resnet50.safetensors', size },
  imagenet: { file: '$RADIOGRAPH_DATA/resnet18.safetensors', size },
  moco: { file: '$RADIOGRAPH_DATA/moco.safetensors', size },
  classifier: { ...densenet, epochs: 1, batchSize: 8 },
  irnet: { radius: 3, epochs: 1, batchSize: 4 },
  segmenter: { decoderChannels: 8, width: 4, epochs: 1, batchSize: 4 },
  miou: { replicates: 20 },
  montage: { count: 1, cell: 64 },
};

function overrides(name: string): string[] {
  const { nodes } = parseDocument(readFileSync(pathOf(name), 'utf8'));
  const params = Object.entries(small)
    .filter(([node]) => node in nodes)
    .flatMap(([node, values]) =>
      Object.entries(values).flatMap(([param, value]) => [
        '--set',
        `${node}.${param}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ]),
    );
  return ['--set', `data=${data}`, ...params];
}

type Result = { readonly code: number; readonly text: string };

/** Runs the command line in this process (nodes run in a worker); all runs share one store, so what they have in common is computed once. */
async function radiograph(...args: readonly string[]): Promise<Result> {
  const lines: string[] = [];
  const print = (...parts: unknown[]) => void lines.push(parts.join(' '));
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
  vi.stubEnv('RADIOGRAPH_HOME', join(data, 'home'));
  const code = await main(args);
  return { code, text: lines.join('\n') };
}

function writeWeights(file: string, forward: Forward, prefix = ''): void {
  const weights = initializeWeights(forward, { image: [1, 3, size, size] }, 1);
  const named = new Map([...weights].map(([name, tensor]) => [prefix + name, tensor]));
  writeFileSync(join(data, `${file}.safetensors`), writeSafetensors(named));
}

const resnet =
  (depth: ResNetDepth): Forward =>
  ({ image }, scope) => ({ ...resNetFeatures(scope, image!, { depth, width: 4 }) });

beforeAll(async () => {
  mkdirSync(data, { recursive: true });
  await writePhantom({ folder: data, patients: 24, size: 48, seed: 2 });
  const config = { ...densenet, dropRate: 0, channels: 3 };
  writeWeights('densenet', ({ image }, scope) => ({
    features: denseNetFeatures(scope, image!, config),
  }));
  writeWeights('resnet18', resnet(18));
  writeWeights('resnet50', resnet(50));
  writeWeights('moco', resnet(18), 'module.encoder_q.');
}, 300_000);

describe("the paper's graphs", () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  test('have no problems as they are saved', async () => {
    for (const name of [...graphs, 'encoder-init']) {
      const { code, text } = await radiograph('check', pathOf(name));
      expect(code, text).toBe(0);
    }
  });

  test.each(graphs)('%s runs on a phantom in the formats of the data sets', async (name) => {
    const { code, text } = await radiograph('run', pathOf(name), ...overrides(name));

    expect(code, text).toBe(0);
    expect(text).toContain('mean (mIoU)');
  });

  test('encoder-init runs with every beginning of the encoder', async () => {
    const { code, text } = await radiograph(
      ...['sweep', pathOf('encoder-init'), '--workers', '1', ...overrides('encoder-init')],
    );

    expect(code, text).toBe(0);
    for (const value of ['random', 'imagenet', 'moco', 'chexpert', 'chexpert-shape'])
      expect(text).toMatch(new RegExp(`[:;] ${value} \\d\\.\\d{3} \\[`)); // mIoU of the arm and its interval
  });
});
