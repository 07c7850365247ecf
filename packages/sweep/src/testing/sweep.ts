/** A small sweep for tests, and where it runs. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GraphDocument, parseDocument, type VariantValue } from '@radiograph/graph';
import type { RunPlace } from '../run/executor.ts';
import { testPackages } from './nodes.ts';

type Changes = {
  readonly variants?: Record<string, Record<string, VariantValue>>;
  readonly sweep?: GraphDocument['sweep'];
  readonly params?: Record<string, unknown>;
};

/** draw -> base -> arm -> score; `arm` adds an amount. */
export function chainDocument({ variants, sweep, params = {} }: Changes = {}): GraphDocument {
  const node = (type: string, own: Record<string, unknown> = {}) => ({
    type,
    version: 1,
    params: own,
  });
  return parseDocument(
    JSON.stringify({
      format: 'radiograph/1',
      name: 'chain',
      seed: 5,
      nodes: {
        draw: node('test.draw'),
        base: node('test.add', { amount: 10 }),
        arm: node('test.add', params),
        score: node('test.score'),
      },
      edges: [
        { from: 'draw.table', to: 'base.table' },
        { from: 'base.table', to: 'arm.table' },
        { from: 'arm.table', to: 'score.table' },
      ],
      variants,
      sweep,
    }),
  );
}

/** draw -> device -> score; `device` computes with the engine. */
export function deviceDocument(): GraphDocument {
  const node = (type: string) => ({ type, version: 1, params: {} });
  const nodes = {
    draw: node('test.draw'),
    device: node('test.device'),
    score: node('test.score'),
  };
  const edges = [
    { from: 'draw.table', to: 'device.table' },
    { from: 'device.table', to: 'score.table' },
  ];
  return parseDocument(
    JSON.stringify({ format: 'radiograph/1', name: 'device', seed: 5, nodes, edges }),
  );
}

/** list -> turn -> own -> rate: `turn` and `own` can be cut; a sweep over `own` shares `turn`. */
export function listDocument(delayMs = 0): GraphDocument {
  const node = (type: string, params: Record<string, unknown> = {}) => ({
    type,
    version: 1,
    params,
  });
  return parseDocument(
    JSON.stringify({
      format: 'radiograph/1',
      name: 'list',
      seed: 5,
      nodes: {
        list: node('test.list'),
        turn: node('test.flip', { delayMs }),
        own: node('test.flip'),
        rate: node('test.rate'),
      },
      edges: [
        { from: 'list.labels', to: 'turn.labels' },
        { from: 'turn.labels', to: 'own.labels' },
        { from: 'own.labels', to: 'rate.labels' },
      ],
    }),
  );
}

/** A place for the test nodes under `home`. */
export function testPlace(home: string): RunPlace {
  return {
    home,
    graphPath: join(home, 'chain.graph.json'),
    packages: testPackages,
    workerEntry: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    workerArguments: ['--import', 'tsx'],
  };
}
