import { expect, test } from 'vitest';
import { readLabelCell } from './label-cell.ts';

test('[F28] numbers, True and False are labels; blank, nan and NA are none given; all else is no label', () => {
  for (const cell of ['1', '1.0', '01', '+1', ' 1 ', 'True', 'TRUE'])
    expect(readLabelCell(cell), cell).toBe(1);
  for (const cell of ['0', '0.0', '-0.0', 'False']) expect(readLabelCell(cell), cell).toBe(0);
  for (const cell of ['-1', '-1.00']) expect(readLabelCell(cell), cell).toBe(-1);
  for (const cell of ['', ' ', 'nan', 'NaN', 'NA', 'N/A', 'null', 'None'])
    expect(readLabelCell(cell), cell).toBeNull();
  for (const cell of ['O', '2', 'u', 'yes', '0x1', '1e0', '1,0', '-', 'I', '0.5', 'Infinity'])
    expect(readLabelCell(cell), cell).toBeUndefined();
});
