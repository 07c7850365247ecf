import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const packages = readdirSync('packages').filter((name) =>
  existsSync(join('packages', name, 'SPEC.md')),
);

function rulesOf(name: string): string[] {
  const text = readFileSync(join('packages', name, 'SPEC.md'), 'utf8');
  return [...text.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map((match) => match[1]!);
}

function provenRules(name: string): Set<string> {
  const files = readdirSync(join('packages', name, 'src'), { recursive: true, encoding: 'utf8' });
  const titles = files
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(join('packages', name, 'src', file), 'utf8').matchAll(/\[([A-Z]\d+)\]/g),
    ]);
  return new Set(titles.map((match) => match[1]!));
}

describe('SPEC.md', () => {
  test.each(packages)(
    'every rule of %s is the title of a test, and every cited rule exists',
    (name) => {
      const rules = rulesOf(name);

      expect(new Set(rules).size, 'a rule number is used twice').toBe(rules.length);
      expect([...provenRules(name)].sort()).toEqual([...rules].sort());
    },
  );
});
