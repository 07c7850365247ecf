/**
 * The values that travel along wires. Everything is data keyed by image id: consumers join by id, so the order of two inputs
 * need not agree and a subset of images needs no subset of its labels or masks.
 */
import type { FrameTransform, Size } from './frame.ts';

/** N radiographs packed at one frame size. `pixels` is `[R, H, W]`; image i is row `rows[i]`, so a subset shares its parent's bytes. */
export type Images = {
  readonly ids: readonly string[];
  readonly patientIds: readonly string[];
  readonly originalSizes: readonly Size[];
  /** Frame to original pixels, per image. */
  readonly frames: readonly FrameTransform[];
  readonly height: number;
  readonly width: number;
  readonly bitDepth: 8 | 16;
  readonly rows: readonly number[];
  readonly pixels: Uint8Array | Uint16Array;
};

/** An image-level finding: positive, negative, uncertain, or blank (not mentioned). */
export type LabelValue = 1 | 0 | -1 | null;

/** Image-level findings `[N, K]`. */
export type Labels = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly values: readonly (readonly LabelValue[])[];
};

/** Who drew the masks. */
export type MaskSource = 'expert' | 'pseudo' | 'human' | 'prediction';

/** Multi-label masks as COCO run-length strings `[N][K]`, each at its image's `sizes[i]`; null = this class was not annotated. */
export type Masks = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly source: MaskSource;
  readonly sizes: readonly Size[];
  readonly frames: readonly FrameTransform[];
  readonly counts: readonly (readonly (string | null)[])[];
};

/** Saliency maps: the raw grid before upsampling. `values` is `[N, K, grid]`, `probabilities` `[N, K]`; the grid covers the whole `frame`. */
export type Saliency = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly grid: Size;
  readonly frame: Size;
  readonly frames: readonly FrameTransform[];
  readonly values: Float32Array;
  readonly probabilities: Float32Array;
};

/** A named weight tensor, row-major. */
export type WeightTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** What a model does; a port may ask for one of these. */
export type ModelRole = 'classifier' | 'segmenter' | 'boundary';

/**
 * From pixels to inputs: `(pixel / maximum - mean) / std`, where maximum is 255 or 65535.
 *
 * A list has one entry per input channel: ImageNet files expect another scale in red, green and blue, also of a grey image.
 */
export type Normalization = {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
};

/** A trained network: weights by their PyTorch names and everything needed to run it again. */
export type Model = {
  readonly role: ModelRole;
  /** `family` and the numbers that rebuild the network; JSON only. */
  readonly architecture: Readonly<Record<string, unknown>> & { readonly family: string };
  readonly classes: readonly string[];
  readonly inputSize: Size;
  readonly normalization: Normalization;
  /** Decision threshold per class, where one was selected. */
  readonly thresholds: readonly number[] | null;
  readonly weights: ReadonlyMap<string, WeightTensor>;
};

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

/** Probabilities of a segmenter, `[N, K, H, W]` at the model's input frame, and the threshold of each class. */
export type Predictions = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly size: Size;
  readonly frames: readonly FrameTransform[];
  readonly thresholds: readonly number[];
  readonly probabilities: Float32Array;
};

/** A bootstrap interval. */
export type Interval = { readonly mean: number; readonly lower: number; readonly upper: number };

/** IoU by both protocols of method.md a.5. null = undefined (class empty in truth and prediction). */
export type Scores = {
  readonly classes: readonly string[];
  readonly ids: readonly string[];
  readonly thresholds: readonly number[];
  /** Intersections and unions summed over the whole set, divided once. */
  readonly dataset: { readonly perClass: readonly (number | null)[]; readonly mean: number | null };
  /** One IoU per image and class, `[N][K]`, averaged over images where the union is not empty. */
  readonly perImage: {
    readonly iou: readonly (readonly (number | null)[])[];
    readonly perClass: readonly (number | null)[];
    readonly mean: number | null;
  };
  /** Percentile bootstrap over images of the per-image protocol. */
  readonly bootstrap: {
    readonly replicates: number;
    readonly perClass: readonly (Interval | null)[];
    readonly mean: Interval | null;
  };
};

/** A table for people. Cells are text, numbers or empty. */
export type Table = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
};

/** A picture for people, as PNG bytes. */
export type Figure = {
  readonly caption: string;
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
};

/** A file for another program, byte by byte: a checkpoint, run lengths, an archive of PNGs. */
export type ExportedFile = {
  /** What is inside, for people. */
  readonly description: string;
  /** With its dot: `.safetensors`, `.onnx`, `.json`, `.zip`. */
  readonly extension: string;
  readonly bytes: Uint8Array;
};
