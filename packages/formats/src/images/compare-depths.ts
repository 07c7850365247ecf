/** Images of one set -> whether they may stand side by side, and what is to be said of them. */
import type { Problem } from '@radiograph/graph';
import type { GreyImage } from './read-image.ts';

/** What remains of an image when its pixels are placed. */
export type ImageFacts = Pick<GreyImage, 'bitDepth' | 'notes' | 'peak'> & { readonly path: string };

const half = 2 ** 15;
const mostNames = 3;

/**
 * PNG files of 16 bits do not say whether white is 65535 or, as often, 4095. Alone that is a matter of contrast; beside files of 8 bits one of both
 * would be far too dark, so a set where no deep file reaches half of its range is refused.
 */
export function findDepthProblem(images: readonly ImageFacts[]): Problem | undefined {
  const deep = images.filter(({ peak }) => peak !== undefined);
  const peak = deep.reduce((most, image) => Math.max(most, image.peak!), 0);
  if (deep.length === 0 || peak >= half || images.every(({ bitDepth }) => bitDepth === 16))
    return undefined;
  const more = deep.length === 1 ? '' : ` (and ${deep.length - 1} more)`;
  return {
    path: deep[0]!.path,
    message: `expected 16-bit images beside 8-bit ones to use their range, 0 to 65535, got at most ${peak} in this file${more}: bring all to one depth or scale them`,
  };
}

/** One line per kind of note, with how many images have it and the names of the first. */
export function describeNotes(images: readonly ImageFacts[]): string[] {
  const byNote = new Map<string, string[]>();
  for (const { notes = [], path } of images)
    for (const note of notes) byNote.set(note, [...(byNote.get(note) ?? []), path]);
  return [...byNote].map(([note, paths]) => {
    const names = paths.slice(0, mostNames).map((path) => path.slice(path.lastIndexOf('/') + 1));
    const rest = paths.length > mostNames ? ', ...' : '';
    return `${paths.length} of ${images.length} images: ${note} (${names.join(', ')}${rest})`;
  });
}
