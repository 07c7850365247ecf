/** `npm run data -- FOLDER`: writes a data set of CheXpert's and CheXlocalize's size; about 4.5 GB with all images. */
import { parseArgs } from 'node:util';
import { writeSet } from './write-set.ts';

const usage = `npm run data -- FOLDER [--train 223414] [--val 234] [--test 668] [--phantoms 128] [--seed 0] [--original 2320x2828] [--files small|original]`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      train: { type: 'string', default: '223414' },
      val: { type: 'string', default: '234' },
      test: { type: 'string', default: '668' },
      phantoms: { type: 'string', default: '128' },
      seed: { type: 'string', default: '0' },
      original: { type: 'string', default: '2320x2828' },
      files: { type: 'string', default: 'small' },
    },
  });
  const [folder] = positionals;
  const [height, width] = values.original.split('x').map(Number);
  const counts = [values.train, values.val, values.test, values.phantoms, values.seed].map(Number);
  const isWhole = [...counts, height, width].every((value) => Number.isInteger(value));
  if (folder === undefined || !isWhole || !['small', 'original'].includes(values.files)) {
    console.error(usage);
    return 2;
  }
  const [train, val, test, phantoms, seed] = counts as [number, number, number, number, number];
  await writeSet({
    folder,
    ...{ train, val, test, phantoms, seed },
    original: [height!, width!],
    files: values.files as 'small' | 'original',
    onProgress: createProgress(),
  });
  return 0;
}

/** A line at the end of each part and every ten seconds. */
function createProgress(): (what: string, done: number, total: number) => void {
  let lastMs = performance.now();
  return (what, done, total) => {
    const nowMs = performance.now();
    if (done < total && nowMs - lastMs < 10_000) return;
    lastMs = nowMs;
    console.log(`${what}: ${done} of ${total}`);
  };
}

process.exitCode = await main();
