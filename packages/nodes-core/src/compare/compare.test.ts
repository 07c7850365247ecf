import type { Scores, Table } from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { compare } from './compare-node.ts';

function scores(ids: string[], iou: (number | null)[][], classes = ['Edema', 'Mass']): Scores {
  const nothing = { perClass: [], mean: null };
  return {
    classes,
    ids,
    thresholds: classes.map(() => 0.5),
    dataset: { perClass: classes.map((_, k) => k / 4), mean: 0.1 },
    perImage: { iou, ...nothing },
    bootstrap: { replicates: 0, ...nothing },
  };
}

describe('core.compare', () => {
  const ids = ['u', 'v', 'w', 'x', 'y', 'z']; // five could show no difference
  const armOf = (iou: number) => ({
    label: 'weak',
    value: scores(
      ids,
      ids.map((_, i) => [iou + i / 100, iou]),
    ),
  });
  const arms = [armOf(0.2), armOf(0.4)];
  const run = async (inputs: typeof arms) =>
    (await compare.run({ scores: inputs }, compare.params.parse({}), createTestContext())) as {
      arms: Table;
      differences: Table;
      images: Table;
    };

  test('[N34] gives arms, differences with a verdict, and images as tables', async () => {
    const tables = await run(arms);

    expect(tables.arms.columns.slice(0, 5)).toEqual([
      'class',
      'weak',
      'weak low',
      'weak high',
      'weak 2',
    ]);
    expect(tables.arms.rows.at(-1)![0]).toBe('mean (mIoU)');
    const [a, b, name, difference] = tables.differences.rows[0]!;
    expect([a, b, name]).toEqual(['weak', 'weak 2', 'mean']);
    expect(difference).toBeCloseTo(0.2, 12);
    expect(tables.differences.rows[0]!.at(-1)).toBe('weak 2 better (one seed)');
    expect(tables.images.rows).toHaveLength(6);
  });

  test('[N34] refuses a single arm, and arms without an image in common', async () => {
    await expect(run(arms.slice(0, 1))).rejects.toThrow('expected at least two arms, got 1');
    const strangers = [arms[0]!, { label: 'far', value: scores(['far'], [[1, 1]]) }];
    await expect(run(strangers)).rejects.toThrow('expected images that all arms were scored on');
  });
});
