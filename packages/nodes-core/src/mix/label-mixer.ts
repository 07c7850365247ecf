import { dataError, defineNode, optional, port } from '@radiograph/graph';
import {
  type Images,
  type LabeledSet,
  type Masks,
  masksFor,
  type Supervision,
} from '@radiograph/kinds';
import { z } from 'zod';

const manual = `Mixes expert masks and pseudo-labels into one training set: the heart of CheXseg.

With mode "rho" every training sample is drawn from the expert set with probability rho and from the pseudo-labeled set otherwise; an
epoch has as many samples as both sets together. rho is a probability per SAMPLE: not a loss weight, and not the exact share of a batch.
rho = 1 is expert supervision alone, rho = 0 weak supervision alone. Mode "share" makes rho the exact share instead: of any B samples in a row,
rho B rounded down or up are expert-labeled, so every batch sees the same mixture; both sets are gone through in turn, each in a random
order. With mode "concatenate" both sets are simply joined. With one
set wired, that set is all there is and rho does not matter: wiring only masks, or only pseudo-labels, is how full and weak
supervision are run.

floatTrap repeats a rounding fault of the released code, which compares r * 0.1 <= rho with a random integer r in 1..10: rho 0.3,
0.6 and 0.7 then act as 0.2, 0.5 and 0.6, and rho between two tenths as the lower one. Off by default.

Both sets must have the same classes; they are joined by name, in the order of the expert masks.

Source: Gadgil et al., "CheXseg", MIDL 2021, section 3; released code, data/segmentation_dataset.py (method a.3).`;

const params = z.strictObject({
  mode: z
    .enum(['rho', 'share', 'concatenate'])
    .default('rho')
    .describe('how the two sets are mixed'),
  rho: z
    .number()
    .min(0)
    .max(1)
    .default(0.9)
    .describe('probability (mode rho) or share (mode share) of expert-labeled samples'),
  floatTrap: z.boolean().default(false).describe("repeat the released code's rounding of rho"),
});

type Mixing = Supervision['mixing'];
type Params = z.infer<typeof params>;
const mixings: {
  readonly [M in Params['mode']]: (options: Pick<Params, 'rho' | 'floatTrap'>) => Mixing;
} = {
  rho: ({ rho, floatTrap }) => ({ type: 'rho', rho, floatTrap }),
  share: ({ rho }) => ({ type: 'share', rho }),
  concatenate: () => ({ type: 'concatenate' }),
};

export const labelMixer = defineNode({
  type: 'core.label-mixer',
  version: 1,
  title: 'Label mixer',
  manual,
  inputs: {
    strongImages: optional('images', 'images with expert masks'),
    strongMasks: optional('masks', 'expert masks; joined by id'),
    weakImages: optional('images', 'images with pseudo-labels'),
    weakMasks: optional('masks', 'pseudo-labels; joined by id'),
  },
  outputs: { supervision: port('supervision', 'both sets and how to draw from them') },
  params,
  requires: (wired) => {
    if (wired.size === 0)
      return 'expected wires into strongImages and strongMasks, weakImages and weakMasks, or all four, got none';
    if (wired.has('strongImages') !== wired.has('strongMasks'))
      return 'expected wires into both strongImages and strongMasks, got one of them';
    if (wired.has('weakImages') !== wired.has('weakMasks'))
      return 'expected wires into both weakImages and weakMasks, got one of them';
    return undefined;
  },
  run: async (
    { strongImages, strongMasks, weakImages, weakMasks },
    { mode, rho, floatTrap },
    { log },
  ) => {
    const strong = labeledSet('strongImages', strongImages, strongMasks);
    const weak = alignClasses(labeledSet('weakImages', weakImages, weakMasks), strong);
    log(
      `${strong?.images.ids.length ?? 0} expert-labeled and ${weak?.images.ids.length ?? 0} pseudo-labeled images`,
    );
    return { supervision: { strong, weak, mixing: mixings[mode]({ rho, floatTrap }) } };
  },
});

function labeledSet(
  port: string,
  images: Images | undefined,
  masks: Masks | undefined,
): LabeledSet | null {
  if (images === undefined || masks === undefined) return null;
  if (images.ids.length === 0) throw dataError(port, 'expected at least one image, got none');
  return { images, masks: masksFor(masks, images.ids) };
}

/** The weak set with the classes in the order of the strong one. @throws a data error naming the classes that one set alone has. */
function alignClasses(weak: LabeledSet | null, strong: LabeledSet | null): LabeledSet | null {
  if (strong === null || weak === null) return weak;
  const [expected, got] = [strong.masks.classes, weak.masks.classes];
  const missing = expected.filter((name) => !got.includes(name));
  const extra = got.filter((name) => !expected.includes(name));
  if (missing.length > 0 || extra.length > 0)
    throw dataError(
      'weakMasks',
      `expected the classes of strongMasks (${expected.join(', ')}), got ${got.join(', ')}: ${explainClasses(missing, extra)}`,
    );
  const places = expected.map((name) => got.indexOf(name));
  const counts = weak.masks.counts.map((row) => places.map((k) => row[k] ?? null));
  return { ...weak, masks: { ...weak.masks, classes: expected, counts } };
}

const explainClasses = (missing: readonly string[], extra: readonly string[]): string =>
  [
    ...(missing.length > 0 ? [`${missing.join(', ')} missing`] : []),
    ...(extra.length > 0 ? [`${extra.join(', ')} in weakMasks alone`] : []),
  ].join('; ');
