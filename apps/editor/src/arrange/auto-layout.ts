/** Layered layout by elk, in a worker that is loaded at first use. */

import type { DocumentEdge } from '@radiograph/graph';
import { splitReference } from '@radiograph/graph';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Point } from '../document/edits.ts';
import type { Box } from './align.ts';

/** New places by id: columns from left to right, few crossings. `origin` is the top left corner. */
export async function layOut(
  boxes: readonly Box[],
  edges: readonly DocumentEdge[],
  origin: Point,
): Promise<Record<string, Point>> {
  const { default: ELK } = await import('elkjs/lib/elk-api.js');
  const elk = new ELK({ workerFactory: () => new Worker(workerUrl) });
  const ids = new Set(boxes.map(({ id }) => id));
  const wires = edges
    .map(({ from, to }) => ({ from: splitReference(from).nodeId, to: splitReference(to).nodeId }))
    .filter(({ from, to }) => ids.has(from) && ids.has(to));
  try {
    const { children = [] } = await elk.layout({
      id: 'root',
      layoutOptions: {
        'elk.algorithm': 'layered',
        'elk.direction': 'RIGHT',
        'elk.layered.spacing.nodeNodeBetweenLayers': '64',
        'elk.spacing.nodeNode': '96', // what a node made lies below it
        'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      },
      children: boxes.map(({ id, size: [width, height] }) => ({ id, width, height })),
      edges: wires.map(({ from, to }, index) => ({
        id: `${index}`,
        sources: [from],
        targets: [to],
      })),
    });
    const round = (value: number) => Math.round(value / 20) * 20;
    return Object.fromEntries(
      children.map(({ id, x = 0, y = 0 }): [string, Point] => [
        id,
        [round(origin[0] + x), round(origin[1] + y)],
      ]),
    );
  } finally {
    elk.terminateWorker();
  }
}
