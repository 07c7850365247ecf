import { createRandom } from '@radiograph/statistics/random';
import { describe, expect, test } from 'vitest';
import { describeJoin, findDoubles } from './describe-join.ts';
import { joinNames, namesOfFile } from './join-names.ts';

const join = (files: readonly string[], keys: readonly string[]) =>
  joinNames(
    files.map((name) => namesOfFile(name)),
    keys,
  );

describe('joinNames', () => {
  test.each([
    ['1.2.276.1.png', '1.2.276.1', 'an id that holds dots'],
    ['1.2.276.1.png', '1.2.276.1.png', 'a file name'],
    ['a.png', ' a ', 'blanks around it'],
    ['a.png', 'a.dcm', 'another extension of an image'],
    ['a.png', 'images/a.png', 'a path'],
    ['a.png', '/mnt/old/images/a.png', 'an absolute path'],
    ['a.png', 'images\\a.png', 'a path of Windows'],
    ['b/IM1', 'IM1', 'the file name below a sub-folder'],
    ['b/IM1.dcm', 'b_IM1', 'the id'],
    ['Mu\u0308ller.png', 'M\u00fcller', 'the same letters composed'],
    ['M\u00fcller.png', 'Mu\u0308ller', 'the same letters decomposed'],
  ])('[F23] image %s is named by %j: %s', (file, key) => {
    expect([...join(['other.png', file], [key]).imageOf]).toEqual([1]);
  });

  test('[F23] an id is compared as a whole: pat is not pat.1', () => {
    expect([...join(['pat.1.png', 'pat.png'], ['pat.1', 'pat', 'pat.2', 'PAT']).imageOf]).toEqual([
      0, 1, -1, -1,
    ]);
  });

  test('[F23] a name of two images names neither; their paths name both', () => {
    const both = join(['x/1.png', 'y/1.png'], ['1', 'x/1', 'y/1.png']);
    expect([...both.imageOf]).toEqual([-1, 0, 1]);
    expect([both.leftKeys, both.ambiguous]).toEqual([[0], [0]]);
  });

  test('[F23] any other name that an image has is one, such as its SOP Instance UID', () => {
    const images = [namesOfFile('IM1', ['1.2.3']), namesOfFile('IM2', ['1.2.30'])];
    expect([...joinNames(images, ['1.2.30', '1.2.3', '1.2']).imageOf]).toEqual([1, 0, -1]);
  });

  test('[F24] matched and left over are all there is on either side, for 300 random sets, and nothing is left over in silence', () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed, 'joins');
      const draw = (most: number) => Math.floor(random.next() * most);
      const nameOf = (i: number) => ['p', 'p.', '1.2.', 'd/q', 'M\u00fc'][i % 5]! + String(i);
      const files = [...new Set(Array.from({ length: draw(30) }, () => `${nameOf(draw(40))}.png`))];
      const forms = [
        (n: string) => n,
        (n: string) => `${n}.png`,
        (n: string) => `/x/${n}`,
        (n: string) => n.normalize('NFD'),
      ];
      const keys = Array.from({ length: draw(40) }, () => forms[draw(4)]!(nameOf(draw(40))));

      const found = join(files, keys);
      const matched = new Set([...found.imageOf].filter((image) => image >= 0));
      const expected = keys.map((key) =>
        files.indexOf(`${key.normalize('NFC').replace('/x/', '').replace('.png', '')}.png`),
      );

      expect([...found.imageOf], `seed ${seed}`).toEqual(expected);
      expect(matched.size + found.leftImages.length).toBe(files.length);
      expect([...found.imageOf].filter((i) => i >= 0).length + found.leftKeys.length).toBe(
        keys.length,
      );
      expect(found.leftImages.some((image) => matched.has(image))).toBe(false);
      if (files.length === 0) continue;
      const sides = { path: 't.csv', what: 'row', ids: files, keys };
      if (matched.size === 0) {
        expect(() => describeJoin(found, sides)).toThrow('got none that names any of them');
        continue;
      }
      const said = describeJoin(found, sides).join('\n');
      expect(said).toContain(`${matched.size} of ${files.length} images have a row`);
      if (found.leftImages.length > 0)
        expect(said).toContain(
          `${found.leftImages.length} have none: ${files[found.leftImages[0]!]}`,
        );
      if (found.leftKeys.length > 0)
        expect(said).toContain(
          `${found.leftKeys.length} of ${keys.length} rows name no image of this set: ${keys[found.leftKeys[0]!]}`,
        );
      expect(findDoubles(found, sides)).toHaveLength(
        keys.length - found.leftKeys.length - matched.size,
      );
    }
  });
});
