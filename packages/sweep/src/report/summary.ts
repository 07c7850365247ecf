/** The result of a sweep in sentences. */
import type { Interval } from '@radiograph/graph';
import type { ArmsComparison } from '@radiograph/nodes-core';

/** Each arm's mIoU with its interval, best first, then what the paired differences show. */
export function summarizeArms({ arms, pairs }: ArmsComparison): string[] {
  const ranked = arms
    .flatMap(({ name, mean }) => (mean === null ? [] : [{ name, mean }]))
    .sort((a, b) => b.mean.mean - a.mean.mean);
  const [best] = ranked;
  if (best === undefined) return ['No arm has scores.'];
  const means = ranked.map(({ name, mean }) => `${name} ${printInterval(mean)}`);
  const tied = ranked.slice(1).filter(({ name }) => !isShown(pairs, name, best.name));
  const verdict =
    ranked.length < 2
      ? []
      : tied.length === 0
        ? [`${best.name} is better than every other arm (paired, Holm-corrected p < 0.05).`]
        : [
            `${best.name} has the highest mIoU; it is not shown to be better than ${tied.map(({ name }) => name).join(', ')} (paired, Holm-corrected p < 0.05).`,
          ];
  const differences = pairs.length > 6 ? [] : pairs.flatMap(describePair);
  return [`mIoU: ${means.join('; ')}.`, ...verdict, ...differences];
}

function isShown(pairs: ArmsComparison['pairs'], one: string, other: string): boolean {
  const pair = pairs.find(({ a, b }) => (a === one && b === other) || (a === other && b === one));
  return pair !== undefined && pair.mean.adjustedP !== null && pair.mean.adjustedP < 0.05;
}

function describePair({ a, b, mean }: ArmsComparison['pairs'][number]): string[] {
  if (mean.difference === null || mean.adjustedP === null) return [];
  const p = mean.adjustedP < 0.01 ? mean.adjustedP.toFixed(3) : mean.adjustedP.toFixed(2);
  return [`${b} - ${a}: ${printInterval(mean.difference)}, p ${p}.`];
}

const printInterval = ({ mean, lower, upper }: Interval): string =>
  `${print(mean)} [${print(lower)}, ${print(upper)}]`;

// Without the sign of a rounded zero.
const print = (value: number): string => value.toFixed(3).replace(/^-(0\.000)$/, '$1');
