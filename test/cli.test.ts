import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const bin = resolve('apps/runner/bin/radiograph.js');
const tiny = resolve('test/tiny/tiny.graph.json');
const work = mkdtempSync(join(tmpdir(), 'radiograph-cli-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Result = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs the real command in an empty folder; `during` may signal the process when a line has come. */
function radiograph(
  args: readonly string[],
  during?: (line: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Result> {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: work,
    env: { ...process.env, RADIOGRAPH_HOME: join(work, 'home') },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString();
    during?.(data.toString(), (signal) => child.kill(signal));
  });
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })));
}

/** A published schema; what does not fit it throws. */
const readSchema = (name: string) =>
  z.fromJSONSchema(JSON.parse(readFileSync(resolve(`docs/schemas/${name}.schema.json`), 'utf8')));

const runFolders = () => readdirSync(join(work, 'home', 'runs')).sort();

describe('radiograph run', () => {
  let first: Result;
  beforeAll(async () => {
    first = await radiograph(['run', tiny]);
  });

  test('runs a whole graph, prints the result and keeps figures, tables and scores as files', () => {
    expect(first.err).toContain('segmenter: done in');
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/class +threshold +dataset IoU/);
    expect(first.out).toContain('mean (mIoU)');
    const outputs = join(work, 'home', 'runs', runFolders()[0]!, 'outputs');
    expect(readdirSync(outputs).sort()).toEqual([
      'classifier.history.csv',
      'miou.scores.json',
      'miou.table.csv',
      'montage.figure.png',
      'provenance.json',
      'segmenter.history.csv',
    ]);
  });

  test('reuses every step the second time, with the same result', async () => {
    const second = await radiograph(['run', tiny]);

    expect(second.code).toBe(0);
    expect(second.out).toContain('10 reused');
    expect(second.err).not.toContain('running');
    const table = (text: string) => text.slice(text.indexOf('IoU on'), text.indexOf('mean (mIoU)'));
    expect(table(second.out)).toBe(table(first.out));
  });

  test('re-runs only the node whose parameter changed, and plan names the parameter with both values', async () => {
    const change = ['--set', 'miou.replicates=60'];
    const plan = await radiograph(['plan', tiny, ...change]);
    expect(plan.out).toMatch(/run +miou +parameter replicates: 50 -> 60/);
    expect(plan.out).toContain('1 to run, 9 to reuse, 0 to skip');
    const json = await radiograph(['plan', tiny, ...change, '--json']);
    const steps = readSchema('plan').parse(JSON.parse(json.out));
    expect(steps).toContainEqual(
      expect.objectContaining({ nodeId: 'miou', type: 'run', cause: 'parameter' }),
    );

    const run = await radiograph(['run', tiny, ...change]);
    expect(run.out).toContain('1 ran, 9 reused');
  });

  test('takes exposed names, and stops the re-run where a result came out the same', async () => {
    const run = await radiograph(['run', tiny, '--set', 'rho=1', '--only', 'mixer']);

    expect(run.out).toContain('1 ran, 5 reused, 4 skipped');
  });

  test('writes one JSON event per line with --json', async () => {
    const { out, code } = await radiograph(['run', tiny, '--json']);

    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const event of events) readSchema('run-event').parse(event);
    expect(code).toBe(0);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
    expect(events[0].type).toBe('run-started');
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
  });

  test('ends with 1 when a node fails, and keeps what had finished', async () => {
    const args = [
      'run',
      tiny,
      '--set',
      'segmenter.mean=1e38',
      '--set',
      'segmenter.std=1e-30',
      '--set',
      'split.test=0.3',
      '--set',
      'split.train=0.5',
    ];
    const failed = await radiograph(args);
    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(/error: segmenter: loss: .*(NaN|Infinity)/);

    const plan = await radiograph(['plan', ...args.slice(1)]);
    expect(plan.out).toMatch(/reuse +mixer/);
    expect(plan.out).toMatch(/run +segmenter/);
  });

  test('ends with 5 when it is interrupted', async () => {
    const slow = ['--set', 'phantom.patients=4000'];
    const { code, err } = await radiograph(['run', tiny, ...slow], (line, kill) => {
      if (line.includes('phantom: running')) kill('SIGINT');
    });

    expect(code).toBe(5);
    expect(err).toContain('canceling');
  });
});

