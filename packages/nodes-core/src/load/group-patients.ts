/** Patients by a column of a label table, where nothing nearer to the images names them. */
import type { ReadLabels } from './read-labels.ts';

/**
 * The patient of each image: what the column says, else `own`, the image's id. A split keeps a patient's images together, so the log
 * says which column was used and how many images it leaves alone.
 */
export function groupByColumn(
  own: readonly string[],
  patients: ReadLabels['patients'],
  log: (message: string) => void,
): string[] {
  if (patients === undefined) return [...own];
  const named = patients.ids.filter((id) => id !== '');
  const alone = own.length - named.length;
  const rest = alone === 0 ? '' : `; ${alone} images without one are patients of their own`;
  log(`${new Set(named).size} patients by column ${patients.column}${rest}`);
  return own.map((id, i) => patients.ids[i] || id);
}
