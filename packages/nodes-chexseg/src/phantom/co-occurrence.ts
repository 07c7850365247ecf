/** Which findings a patient has. The shares are higher than CheXpert's, so that a small set shows each of them, but lean the same way. */
import type { Random } from '@radiograph/statistics';
import type { Finding } from './finding.ts';

type Chance = { readonly base: number; readonly given?: Partial<Record<Finding, number>> };

// In the order in which they are drawn: `given` may name only findings above. The largest chance that applies counts.
const chances: readonly (readonly [Finding, Chance])[] = [
  ['Cardiomegaly', { base: 0.3 }],
  ['Enlarged Cardiomediastinum', { base: 0.14, given: { Cardiomegaly: 1 } }],
  ['Edema', { base: 0.14, given: { Cardiomegaly: 0.4 } }],
  ['Consolidation', { base: 0.2 }],
  ['Pleural Effusion', { base: 0.22, given: { Edema: 0.5, Consolidation: 0.35 } }],
  ['Atelectasis', { base: 0.18, given: { 'Pleural Effusion': 0.4 } }],
  ['Pneumothorax', { base: 0.2 }],
  ['Lung Lesion', { base: 0.2 }],
  ['Airspace Opacity', { base: 0.18, given: { Edema: 1, Consolidation: 1, Atelectasis: 1 } }],
  ['Support Devices', { base: 0.4, given: { Pneumothorax: 0.6, Edema: 0.6 } }],
];
const healthyShare = 0.12;

/** Draws the findings of one patient; about one in eight has none. */
export function drawFindings(random: Random): ReadonlySet<Finding> {
  const present = new Set<Finding>();
  if (random.next() < healthyShare) return present;
  for (const [finding, { base, given = {} }] of chances) {
    const raised = Object.entries(given).filter(([other]) => present.has(other as Finding));
    const chance = Math.max(base, ...raised.map(([, value]) => value));
    if (random.next() < chance) present.add(finding);
  }
  return present;
}
