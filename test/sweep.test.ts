import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const work = mkdtempSync(join(tmpdir(), 'radiograph-sweep-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Result = { readonly code: number; readonly out: string; readonly err: string };

function radiograph(...args: string[]): Promise<Result> {
  const bin = resolve('apps/runner/bin/radiograph.js');
  const env = { ...process.env, RADIOGRAPH_HOME: join(work, 'home') };
  return new Promise((done) => {
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) => {
      done({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

const ablation = (name: string) => resolve(`examples/ablation/${name}.graph.json`);

test.each([
  ['supervision', 9],
  ['experts', 21],
  ['rho', 18],
  ['encoder-init', 9],
  ['pseudo-label', 9],
])('the %s ablation is %d whole graphs that share what they can', async (name, cells) => {
  const { code, out } = await radiograph('sweep', ablation(name), '--dry-run');

  expect(out).toContain(`${cells} cells, `);
  expect(out).toMatch(/shared-1: .* share phantom, split, /);
  expect(code).toBe(0);
});

test('axes, grids, seeds, rules and shards from the command line make the plan', async () => {
  const plan = async (...flags: string[]) =>
    (await radiograph('sweep', ablation('rho'), '--dry-run', ...flags)).out;
  const grid = ['--axis', 'classifier.epochs', '--grid', 'classifier.epochs=1,2'];

  expect(await plan(...grid, '--seeds', '2')).toMatch(/^4 cells, 48 steps, 42 of them different/);
  const rules = ['--grid', 'mixer.floatTrap=true,false', '--seeds', '1'];
  expect(await plan(...rules, '--skip', 'rho=0.1,mixer.floatTrap=true')).toMatch(/^11 cells, /);
  const sharded = await plan('--seeds', '1', '--shards', '2');
  expect(sharded).toMatch(/shared-2-cam-2-of-2: .* share cam \(1 to run\)/);
  expect(sharded).toMatch(/cell-5-predict-1-of-2: rho=0\.9 seed=17 .*predict/);
});

test('the list of sweeps is empty before the first one, and names what it does not find', async () => {
  expect((await radiograph('sweeps')).out).toMatch(/^0 sweeps/);
  expect((await radiograph('sweeps', 'latest')).err).toContain('there are none yet');
  expect((await radiograph('compare')).err).toContain('expected the id of a finished sweep');
});

test('a cell that fails is listed with its reason, the others end, and the next plan knows how long they take', async () => {
  const node = (type: string, params: object) => ({ type, version: 1, params });
  const share = (train: number, validation: number, test: number) => ({
    set: { 'split.train': train, 'split.validation': validation, 'split.test': test },
  });
  const graph = {
    format: 'radiograph/1',
    name: 'shares',
    nodes: {
      phantom: node('chexseg.phantom', { patients: 3, size: 32 }),
      split: node('core.split', {}),
    },
    edges: [{ from: 'phantom.images', to: 'split.images' }],
    variants: {
      shares: {
        most: share(0.7, 0, 0.3),
        half: share(0.4, 0.3, 0.3),
        few: share(0.98, 0.01, 0.01),
      },
    },
  };
  const path = join(work, 'shares.graph.json');
  writeFileSync(path, JSON.stringify(graph));
  const { code, out, err } = await radiograph('sweep', path);

  expect(err).toContain('computing, and 4 that have never run');
  expect(out).toContain(
    'shares=few seed=0: failed: split: validation: expected at least one patient for 0.01 of 3 patients, got none',
  );
  expect(out).toMatch(/failed in .*: 2 of 3 cells done, 3 steps ran, 0 reused/);
  expect(code).toBe(1);

  const wider = ['--grid', 'phantom.size=32,48', '--skip', 'shares=few', '--dry-run'];
  const { out: plan } = await radiograph('sweep', path, ...wider);
  expect(plan).toContain('4 cells, 8 steps, 6 of them different: 3 to run, 3 in the store');
  expect(plan).not.toContain('never run');
  expect((await radiograph('sweeps')).out).toMatch(/failed/);
});

test('a cell that is no graph stops the sweep before it begins, and bad usage ends with 2', async () => {
  const broken = await radiograph('sweep', ablation('rho'), '--grid', 'split.train=0.5,7');
  expect(broken.code).toBe(3);
  expect(broken.err).toContain(
    'split.train=7: nodes.split.params.train: expected at most 1, got 7',
  );

  expect((await radiograph('sweep', ablation('rho'), '--seeds', 'many')).code).toBe(2);
  expect((await radiograph('sweep', ablation('rho'), '--track', 'wandb:x')).code).toBe(2);
  expect((await radiograph('sweep', ablation('rho'), '--axis', 'roh')).err).toContain('rho');
  expect((await radiograph('sweep', ablation('rho'), '--devices', '0')).err).toContain(
    'expected an engine whose devices have numbers',
  );
});
