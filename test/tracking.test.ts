import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const work = mkdtempSync(join(tmpdir(), 'radiograph-track-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function radiograph(...args: string[]): Promise<{ readonly code: number; readonly err: string }> {
  const bin = resolve('apps/runner/bin/radiograph.js');
  const env = { ...process.env, RADIOGRAPH_HOME: join(work, 'home') };
  return new Promise((done) => {
    execFile(process.execPath, [bin, ...args], { env, cwd: work }, (error, _, err) => {
      done({ code: error === null ? 0 : Number(error.code), err });
    });
  });
}

const node = (type: string, params: object) => ({ type, version: 1, params });
const small = {
  blocks: [1, 1],
  growth: 4,
  initialFeatures: 8,
  channels: 1,
  epochs: 1,
  batchSize: 4,
};
/** Two arms whose names have blanks. */
const graph = {
  format: 'radiograph/1',
  name: 't',
  seed: 1,
  nodes: {
    load: node('chexseg.phantom', { patients: 8, size: 64 }),
    classifier: node('chexseg.densenet-train', small),
  },
  edges: [
    { from: 'load.images', to: 'classifier.images' },
    { from: 'load.labels', to: 'classifier.labels' },
  ],
  variants: {
    arm: {
      'weak only': { set: { 'classifier.epochs': 1 } },
      'weak and full': { set: { 'classifier.epochs': 2 } },
    },
  },
};

/** `run,tag,step,value` of each line: times are those of the run that computed. */
const readLines = (name: string) =>
  readFileSync(join(work, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(',').slice(0, 4).join(','));

test('a sweep told to MLflow leaves the experiments of others alone, keeps arms apart, and tells the same when all is reused', async () => {
  writeFileSync(join(work, 't.graph.json'), JSON.stringify(graph));
  const theirs = "experiment_id: '1'\nlifecycle_stage: active\nname: somebody else's\n";
  mkdirSync(join(work, 'mlruns', '1'), { recursive: true });
  writeFileSync(join(work, 'mlruns', '1', 'meta.yaml'), theirs);

  const sweep = (csv: string) =>
    radiograph('sweep', 't.graph.json', '--track', 'mlflow:mlruns', '--track', `csv:${csv}`);
  expect((await sweep('first.csv')).code).toBe(0);
  expect((await sweep('again.csv')).code).toBe(0);

  expect(readFileSync(join(work, 'mlruns', '1', 'meta.yaml'), 'utf8')).toBe(theirs);
  expect(readdirSync(join(work, 'mlruns', '1'))).toEqual(['meta.yaml']);
  const ours = readdirSync(join(work, 'mlruns')).find((id) => id !== '1')!;
  const runs = readdirSync(join(work, 'mlruns', ours)).filter((name) => name !== 'meta.yaml');
  const arms = runs.map((id) =>
    readFileSync(join(work, 'mlruns', ours, id, 'params', 'arm'), 'utf8'),
  );
  expect(arms.sort()).toEqual(['weak and full', 'weak and full', 'weak only', 'weak only']);
  expect(readLines('first.csv').length).toBeGreaterThan(5);
  expect(readLines('first.csv').sort()).toEqual(readLines('again.csv').sort());

  // A single run takes the same flag, and refuses what it would overwrite before it computes.
  const cell = ['--variant', 'arm=weak only', '--track', 'csv:run.csv'];
  expect((await radiograph('run', 't.graph.json', ...cell)).code).toBe(0);
  const ofArm = readLines('first.csv').filter((line) => line.startsWith('arm=weak only'));
  const withoutName = (line: string) => line.slice(line.indexOf(','));
  expect(readLines('run.csv').slice(1).map(withoutName).sort()).toEqual(
    ofArm.map(withoutName).sort(),
  );
  const refused = await radiograph('run', 't.graph.json', '--track', 'csv:t.graph.json');
  expect(refused.err).toContain('was left as it is');
  expect(JSON.parse(readFileSync(join(work, 't.graph.json'), 'utf8'))).toEqual(graph);
});
