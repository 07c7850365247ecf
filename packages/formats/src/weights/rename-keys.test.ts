import { expect, test } from 'vitest';
import { renameKeys } from './rename-keys.ts';

const rename = (...names: string[]) => [...renameKeys(names, 'file').values()];

test('[F6] names become those of torchvision: wrappers, old dense layers, MoCo, batch counters', () => {
  expect(rename('features.conv0.weight')).toEqual(['features.conv0.weight']);
  expect(rename('module.features.denseblock1.denselayer2.norm.1.weight')).toEqual([
    'features.denseblock1.denselayer2.norm1.weight',
  ]);
  expect(
    rename('features.transition1.norm.weight', 'features.denseblock1.denselayer1.conv.2.weight'),
  ).toEqual(['features.transition1.norm.weight', 'features.denseblock1.denselayer1.conv2.weight']);
  expect(rename('model.model.classifier.bias', 'loss.weight')).toEqual([
    'classifier.bias',
    'loss.weight',
  ]);
  expect(rename('module.model.conv1.weight', 'module.model.bn1.num_batches_tracked')).toEqual([
    'conv1.weight',
  ]);
  expect(
    rename(
      'module.encoder_q.conv1.weight',
      'module.encoder_q.fc.0.weight',
      'module.encoder_q.fc.2.bias',
      'module.encoder_k.conv1.weight',
      'module.queue',
    ),
  ).toEqual(['conv1.weight']);
  expect(() => rename('model.a', 'a')).toThrow(
    'file: expected one tensor for a, got model.a and a',
  );
});
