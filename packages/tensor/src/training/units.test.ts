import { describe, expect, test } from 'vitest';
import { createRecorder } from '../ir/program.ts';
import { dense } from '../model/layers.ts';
import { reshape } from '../ops/layout.ts';
import { mean } from '../ops/reduce.ts';
import { adam } from '../optimizers/optimizer.ts';
import { createTrainer } from '../train.ts';
import { groupUnits, inputVector, placeMembers, takeMember } from './units.ts';

const declare = (name: string, shape: readonly number[]) => ({
  name,
  shape,
  init: { type: 'zeros' } as const,
  trainable: true,
});

describe('units', () => {
  const scale = declare('norm.weight', [3]);
  const shift = declare('norm.bias', [3]);
  const filter = declare('conv.weight', [200, 101, 1, 1]);
  const head = declare('head.bias', [2]);

  test('hold a large parameter alone and small ones of one learning rate together, in the order of their declaration', () => {
    const units = groupUnits([scale, filter, shift, head], (name) =>
      name === 'head.bias' ? 10 : 1,
    );

    expect(units.map(({ name, length, scale }) => ({ name, length, scale }))).toEqual([
      { name: 'conv.weight', length: 20_200, scale: 1 },
      { name: 'shared/0', length: 6, scale: 1 },
      { name: 'shared/1', length: 2, scale: 10 },
    ]);
    expect(Object.fromEntries(placeMembers(units))).toEqual({
      'conv.weight': { unit: 'conv.weight', start: 0, end: 20_200 },
      'norm.weight': { unit: 'shared/0', start: 0, end: 3 },
      'norm.bias': { unit: 'shared/0', start: 3, end: 6 },
      'head.bias': { unit: 'shared/1', start: 0, end: 2 },
    });
  });

  test('of nothing are none', () => {
    expect(groupUnits([])).toEqual([]);
  });

  test('give a parameter in its shape, cut out only where others lie beside it', () => {
    const recorder = createRecorder();
    const [large, shared] = groupUnits([scale, filter, shift]);
    const places = placeMembers([large!, shared!]);
    const whole = takeMember(inputVector(recorder, 'a', large!), places.get(filter.name)!, filter);
    const part = takeMember(inputVector(recorder, 'b', shared!), places.get(shift.name)!, shift);

    expect([whole.shape, part.shape]).toEqual([[200, 101, 1, 1], [3]]);
    expect(recorder.nodes.map(({ op }) => op)).toEqual([
      'input',
      'reshape',
      'input',
      'slice',
      'reshape',
    ]);
  });

  test('cost the optimizer one set of operations, however many small layers a network has', async () => {
    const countOf = async (layers: number) => {
      const trainer = await createTrainer({
        inputs: { x: [2, 4] },
        loss: ({ x }, scope) => {
          let y = x!;
          for (let i = 0; i < layers; i++) y = dense(scope.at(`layer${i}`), y, { features: 4 });
          return { loss: mean(reshape(y, [8])) };
        },
        optimizer: adam(),
        seed: 1,
        threads: 1,
      });
      await trainer.dispose();
      return trainer.program.nodes.filter(({ op }) => op === 'sqrt').length;
    };

    expect([await countOf(1), await countOf(5)]).toEqual([1, 1]);
  });
});
