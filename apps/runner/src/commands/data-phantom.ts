import { RadiographError } from '@radiograph/graph';
import { writePhantom } from '@radiograph/nodes-chexseg';

/** `radiograph data phantom FOLDER`: the synthetic data set as files. */
export async function dataPhantomCommand(
  folder: string,
  flags: { readonly patients: string; readonly size: string; readonly seed: string },
): Promise<number> {
  const patients = readCount('--patients', flags.patients, [1, 100_000]);
  const size = readCount('--size', flags.size, [32, 1024]);
  const seed = readCount('--seed', flags.seed, [0, 2 ** 32 - 1]);
  const onPatient = (done: number) => process.stderr.write(`\rpatient ${done} of ${patients}`);
  await writePhantom({ folder, patients, size, seed, onPatient });
  process.stderr.write('\n');
  console.log(
    `${folder}: ${patients} patients in the formats of CheXpert and CheXlocalize; see contact-sheet.png`,
  );
  return 0;
}

function readCount(name: string, text: string, [low, high]: readonly [number, number]): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RadiographError('usage', {
    path: name,
    message: `expected a whole number from ${low} to ${high}, got ${text}`,
  });
}