describe('bad data', () => {
  const graph = join(work, 'folder.graph.json');
  const images = join(work, 'images');
  beforeAll(() => copyFileSync('test/tiny/folder.graph.json', graph));

  test('a missing folder ends with 4 and names the node, the place and what was expected', async () => {
    const { code, err } = await radiograph(['run', graph]);

    expect(code).toBe(4);
    expect(err).toContain(`error: images: ${images}: expected`);
    expect(err).toMatch(/expected a (file or )?folder/);
  });

  test('a truncated PNG ends with 4 and names the file', async () => {
    const { default: sharp } = await import('sharp');
    mkdirSync(images, { recursive: true });
    const noise = {
      create: {
        width: 64,
        height: 64,
        channels: 3 as const,
        background: '#888',
        noise: { type: 'gaussian' as const, mean: 128, sigma: 40 },
      },
    };
    const png = await sharp(noise).png().toBuffer();
    writeFileSync(join(images, 'whole.png'), png);
    writeFileSync(join(images, 'cut.png'), png.subarray(0, png.length / 2));

    const { code, err } = await radiograph(['run', graph]);

    expect(code).toBe(4);
    expect(err).toMatch(/error: images: .*cut\.png: expected a whole PNG or JPEG image, got:/);
    expect(err).not.toContain('whole.png');
  });

  test('a missing graph file ends with 4', async () => {
    expect((await radiograph(['run', 'nowhere.graph.json'])).code).toBe(4);
  });
});

