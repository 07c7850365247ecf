import type { Images } from '../images/images.ts';
import type { Masks } from '../masks/masks.ts';

/** Images with a mask for each. `masks.ids` equals `images.ids`, in order. */
export type LabeledSet = { readonly images: Images; readonly masks: Masks };

/** What the label mixer hands to a segmenter: expert and pseudo-labeled sets and how to draw from them. */
export type Supervision = {
  readonly strong: LabeledSet | null;
  readonly weak: LabeledSet | null;
  readonly mixing:
    | { readonly type: 'concatenate' }
    | { readonly type: 'share'; readonly rho: number }
    | { readonly type: 'rho'; readonly rho: number; readonly floatTrap: boolean };
};
