/** Values that are lists of samples keyed by id: how each kind is cut along its samples and joined again. */
import type { PortKind, PortValues, SampleKind, SampleRange } from '@radiograph/graph';
import type { Images } from './images/images.ts';
import { pixelsOf } from './select.ts';
import './port-values.ts';

type SampleList<V> = {
  readonly slice: (value: V, range: SampleRange) => V;
  /** The inverse: what `slice` took apart comes back, in order. `parts` has at least one. */
  readonly join: (parts: readonly V[]) => V;
};

/** One rule per kind. */
export const sampleLists: { readonly [K in SampleKind]: SampleList<PortValues[K]> } = {
  images: {
    slice: sliceImages,
    join: joinImages,
  },
  labels: columns(['ids', 'values'], []),
  masks: columns(['ids', 'sizes', 'frames', 'counts'], []),
  saliency: columns(['ids', 'frames'], ['values', 'probabilities']),
  predictions: columns(['ids', 'frames'], ['probabilities']),
};

/** Whether values of this kind can be cut. */
export function isSampleKind(kind: PortKind): kind is SampleKind {
  return kind in sampleLists;
}

/** Some samples of a value. @throws an internal error where a node type in JavaScript declares shards of what cannot be cut. */
export function sliceSamples<V>(kind: PortKind, value: V, range: SampleRange): V {
  if (!isSampleKind(kind)) throw new Error(`internal: ${kind} cannot be cut by samples`);
  return sampleLists[kind].slice(value as never, range) as V; // the caller says that it is of this kind
}

/** A kind with one entry per sample in each of `lists`, and a fixed number of values per sample in each of `arrays`. */
function columns<
  V extends { readonly ids: readonly string[] },
  L extends keyof V,
  A extends keyof V,
>(lists: readonly L[], arrays: readonly A[]): SampleList<V> {
  return {
    slice(value, [from, to]) {
      const cut = { ...value };
      for (const name of lists) cut[name] = listOf(value, name).slice(from, to) as V[L];
      for (const name of arrays) {
        const all = arrayOf(value, name);
        const width = all.length / Math.max(value.ids.length, 1);
        cut[name] = all.slice(from * width, to * width) as V[A];
      }
      return cut;
    },
    join(parts) {
      const whole = { ...parts[0]! };
      for (const name of lists) whole[name] = parts.flatMap((part) => listOf(part, name)) as V[L];
      for (const name of arrays)
        whole[name] = concatenate(parts.map((part) => arrayOf(part, name))) as V[A];
      return whole;
    },
  };
}

// The table above names lists and arrays only.
const listOf = <V>(value: V, name: keyof V) => value[name] as readonly unknown[];
const arrayOf = <V>(value: V, name: keyof V) => value[name] as Float32Array;

function concatenate(arrays: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

const imageLists = ['ids', 'patientIds', 'originalSizes', 'frames', 'rows'] as const;

/** Pixels are shared, not copied. */
function sliceImages(images: Images, [from, to]: SampleRange): Images {
  const cut = imageLists.map((name) => [name, images[name].slice(from, to)]);
  return { ...images, ...Object.fromEntries(cut) };
}

/** Subsets of one set share its pixels again; others are packed anew, in order. */
function joinImages(parts: readonly Images[]): Images {
  const [first] = parts as [Images];
  const lists = imageLists.map((name) => [
    name,
    parts.flatMap((part): unknown[] => [...part[name]]),
  ]);
  if (shareParent(parts)) return { ...first, ...Object.fromEntries(lists) };
  const planes = parts.flatMap((part) => part.ids.map((_, i) => pixelsOf(part, i)));
  const size = first.height * first.width;
  const pixels =
    first.bitDepth === 8
      ? new Uint8Array(planes.length * size)
      : new Uint16Array(planes.length * size);
  planes.forEach((plane, i) => {
    pixels.set(plane, i * size);
  });
  return { ...first, ...Object.fromEntries(lists), rows: planes.map((_, i) => i), pixels };
}

/** Whether these are different rows of the same pixels. */
function shareParent(parts: readonly Images[]): boolean {
  const rows = parts.flatMap((part) => part.rows);
  const [{ pixels }] = parts as [Images];
  return (
    new Set(rows).size === rows.length &&
    parts.every((part) => part.pixels === pixels || equalPixels(part.pixels, pixels))
  );
}

const equalPixels = (a: Images['pixels'], b: Images['pixels']): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