describe('the other commands', () => {
  test('nodes prints the manual of a node and suggests a near name', async () => {
    const manual = await radiograph(['nodes', 'core.label-mixer']);
    expect(manual.code).toBe(0);
    expect(manual.out).toMatch(
      /rho = 0\.9 {2}\(number, 0\.\.1\): probability \(mode rho\) or share \(mode share\) of expert-labeled samples/,
    );

    const wrong = await radiograph(['nodes', 'core.label-mixr']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('core.label-mixer');
  });

  test('show prints the latest run', async () => {
    const { code, out } = await radiograph(['show']);

    expect(code).toBe(0);
    expect(out).toContain(runFolders().at(-1)!);
  });

  test('a cell that the graph does not have is bad usage that lists what there is', async () => {
    const ablation = resolve('examples/ablation/supervision.graph.json');
    const refused = async (...flags: string[]) => {
      const { code, err } = await radiograph(['run', ablation, ...flags]);
      return `${code} ${err}`;
    };

    expect(await refused('--variant', 'supervision=strong')).toBe(
      '2 error: variant supervision: expected one of semi, full, weak, got strong\n',
    );
    expect(await refused('--variant', 'semi')).toBe(
      '2 error: --variant semi: expected axis=value\n',
    );
    expect(await refused('--seed', '1.5')).toBe(
      '2 error: --seed: expected a whole number from 0 to 4294967295, got 1.5\n',
    );
  });

  test('--from takes a node, what depends on it and what that needs', async () => {
    const typesOf = async (...flags: string[]) => {
      const { out } = await radiograph(['plan', tiny, '--json', ...flags]);
      const steps = JSON.parse(out) as { readonly nodeId: string; readonly type: string }[];
      return steps.filter(({ type }) => type !== 'skip').map(({ nodeId }) => nodeId);
    };
    const all = await typesOf();

    expect(await typesOf('--from', all[0]!)).toEqual(all);
    expect(await typesOf('--only', all[0]!)).toEqual([all[0]]);
    const { code, err } = await radiograph(['plan', tiny, '--from', 'nobody']);
    expect([code, err]).toEqual([2, expect.stringContaining('--from nobody: expected one of')]);
  });

  test('--help lists the exit codes that scripts may rely on', async () => {
    const { out } = await radiograph(['--help']);

    expect(out.slice(out.indexOf('Exit codes'))).toMatchInlineSnapshot(`
      "Exit codes: 0 done, 1 a step failed, 2 bad usage, or an engine that is not here, 3 a graph with problems, 4 missing or bad data, 5 canceled, 6 a repeated run came out differently, 70 a bug of ours.
      "
    `);
  });

  test('doctor finds nothing to fix on a machine where the tests pass', async () => {
    const { code, out } = await radiograph(['doctor']);

    expect(out).toContain('onnxruntime-node');
    for (const engine of ['ort', 'ort-webgpu', 'ort-cuda', 'tfjs'])
      expect(out).toMatch(new RegExp(`^(ok|-) +engine ${engine} +\\S`, 'm'));
    expect(code).toBe(0);
  });

  test('data phantom writes the formats of CheXpert and CheXlocalize', async () => {
    const { code } = await radiograph([
      'data',
      'phantom',
      'data',
      '--patients',
      '4',
      '--size',
      '48',
    ]);

    expect(code).toBe(0);
    expect(readFileSync(join(work, 'data/CheXpert-phantom/train.csv'), 'utf8')).toMatch(
      /^Path,Sex,Age,Frontal\/Lateral,AP\/PA,No Finding,/,
    );
    expect(existsSync(join(work, 'data/CheXlocalize-phantom/hb2_segmentations_val.json'))).toBe(
      true,
    );
    expect(existsSync(join(work, 'data/contact-sheet.png'))).toBe(true);
  });

  test('a place that cannot be written is told in one line, and ends with 4', async () => {
    writeFileSync(join(work, 'a-file'), '');
    const { code, err } = await radiograph(['data', 'phantom', 'a-file/data', '--patients', '4']);

    expect(code).toBe(4);
    expect(err).toMatch(/^error: .*a-file.*: expected a folder, got a file on the way\n$/);
  });

  test('bad usage ends with 2', async () => {
    expect((await radiograph(['fly'])).code).toBe(2);
    expect((await radiograph(['run', tiny, '--set', 'rho'])).code).toBe(2);
    expect((await radiograph(['run', tiny, '--only', 'nobody'])).code).toBe(2);
    expect((await radiograph(['data', 'phantom', 'x', '--size', '7'])).code).toBe(2);
  });
});

describe('radiograph queue', () => {
  test('keeps runs in order until a runner takes them', async () => {
    const add = async (...flags: string[]) =>
      (await radiograph(['queue', 'add', tiny, ...flags])).out.trim();
    const list = async () => {
      const { out } = await radiograph(['queue', 'ls', '--json']);
      return JSON.parse(out) as { isPaused: boolean; runs: { id: string }[] };
    };
    const [plain, urgent, gone] = [await add(), await add('--priority', '3'), await add()];
    expect((await radiograph(['queue', 'pause'])).code).toBe(0);
    expect((await radiograph(['queue', 'rm', gone!])).code).toBe(0);
    expect((await radiograph(['queue', 'rm', gone!])).code).toBe(2);
    const paused = await list();
    expect([paused.isPaused, paused.runs.map(({ id }) => id)]).toEqual([true, [urgent, plain]]);
    expect((await radiograph(['queue', 'move', plain!, '0'])).code).toBe(0);
    expect((await list()).runs.map(({ id }) => id)).toEqual([plain, urgent]);

    expect((await radiograph(['queue', 'resume'])).code).toBe(0);
    const { code, out } = await radiograph(['queue', 'run']);
    expect([code, out.match(/tiny done/g)]).toEqual([0, ['tiny done', 'tiny done']]);
    expect((await list()).runs).toEqual([]);
  });
});
