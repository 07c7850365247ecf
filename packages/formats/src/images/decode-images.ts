/** Many image files -> pixels in a common frame, in their order, decoded by threads. */
import { availableParallelism } from 'node:os';
import type { Problem } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';
import { openThreads } from '@radiograph/threads';
import {
  type BlockAnswer,
  type BlockTask,
  decodeBlock,
  type Frame,
  type ImageFile,
} from './decode-block.ts';

/** An image in its frame, or what is wrong with its file. */
export type DecodedImage =
  | {
      /** `[size, size]`; a view that is valid until the next image is asked for. */
      readonly pixels: Uint8Array | Uint16Array;
      readonly originalSize: Size;
    }
  | { readonly problems: readonly Problem[] };

const blockSize = 8; // images of a task: few, so that large ones show progress soon
const worthThreads = 64; // a thread starts in a third of a second

/**
 * Decodes files in their order. Two blocks of eight images per thread are in flight, so memory does not grow with the files.
 *
 * @param threads how many threads may decode; default one per core.
 */
export async function* decodeImages(
  files: readonly ImageFile[],
  frame: Frame,
  threads: number = availableParallelism(),
): AsyncGenerator<DecodedImage> {
  const pool =
    files.length < worthThreads
      ? undefined
      : openThreads<BlockTask, BlockAnswer>(new URL('./decode-block.ts', import.meta.url), threads);
  const ask = pool?.ask ?? decodeBlock;
  const inFlight = pool === undefined ? 1 : 2 * threads;
  const bytes = frame.size * frame.size * (frame.bitDepth / 8) * blockSize;
  const free = Array.from({ length: inFlight }, () => new SharedArrayBuffer(bytes));
  const asked: { readonly into: SharedArrayBuffer; readonly answer: Promise<BlockAnswer> }[] = [];
  let next = 0;
  const fill = () => {
    while (next < files.length && free.length > 0) {
      const into = free.pop()!;
      const block = files.slice(next, next + blockSize);
      next += block.length;
      const answer = ask({ ...frame, files: block, into });
      answer.catch(() => {}); // it is awaited in its turn
      asked.push({ into, answer });
    }
  };
  try {
    for (fill(); asked.length > 0; fill()) {
      const { into, answer } = asked.shift()!;
      yield* readBlock(await answer, into, frame);
      free.push(into);
    }
  } finally {
    await pool?.close();
  }
}

function* readBlock(
  answer: BlockAnswer,
  into: SharedArrayBuffer,
  { size, bitDepth }: Frame,
): Generator<DecodedImage> {
  const area = size * size;
  const pixels = bitDepth === 8 ? new Uint8Array(into) : new Uint16Array(into);
  for (const [i, came] of answer.entries()) {
    if (isSize(came))
      yield { pixels: pixels.subarray(i * area, (i + 1) * area), originalSize: came };
    else yield { problems: came };
  }
}

const isSize = (answer: BlockAnswer[number]): answer is Size => typeof answer[0] === 'number';
