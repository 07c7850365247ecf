import { describeNodeType, parseDocument } from '@radiograph/graph';
import { beforeAll, describe, expect, test } from 'vitest';
import { registry } from '../../../runner/src/registry.ts';
import { setCatalog } from '../catalog/catalog.ts';
import { bypass } from './bypass.ts';

const graph = (nodes: Record<string, string>, edges: readonly string[]) =>
  parseDocument(
    JSON.stringify({
      format: 'radiograph/1',
      name: '',
      nodes: Object.fromEntries(
        Object.entries(nodes).map(([id, type]) => [id, { type, version: 1 }]),
      ),
      edges: edges.map((edge) => {
        const [from, to] = edge.split(' -> ');
        return { from, to };
      }),
    }),
  );

describe('bypass', () => {
  beforeAll(() => setCatalog(registry.list().map(describeNodeType)));

  const nodes = { phantom: 'chexseg.phantom', expert: 'core.subset', split: 'core.split' };

  test('joins what fed the node to what it fed, and disables it', () => {
    const document = graph(nodes, [
      'phantom.images -> expert.images',
      'expert.rest -> split.images',
    ]);
    const around = bypass(document, 'expert');

    expect(around).toMatchObject({
      nodes: { expert: { disabled: true } },
      edges: [
        { from: 'phantom.images', to: 'expert.images' },
        { from: 'phantom.images', to: 'split.images' },
      ],
    });
  });

  test('refuses where the kinds do not fit, and says which wire would be lost', () => {
    const document = graph({ ...nodes, mixer: 'core.label-mixer', miou: 'core.miou' }, [
      'phantom.images -> mixer.strongImages',
      'phantom.masks -> mixer.strongMasks',
      'mixer.supervision -> miou.predictions',
    ]);

    expect(bypass(document, 'mixer')).toBe(
      'miou.predictions needs what mixer.supervision gives; nothing that feeds mixer is of that kind.',
    );
  });
});
