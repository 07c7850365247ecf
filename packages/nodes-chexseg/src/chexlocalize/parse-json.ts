import { dataError, listAccepted, parseJsonText, RadiographError } from '@radiograph/graph';
import { z } from 'zod';
import { type Finding, findings } from '../phantom/finding.ts';

/** Parses JSON text of a known shape. @throws a data error by file, image and finding. */
export function parseJson<T>(text: string, path: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parseText(text, path));
  if (result.success) return result.data;
  throw new RadiographError(
    'data',
    result.error.issues.slice(0, 20).map(({ path: place, message }) => ({
      path: [path, ...place.map(String)].join(' > '),
      message,
    })),
  );
}

function parseText(text: string, path: string): unknown {
  try {
    return parseJsonText(text);
  } catch (cause) {
    throw dataError(path, (cause as Error).message, { cause });
  }
}

/** The ten findings; "Lung Opacity" is another name of Airspace Opacity. @throws a data error for any other name. */
export function findingOf(name: string, path: string): Finding {
  const found = findings.find((finding) => finding === name);
  if (found !== undefined) return found;
  if (name === 'Lung Opacity') return 'Airspace Opacity';
  throw dataError(path, `expected ${listAccepted(name, findings)}, got ${name}`);
}

/** Height and width. */
export const ImageSize = z.tuple([z.int().min(1), z.int().min(1)]);
/** A point `[x, y]` in pixels of the original radiograph. */
export const PointXY = z.tuple([z.number(), z.number()]);
