import type { CsvStyle } from '@radiograph/kinds';

/** How tables are written: `RADIOGRAPH_CSV=raw` (the flag `--raw-csv`) leaves text that a spreadsheet would run as it is. */
export function csvStyle(): CsvStyle {
  return process.env.RADIOGRAPH_CSV === 'raw' ? 'raw' : 'safe';
}
