/** Maps averaged over noisy copies of an image: SmoothGrad (Smilkov et al., 2017), as captum's NoiseTunnel takes it. */
import { createRandom } from '@radiograph/statistics';
import type { Cam, CamMaps } from './open-cam.ts';

export type Smoothing = {
  readonly kind: 'none' | 'smoothgrad' | 'smoothgrad-squared';
  /** Noisy copies. */
  readonly samples: number;
  /** Standard deviation of the noise, in units of the normalized input. */
  readonly noise: number;
};

type Batch = {
  /** `[B, C, H, W]`. */
  readonly image: Float32Array;
  /** Ids of the images in the slots: their noise is theirs, whatever the batch or the shard. */
  readonly ids: readonly string[];
  readonly seed: number;
};

/** The mean map, or the mean squared map, over `samples` noisy copies; probabilities are those of the image itself. */
export async function explainSmoothly(
  cam: Cam,
  { image, ids, seed }: Batch,
  { kind, samples, noise }: Smoothing,
): Promise<CamMaps> {
  const clean = await cam.explain(image);
  if (kind === 'none') return clean;
  const { probabilities } = clean;
  const total = new Float32Array(clean.values.length);
  for (let sample = 0; sample < samples; sample++) {
    const { values } = await cam.explain(addNoise({ image, ids, seed }, sample, noise));
    for (let i = 0; i < total.length; i++)
      total[i]! += kind === 'smoothgrad' ? values[i]! : values[i]! ** 2;
  }
  return { values: total.map((value) => value / samples), probabilities };
}

function addNoise({ image, ids, seed }: Batch, sample: number, noise: number): Float32Array {
  const length = image.length / ids.length;
  const noisy = image.slice();
  for (const [slot, id] of ids.entries()) {
    const random = createRandom(seed, 'smooth', id, sample);
    for (let i = slot * length; i < (slot + 1) * length; i++) noisy[i]! += noise * random.normal();
  }
  return noisy;
}
