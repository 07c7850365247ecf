/** A picture to look at: every finding alone, as it is and with the expert's contour. */
import { type Finding, findings } from './finding.ts';
import { drawPatient } from './phantom-case.ts';

const patientsPerFinding = 2;

/** Writes a PNG with a row per finding (in channel order): two patients, each plain and outlined. */
export async function writeContactSheet(
  path: string,
  { seed, size }: { readonly seed: number; readonly size: number },
): Promise<void> {
  const { default: sharp } = await import('sharp');
  const raw = { width: size, height: size, channels: 3 } as const;
  const tiles = findings.flatMap((finding, row) =>
    Array.from({ length: patientsPerFinding }, (_, n) => {
      const { plain, outlined } = drawPair(finding, {
        seed,
        size,
        patient: 1 + row * patientsPerFinding + n,
      });
      return [
        { input: Buffer.from(plain), raw, left: 2 * n * size, top: row * size },
        { input: Buffer.from(outlined), raw, left: (2 * n + 1) * size, top: row * size },
      ];
    }).flat(),
  );
  const width = 2 * patientsPerFinding * size;
  const height = findings.length * size;
  await sharp({ create: { width, height, channels: 3, background: '#000000' } })
    .composite(tiles)
    .png()
    .toFile(path);
}

type Pair = { readonly plain: Uint8Array; readonly outlined: Uint8Array };
const orange = [255, 160, 0];

function drawPair(
  finding: Finding,
  options: { seed: number; size: number; patient: number },
): Pair {
  const present: ReadonlySet<Finding> = new Set(
    finding === 'Cardiomegaly' ? [finding, 'Enlarged Cardiomediastinum'] : [finding],
  );
  const { pixels, expert, size } = drawPatient({ ...options, present });
  const mask = expert.get(finding)!; // a finding asked for alone is drawn
  const plain = Uint8Array.from(
    { length: 3 * pixels.length },
    (_, i) => pixels[Math.floor(i / 3)]!,
  );
  const outlined = plain.slice();
  for (let i = 0; i < mask.length; i++) {
    const isEdge = mask[i] === 1 && [1, -1, size, -size].some((step) => mask[i + step] !== 1);
    if (isEdge) outlined.set(orange, 3 * i);
  }
  return { plain, outlined };
}
