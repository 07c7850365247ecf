/** A cell of a label table -> a label: one list of spellings for all tables. */
import type { LabelValue } from '@radiograph/kinds';

/** What `readLabelCell` accepts, for messages. */
export const labelSpellings = '1, 0, -1, True, False or blank';

const missing = new Set(['', 'nan', 'na', 'n/a', '<na>', 'null', 'none']);
const number = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** undefined = no label. pandas writes what is missing as blank, nan or NA, and what is true as True. */
export function readLabelCell(cell: string): LabelValue | undefined {
  const text = cell.trim().toLowerCase();
  if (missing.has(text)) return null;
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  const value = number.test(text) ? Number(text) : Number.NaN;
  return value === 1 || value === -1 ? value : value === 0 ? 0 : undefined;
}
