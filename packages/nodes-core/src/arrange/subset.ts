import { defineNode, port } from '@radiograph/graph';
import { selectImages } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { z } from 'zod';

const manual = `Keeps some of the images: the first ones, or a random draw that the seed fixes.

CheXseg trains on 100 pseudo-labeled images drawn from the training set; this is that draw. If fewer images come in than are asked
for, all are kept. \`rest\` carries the others, so one set can be divided into an expert-labeled and a pseudo-labeled part.`;

const params = z.strictObject({
  count: z.int().min(1).default(100).describe('images to keep'),
  order: z.enum(['random', 'first']).default('random').describe('which ones'),
});

export const subset = defineNode({
  type: 'core.subset',
  version: 1,
  title: 'Subset',
  manual,
  inputs: { images: port('images', 'the images to choose from') },
  outputs: {
    images: port('images', 'the chosen images, in their old order'),
    rest: port('images', 'the others'),
  },
  params,
  uses: ['seed'],
  run: async ({ images }, { count, order }, { seed }) => {
    const indices = images.ids.map((_, i) => i);
    const drawn = order === 'first' ? indices : createRandom(seed, 'subset').shuffle(indices);
    const kept = new Set(drawn.slice(0, count));
    return {
      images: selectImages(images, (i) => kept.has(i)),
      rest: selectImages(images, (i) => !kept.has(i)),
    };
  },
});
