/** How each kind of value is kept on disk: a JSON manifest and named blobs. Total over the port kinds. */
import { dataError, type PortKind, type PortValues, type SampleRange } from '@radiograph/graph';
import { type Images, type LabeledSet, sampleLists } from '@radiograph/kinds';
import { type HostTensor, readSafetensors, writeSafetensors } from '@radiograph/tensor/safetensors';

/** A value as it is stored. */
export type Encoded = {
  readonly manifest: unknown;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
};

type Codec<V> = {
  readonly encode: (value: V) => Encoded;
  /** The manifest was written by `encode` and its digest was checked, so its shape is known. */
  readonly decode: (manifest: unknown, blobs: Encoded['blobs']) => V;
  /** The manifest of some of the samples, and the blobs that they lie in; left out where a value is small or is read as a whole. */
  readonly part?: (
    manifest: unknown,
    names: readonly string[],
    range: SampleRange,
  ) => { readonly manifest: unknown; readonly names: readonly string[] };
};

/** JSON alone. */
function json<V>(): Codec<V> {
  return {
    encode(value) {
      assertFiniteJson(value, []);
      return { manifest: value, blobs: {} };
    },
    decode: (manifest) => manifest as V,
  };
}

/** JSON plus named float32 arrays, which go to one safetensors blob. */
function withTensors<V extends object, F extends keyof V & string>(fields: readonly F[]): Codec<V> {
  return {
    encode(value) {
      const tensors = fields.map((field): [string, HostTensor] => {
        const data = value[field] as Float32Array;
        assertFinite(field, data);
        return [field, { shape: [data.length], data }];
      });
      const rest = Object.entries(value).filter(([name]) => !fields.includes(name as F));
      const blobs = { 'tensors.safetensors': writeSafetensors(new Map(tensors)) };
      return { manifest: Object.fromEntries(rest), blobs };
    },
    decode(manifest, blobs) {
      const { tensors } = readSafetensors(blobs['tensors.safetensors']!);
      const arrays = fields.map((field) => [field, tensors.get(field)!.data]);
      return { ...(manifest as object), ...Object.fromEntries(arrays) } as V;
    },
  };
}

// A set of 220,000 radiographs has many gigabytes: a shard reads, and verifies, the blobs that its images lie in.
const mostBlobBytes = 2 ** 24;

/** How many images a blob of pixels holds. */
const imagesPerBlob = ({ height, width, bitDepth }: Omit<Images, 'pixels'>): number =>
  Math.max(1, Math.floor(mostBlobBytes / ((height * width * bitDepth) / 8)));

const images: Codec<Images> = {
  encode({ pixels, ...manifest }) {
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const step =
      (imagesPerBlob(manifest) * manifest.height * manifest.width * manifest.bitDepth) / 8;
    if (bytes.length <= step) return { manifest, blobs: { 'pixels.bin': bytes } };
    const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) => {
      const name = `pixels.${String(i).padStart(6, '0')}.bin`;
      return [name, bytes.subarray(i * step, (i + 1) * step)];
    });
    return { manifest, blobs: Object.fromEntries(pieces) };
  },
  decode(manifest, blobs) {
    const rest = manifest as Omit<Images, 'pixels'>;
    const pieces = Object.keys(blobs)
      .sort()
      .map((name) => blobs[name]!);
    // A copy, because a view of 16 bit needs an even offset and file reads may share a pool.
    const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const pixels = rest.bitDepth === 8 ? bytes : new Uint16Array(bytes.buffer);
    return { ...rest, pixels };
  },
  part(manifest, names, range) {
    const cut = sampleLists.images.slice(manifest as Images, range); // reads no pixels
    if (names.length === 1) return { manifest: cut, names };
    const perBlob = imagesPerBlob(cut);
    const wanted = [...new Set(cut.rows.map((row) => Math.floor(row / perBlob)))].sort(
      (a, b) => a - b,
    );
    const places = new Map(wanted.map((blob, i) => [blob, i * perBlob]));
    const rows = cut.rows.map((row) => places.get(Math.floor(row / perBlob))! + (row % perBlob));
    const sorted = names.toSorted();
    return { manifest: { ...cut, rows }, names: wanted.map((blob) => sorted[blob]!) };
  },
};

const model: Codec<PortValues['model']> = {
  encode({ weights, ...manifest }) {
    for (const [name, { data }] of weights) assertFinite(name, data);
    return { manifest, blobs: { 'model.safetensors': writeSafetensors(weights) } };
  },
  decode(manifest, blobs) {
    const { tensors } = readSafetensors(blobs['model.safetensors']!);
    return { ...(manifest as Omit<PortValues['model'], 'weights'>), weights: tensors };
  },
};

type StoredSet = { readonly images: unknown; readonly masks: LabeledSet['masks'] };
type StoredSupervision = {
  readonly strong: StoredSet | null;
  readonly weak: StoredSet | null;
  readonly mixing: PortValues['supervision']['mixing'];
};

const supervision: Codec<PortValues['supervision']> = {
  encode({ strong, weak, mixing }) {
    const blobs: Record<string, Uint8Array> = {};
    const encodeSet = (name: string, set: LabeledSet | null): StoredSet | null => {
      if (set === null) return null;
      const encoded = images.encode(set.images);
      for (const [piece, bytes] of Object.entries(encoded.blobs)) blobs[`${name}.${piece}`] = bytes;
      return { images: encoded.manifest, masks: set.masks };
    };
    return {
      manifest: { strong: encodeSet('strong', strong), weak: encodeSet('weak', weak), mixing },
      blobs,
    };
  },
  decode(manifest, blobs) {
    const { strong, weak, mixing } = manifest as StoredSupervision;
    const decodeSet = (name: string, set: StoredSet | null): LabeledSet | null =>
      set === null
        ? null
        : {
            masks: set.masks,
            images: images.decode(
              set.images,
              Object.fromEntries(
                Object.entries(blobs).filter(([piece]) => piece.startsWith(`${name}.`)),
              ),
            ),
          };
    return { strong: decodeSet('strong', strong), weak: decodeSet('weak', weak), mixing };
  },
};

const figure: Codec<PortValues['figure']> = {
  encode: ({ png, ...manifest }) => ({ manifest, blobs: { 'figure.png': png } }),
  decode: (manifest, blobs) => ({
    ...(manifest as Omit<PortValues['figure'], 'png'>),
    png: blobs['figure.png']!,
  }),
};

const file: Codec<PortValues['file']> = {
  encode: ({ bytes, ...manifest }) => ({ manifest, blobs: { 'file.bin': bytes } }),
  decode: (manifest, blobs) => ({
    ...(manifest as Omit<PortValues['file'], 'bytes'>),
    bytes: blobs['file.bin']!,
  }),
};

/** One codec per port kind. */
export const codecs: { readonly [K in PortKind]: Codec<PortValues[K]> } = {
  images,
  labels: json(),
  masks: json(),
  saliency: withTensors<PortValues['saliency'], 'values' | 'probabilities'>([
    'values',
    'probabilities',
  ]),
  model,
  supervision,
  predictions: withTensors<PortValues['predictions'], 'probabilities'>(['probabilities']),
  scores: json(),
  table: json(),
  figure,
  file,
};

/** JSON has no NaN: it would come back as null. */
function assertFiniteJson(value: unknown, place: readonly (string | number)[]): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw dataError(place.join('.'), `expected finite numbers, got ${value}`);
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value)) assertFiniteJson(member, [...place, name]);
}

function assertFinite(name: string, data: Float32Array): void {
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) throw dataError(name, `expected finite numbers, got ${data[index]} at ${index}`);
}
