import { createRandom } from '@radiograph/statistics';
import { describe, expect, test } from 'vitest';
import { drawFindings } from './co-occurrence.ts';
import { type Finding, findings, labelTasks } from './finding.ts';
import { writeLabels } from './image-labels.ts';
import { drawPatient } from './phantom-case.ts';

const size = 96;
const draw = (patient: number, present?: readonly Finding[]) =>
  drawPatient({
    seed: 1,
    patient,
    size,
    ...(present === undefined ? {} : { present: new Set(present) }),
  });

const widthOf = (mask: Uint8Array) => {
  const columns = [...mask.keys()].filter((i) => mask[i] === 1).map((i) => i % size);
  return Math.max(...columns) - Math.min(...columns) + 1;
};

function iou(a: Uint8Array, b: Uint8Array): number {
  const both = a.reduce((sum, value, i) => sum + (value & b[i]!), 0);
  return both / a.reduce((sum, value, i) => sum + (value | b[i]!), 0);
}

describe('drawPatient', () => {
  test('[C19] the same options give the same patient; other numbers give others', () => {
    expect(draw(3)).toEqual(draw(3));
    expect(draw(4).pixels).not.toEqual(draw(3).pixels);
  });

  test('[C20] a patient is the same at another size', () => {
    const small = drawPatient({ seed: 1, patient: 5, size: 48 });
    const large = draw(5);
    const shrunk = Float64Array.from({ length: 48 * 48 }, (_, i) => {
      const at = (dy: number, dx: number) =>
        large.pixels[(2 * Math.floor(i / 48) + dy) * size + 2 * (i % 48) + dx]!;
      return (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
    });
    const difference =
      shrunk.reduce((sum, value, i) => sum + Math.abs(value - small.pixels[i]!), 0) / shrunk.length;

    expect(small.present).toEqual(large.present);
    expect(difference).toBeLessThan(12);
  });

  test.each([...findings])(
    '[C21] %s shows: the picture changes inside its mask far more than outside',
    (finding) => {
      for (const patient of [1, 2]) {
        const present: Finding[] =
          finding === 'Cardiomegaly' ? [finding, 'Enlarged Cardiomediastinum'] : [finding];
        const [healthy, ill] = [draw(patient, []), draw(patient, present)];
        const mask = ill.expert.get(finding)!;
        const meanChange = (value: 0 | 1) => {
          const where = [...mask.keys()].filter((i) => mask[i] === value);
          return (
            where.reduce((sum, i) => sum + Math.abs(ill.pixels[i]! - healthy.pixels[i]!), 0) /
            where.length
          );
        };
        expect(mask.includes(1)).toBe(true);
        expect(meanChange(1), `patient ${patient}`).toBeGreaterThan(1.2 * meanChange(0));
      }
    },
  );

  test('[C22] an enlarged heart is wider than half the thorax and part of the enlarged mediastinum', () => {
    for (const patient of [1, 2, 3, 4]) {
      const { expert } = draw(patient, [
        'Cardiomegaly',
        'Enlarged Cardiomediastinum',
        'Pleural Effusion',
      ]);
      const heart = expert.get('Cardiomegaly')!;
      const mediastinum = expert.get('Enlarged Cardiomediastinum')!;

      expect(widthOf(heart) / size).toBeGreaterThan(0.5 * 2 * 0.34);
      expect([...heart].every((value, i) => value <= mediastinum[i]!)).toBe(true);
    }
  });

  test('[C23] airspace opacity is the union of what causes it', () => {
    const { expert } = draw(2, ['Consolidation', 'Atelectasis', 'Airspace Opacity']);
    const [opacity, consolidation, atelectasis] = (
      ['Airspace Opacity', 'Consolidation', 'Atelectasis'] as const
    ).map((name) => expert.get(name)!);

    expect([...opacity!]).toEqual([...consolidation!].map((value, i) => value | atelectasis![i]!));
  });

  test('[C24] two readers outline the same findings differently', () => {
    const overlaps = [1, 2, 3, 4, 5, 6].flatMap((patient) => {
      const { expert, readers } = draw(patient, [
        'Cardiomegaly',
        'Enlarged Cardiomediastinum',
        'Consolidation',
      ]);
      return [...expert].flatMap(([finding, mask]) =>
        readers.map((reader) => iou(mask, reader.get(finding) ?? new Uint8Array(mask.length))),
      );
    });
    const mean = overlaps.reduce((a, b) => a + b, 0) / overlaps.length;

    expect(mean).toBeGreaterThan(0.7);
    expect(Math.max(...overlaps)).toBeLessThan(1);
  });
});

describe('labels', () => {
  const patients = Array.from({ length: 2000 }, (_, i) => {
    const present = drawFindings(createRandom(i, 'findings'));
    return { present, labels: writeLabels(present, createRandom(i, 'labels')) };
  });
  const share = (test: (index: number) => boolean) =>
    patients.filter((_, i) => test(i)).length / patients.length;

  test('[C25] every finding occurs in 10 to 60 % of the patients, and about one in eight has none', () => {
    for (const finding of findings) {
      const frequency = share((i) => patients[i]!.present.has(finding));
      expect(frequency, finding).toBeGreaterThan(0.1);
      expect(frequency, finding).toBeLessThan(0.6);
    }
    expect(share((i) => patients[i]!.present.size === 0)).toBeGreaterThan(0.1);
  });

  test('[C25] cardiomegaly always widens the mediastinum and makes edema more likely', () => {
    const withHeart = patients.filter(({ present }) => present.has('Cardiomegaly'));
    const edema = (list: typeof patients) =>
      list.filter(({ present }) => present.has('Edema')).length / list.length;

    expect(withHeart.every(({ present }) => present.has('Enlarged Cardiomediastinum'))).toBe(true);
    expect(edema(withHeart)).toBeGreaterThan(1.4 * edema(patients));
  });

  test('[C26] labels are right, uncertain, blank or wrong in the shares of a report labeler', () => {
    const column = labelTasks.indexOf('Pleural Effusion');
    const among = (isThere: boolean) =>
      patients
        .filter(({ present }) => present.has('Pleural Effusion') === isThere)
        .map(({ labels }) => labels[column]);
    const part = (list: readonly unknown[], value: unknown) =>
      list.filter((label) => label === value).length / list.length;

    expect(part(among(true), 1)).toBeCloseTo(0.83, 1);
    expect(part(among(true), -1)).toBeCloseTo(0.1, 1);
    expect(part(among(false), null)).toBeCloseTo(0.6, 1);
    expect(part(among(false), 1)).toBeCloseTo(0.02, 1);
  });
});
