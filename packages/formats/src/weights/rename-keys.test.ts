import { expect, test } from 'vitest';
import { renameKeys } from './rename-keys.ts';

const rename = (...names: string[]) => [...renameKeys(names, 'file').values()];

test('[F6] what libraries wrap around modules goes, old dense layers and MoCo are renamed; the name of the network stays', () => {
  expect(rename('features.conv0.weight')).toEqual(['features.conv0.weight']);
  expect(rename('module.features.denseblock1.denselayer2.norm.1.weight')).toEqual([
    'features.denseblock1.denselayer2.norm1.weight',
  ]);
  expect(
    rename('features.transition1.norm.weight', 'features.denseblock1.denselayer1.conv.2.weight'),
  ).toEqual(['features.transition1.norm.weight', 'features.denseblock1.denselayer1.conv2.weight']);
  expect(rename('model.model.classifier.bias', 'loss.weight')).toEqual([
    'model.model.classifier.bias',
    'loss.weight',
  ]);
  expect(
    rename(
      'module._orig_mod.net.conv1.weight',
      'net._orig_mod.bn1.bias',
      'a.module.weight',
      'module',
    ),
  ).toEqual(['net.conv1.weight', 'net.bn1.bias', 'a.weight', 'module']);
  expect(rename('module.model.conv1.weight', 'module.model.bn1.num_batches_tracked')).toEqual([
    'model.conv1.weight',
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
  expect(() => rename('module.a', 'a')).toThrow(
    'file: expected one tensor for a, got module.a and a',
  );
});
