/** What a run was made of: the graph's bytes, code, libraries, machine, seeds and data. Written before anything runs. */
import { cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  deriveSeed,
  digestSources,
  type Graph,
  type PlanServices,
  printDocument,
  RadiographError,
  type SourceList,
} from '@radiograph/graph';
import { type EngineName, openEngine } from '@radiograph/tensor';
import type { NodePackage } from '../sources/implementation-digest.ts';
import { resolveModule } from '../sources/resolve-module.ts';
import { digestBytes, readTextIfPresent } from '../store/files.ts';
import { RunManifest } from './run-shapes.ts';

type Surroundings = {
  readonly runId: string;
  readonly graph: Graph;
  readonly graphPath: string;
  readonly engine: EngineName;
  readonly packages: readonly NodePackage[];
  readonly services: PlanServices;
};

/** Describes a run that is about to begin. Digests come from the caches that planning has filled. */
export async function describeRun(from: Surroundings): Promise<RunManifest> {
  const { runId, graph, graphPath, engine, packages } = from;
  const text = printDocument(graph.document);
  const { numerics, description } = openEngine(engine);
  const nodes = await describeNodes(from);
  return {
    format: 'radiograph-manifest/1',
    runId,
    graph: {
      name: graph.document.name,
      path: graphPath,
      bytes: Buffer.byteLength(text),
      sha256: digestBytes(text),
      seed: graph.seed,
    },
    engine: { name: engine, description, numerics },
    versions: { 'Node.js': process.versions.node, ...readVersions(packages) },
    machine: describeMachine(),
    packages: digestPackages(packages, nodes),
    nodes,
  };
}

/** The manifest of a run, or undefined where an older version kept none. @throws a data error if it is damaged. */
export async function readManifest(home: string, runId: string): Promise<RunManifest | undefined> {
  const path = join(home, 'runs', runId, 'manifest.json');
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    return RunManifest.parse(JSON.parse(text));
  } catch (error) {
    const message = 'expected the manifest of a run, got damaged text';
    throw new RadiographError('data', { path, message }, { cause: error });
  }
}

/** A node that is left out may lack its data. */
function toleratingGaps({ sourceDigest, listDigest }: PlanServices) {
  return {
    sourceDigest: (path: string) => sourceDigest(path).catch(() => 'missing'),
    listDigest: (list: SourceList, id: string) => listDigest(list, id).catch(() => 'missing'),
  };
}

async function describeNodes({ graph, services }: Surroundings): Promise<RunManifest['nodes']> {
  const nodes: RunManifest['nodes'] = {};
  for (const { id, type, params } of graph.nodes) {
    const data = await digestSources({ type, params }, toleratingGaps(services));
    nodes[id] = {
      type: type.type,
      version: type.version,
      implementation: await services.implementation(type.type),
      seed: type.uses?.includes('seed') ? deriveSeed(graph.seed, id) : null,
      data,
    };
  }
  return nodes;
}

function digestPackages(
  packages: readonly NodePackage[],
  nodes: RunManifest['nodes'],
): Record<string, string> {
  const used = new Map(Object.values(nodes).map((node) => [node.type, node.implementation]));
  const entries = packages.flatMap(({ name, nodeTypes }) => {
    const lines = nodeTypes
      .filter(({ type }) => used.has(type))
      .map(({ type }) => `${type}\0${used.get(type)}`);
    return lines.length === 0 ? [] : [[name, digestBytes(lines.sort().join('\n'))]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

const libraries = [
  'onnxruntime-node',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  'sharp',
];

/** Versions of the libraries that the node packages would load; what is not installed is left out. */
function readVersions(packages: readonly NodePackage[]): Record<string, string> {
  const folders = [...new Set(packages.flatMap(({ sourceFolders }) => sourceFolders))];
  const entries = libraries.flatMap((library) => {
    const found = folders
      .map((folder) => resolveModule(library, join(folder, 'index.ts')))
      .find((target) => target?.type === 'installed' && target.name !== library);
    return found?.type === 'installed' ? [[library, found.name.slice(library.length + 1)]] : [];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

function describeMachine(): RunManifest['machine'] {
  const found = cpus();
  return {
    platform: `${platform()} ${release()}`,
    arch: process.arch,
    cpu: found[0]?.model.trim() ?? 'unknown',
    cores: found.length,
    memoryBytes: totalmem(),
  };
}
