/** What it costs to load a data set, against what is usual in Python. `npm run bench -- data [FOLDER]`: FOLDER is one of `npm run data`. */
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Decoding, ImageFile } from '../packages/formats/src/images/decode-block.ts';
import { decodeImages } from '../packages/formats/src/images/decode-images.ts';
import { readChexpertCsv } from '../packages/nodes-chexseg/src/load/chexpert-csv.ts';
import { openSourceDigests } from '../packages/runtime/src/sources/source-digest.ts';
import { writeSet } from './data/write-set.ts';
import { type Bench, compare, type Row, timeMs } from './measure.ts';
import { openPeer, type PeerProcess } from './peer-process.ts';

const size = 320;
const threads = 2;
const runs = 3;
const smallCount = 2000;
const originalCount = 60;

type Set = { readonly root: string; readonly csv: string; readonly files: readonly ImageFile[] };

export const bench: Bench = {
  title: `Radiographs of a generated CheXpert into frames of ${size} x ${size}, ${threads} threads or processes: ${smallCount} of 390 x 320, ${originalCount} originals of 2,828 x 2,320`,
  async run() {
    const scratch = mkdtempSync(join(tmpdir(), 'radiograph-data-'));
    try {
      const small = openSet(process.argv[3] ?? (await write(scratch, 'small')));
      const originals = openSet(await write(scratch, 'original'));
      const peer = await openPeer('data.py', {
        FOLDER: small.root,
        ORIGINALS: originals.root,
        IMAGES: String(smallCount),
        ORIGINAL_IMAGES: String(originalCount),
        SIZE: String(size),
      });
      try {
        const rows = await measure({ small, originals, peer, scratch });
        return { rows, peer: peer.versions };
      } finally {
        peer.close();
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },
};

async function write(scratch: string, files: 'small' | 'original'): Promise<string> {
  const folder = join(scratch, files);
  await writeSet({
    folder,
    train: Math.ceil((files === 'small' ? smallCount : originalCount) * 1.2), // a sixth is lateral
    ...{ val: 0, test: 0, phantoms: 2, seed: 0, original: [2320, 2828], files },
    onProgress: () => {},
  });
  return folder;
}

/** The files of all rows, in the order of the CSV. */
function openSet(root: string): Set {
  const csv = join(root, 'CheXpert-v1.0-small/train.csv');
  const { rows } = readChexpertCsv(readFileSync(csv), csv);
  const files = rows.map(({ file }) => ({ path: join(root, 'CheXpert-v1.0-small/train', file) }));
  return { root, csv, files };
}

const frontal = ({ files }: Set, count: number): ImageFile[] =>
  files.filter(({ path }) => path.includes('frontal')).slice(0, count);

type Sides = {
  readonly small: Set;
  readonly originals: Set;
  readonly peer: PeerProcess;
  readonly scratch: string;
};

async function measure({ small, originals, peer, scratch }: Sides): Promise<Row[]> {
  const ingest = (files: readonly ImageFile[], decoding: Decoding) => () =>
    timeMs(() => writePixels(files, decoding, join(scratch, 'pixels')));
  const exact = ingest(frontal(small, smallCount), 'exact');
  const look = await openLook(small, scratch);
  const contests = [
    { work: 'ingest exact / Pillow', ours: exact, peer: 'pillow' },
    { work: 'ingest exact / torchvision', ours: exact, peer: 'torchvision' },
    {
      work: 'ingest fast, originals / Pillow',
      ours: ingest(frontal(originals, originalCount), 'fast'),
      peer: 'pillow originals',
    },
    {
      work: `chexpert csv, ${small.files.length} rows / Python's csv`,
      ours: () => timeMs(async () => readChexpertCsv(readFileSync(small.csv), small.csv)),
      peer: 'csv',
    },
    {
      work: `${small.files.length} unchanged files / os.stat of the frontal ones`,
      ours: look,
      peer: 'stat',
    },
  ];
  const rows: Row[] = [];
  for (const { work, ours, peer: name } of contests)
    rows.push(await compare({ work, runs, ours, peer: () => peer.ask(name) }));
  return rows;
}

async function writePixels(
  files: readonly ImageFile[],
  decoding: Decoding,
  path: string,
): Promise<void> {
  const out = createWriteStream(path);
  for await (const image of decodeImages(files, { size, bitDepth: 8, decoding }, threads)) {
    if ('problems' in image) throw new Error(image.problems[0]!.message);
    out.write(image.pixels.slice());
  }
  await finished(out.end());
}

/** The digest of all files, read before, in a process that knows nothing of them but the cache. */
async function openLook({ root, files }: Set, home: string): Promise<() => Promise<number>> {
  const names = files.map(({ path }) => path.slice(root.length + 1));
  const digest = async () => {
    const sources = openSourceDigests(home);
    const list = async () => names;
    await sources.digestList({ id: 'bench', folder: root, list, isStable: true });
    await sources.save();
  };
  await digest();
  await new Promise((resolve) => setTimeout(resolve, 2500)); // what is this fresh may still change
  await digest();
  return () => timeMs(digest);
}
