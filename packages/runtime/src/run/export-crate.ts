/** A run record as an RO-Crate 1.1: a folder that says in linked data what it holds (https://w3id.org/ro/crate/1.1). */
import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { RadiographError } from '@radiograph/graph';
import { digestBytes, exists, isErrno, readTextIfPresent, writeDurably } from '../store/files.ts';
import { readRunDetails } from './run-history.ts';
import type { RunDetails, RunManifest } from './run-shapes.ts';

export type CrateOptions = {
  readonly home: string;
  readonly runId: string;
  /** Where the crate is written; it must not exist, or be empty. */
  readonly folder: string;
  /** Address of the license under which the results are given; default none is stated. */
  readonly license?: string;
};

type Entity = { readonly '@id': string; readonly [property: string]: unknown };
const ref = (id: string) => ({ '@id': id });

/** Writes the crate: the record, the exported outputs and `ro-crate-metadata.json`. Input data is named by digest, not copied. Gives the files. */
export async function exportCrate(options: CrateOptions): Promise<string[]> {
  const { home, runId, folder } = options;
  const run = await readRunDetails(home, runId);
  await makeEmpty(folder);
  const files = await copyRecord(join(home, 'runs', runId), folder);
  const described = await Promise.all(files.map((file) => describeFile(folder, file)));
  const finishedAt = await readFinish(folder);
  const graph = [
    ...describeCrate(run, { files, finishedAt, license: options.license }),
    ...described,
    ...describeAction(run, files, finishedAt),
  ];
  const crate = { '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph };
  await writeDurably(join(folder, 'ro-crate-metadata.json'), `${JSON.stringify(crate, null, 2)}\n`);
  return ['ro-crate-metadata.json', ...files];
}

async function makeEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  });
  if (found.length > 0)
    throw new RadiographError('usage', {
      path: folder,
      message: `expected a folder that is empty or does not exist, got one with ${found[0]}`,
    });
  await mkdir(folder, { recursive: true });
}

const recordFiles = [
  'graph.json',
  'manifest.json',
  'plan.json',
  'events.jsonl',
  'result.json',
  'run.json',
];

/** Paths within the crate, the graph first; a run that was interrupted has fewer. */
async function copyRecord(record: string, folder: string): Promise<string[]> {
  const outputs = await readdir(join(record, 'outputs')).catch((): string[] => []);
  const wanted = [...recordFiles, ...outputs.sort().map((file) => `outputs/${file}`)];
  const files: string[] = [];
  for (const file of wanted) {
    if (!(await exists(join(record, file)))) continue;
    await cp(join(record, file), join(folder, file));
    files.push(file);
  }
  return files;
}

async function readFinish(folder: string): Promise<string | undefined> {
  const text = await readTextIfPresent(join(folder, 'result.json'));
  return text === undefined ? undefined : (JSON.parse(text) as { finishedAt: string }).finishedAt; // our own file
}

const formats: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.jsonl': 'application/x-ndjson',
  '.csv': 'text/csv',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.html': 'text/html',
};

async function describeFile(folder: string, file: string): Promise<Entity> {
  const path = join(folder, file);
  const common = {
    '@id': encodeURI(file),
    name: file,
    encodingFormat: formats[extname(file)] ?? 'application/octet-stream',
    contentSize: String((await stat(path)).size),
    identifier: `sha256:${digestBytes(await readFile(path))}`,
  };
  if (file !== 'graph.json') return { ...common, '@type': 'File' };
  const type = ['File', 'SoftwareSourceCode', 'ComputationalWorkflow'];
  return { ...common, '@type': type, programmingLanguage: ref('#radiograph') };
}

type Contents = {
  readonly files: readonly string[];
  readonly finishedAt: string | undefined;
  readonly license: string | undefined;
};

function describeCrate(run: RunDetails, { files, finishedAt, license }: Contents): Entity[] {
  const root: Entity = {
    '@id': './',
    '@type': 'Dataset',
    name: `${run.graph}, run ${run.runId}`,
    description: `Run ${run.runId} of the Radiograph graph "${run.graph}": ${run.status}.`,
    datePublished: finishedAt ?? run.startedAt,
    ...(license === undefined ? {} : { license: ref(license) }),
    hasPart: files.map((file) => ref(encodeURI(file))),
    mainEntity: ref('graph.json'),
    mentions: ref('#run'),
  };
  return [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      conformsTo: ref('https://w3id.org/ro/crate/1.1'),
      about: ref('./'),
    },
    root,
    {
      '@id': '#radiograph',
      '@type': ['ComputerLanguage', 'SoftwareApplication'],
      name: 'Radiograph',
    },
  ];
}

const actionStatus: { readonly [S in RunDetails['status']]: string } = {
  done: 'CompletedActionStatus',
  failed: 'FailedActionStatus',
  canceled: 'FailedActionStatus',
  interrupted: 'FailedActionStatus',
  running: 'ActiveActionStatus',
};

/** The run as an action: what it used, and what came out. */
function describeAction(
  run: RunDetails,
  files: readonly string[],
  finishedAt: string | undefined,
): Entity[] {
  const { manifest, runId, graph, startedAt, status, error } = run;
  const inputs = manifest === null ? [] : describeInputs(manifest);
  const software = manifest === null ? [] : describeSoftware(manifest);
  const outputs = files.filter((file) => file.startsWith('outputs/'));
  const action: Entity = {
    '@id': '#run',
    '@type': 'CreateAction',
    name: `Run ${runId} of ${graph}`,
    startTime: startedAt,
    ...(finishedAt === undefined ? {} : { endTime: finishedAt }),
    actionStatus: ref(`http://schema.org/${actionStatus[status]}`),
    ...(error === null ? {} : { error }),
    instrument: [ref('graph.json'), ...software.map((entity) => ref(entity['@id']))],
    object: inputs.map((entity) => ref(entity['@id'])),
    result: outputs.map((file) => ref(encodeURI(file))),
  };
  return [action, ...inputs, ...software];
}

/** Data stays where it is, for it may be large and of patients: its path and digest say what it was. */
function describeInputs({ nodes }: RunManifest): Entity[] {
  const data = new Map(Object.values(nodes).flatMap((node) => Object.entries(node.data)));
  return [...data].map(([path, digest]) => ({
    '@id': `#data-${encodeURIComponent(path)}`,
    '@type': 'CreativeWork',
    name: path,
    identifier: `sha256:${digest}`,
  }));
}

function describeSoftware({ versions }: RunManifest): Entity[] {
  return Object.entries(versions).map(([name, version]) => ({
    '@id': `#software-${encodeURIComponent(name)}`,
    '@type': 'SoftwareApplication',
    name,
    softwareVersion: version,
  }));
}
