import { RadiographError } from '@radiograph/graph';

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `1.5 GB`: powers of 1000, as disks are sold. */
export function printBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** `10GB`, `500 MB` or a number of bytes. @throws a usage error naming the flag. */
export function parseBytes(flag: string, text: string): number {
  const match = /^([\d.]+)\s*([kmgt]?b?)$/i.exec(text.trim());
  const power = units.findIndex((unit) => unit[0] === (match?.[2]?.[0] ?? 'B').toUpperCase());
  const value = Number(match?.[1]) * 1000 ** power;
  if (Number.isFinite(value)) return value;
  throw new RadiographError('usage', {
    path: flag,
    message: `expected a size like 10GB or 500MB, got ${text}`,
  });
}
