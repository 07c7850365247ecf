/** Image-level labels as a report labeler writes them: mostly right, sometimes uncertain, often silent. */
import type { LabelValue } from '@radiograph/kinds';
import type { Random } from '@radiograph/statistics';
import { type Finding, type LabelTask, labelTasks } from './finding.ts';

/** The fourteen labels of a patient; blank is far more common than 0, as in CheXpert (method.md section c). */
export function writeLabels(present: ReadonlySet<Finding>, random: Random): LabelValue[] {
  const truth = (task: LabelTask): boolean => {
    switch (task) {
      case 'No Finding':
        return present.size === 0 || (present.size === 1 && present.has('Support Devices'));
      case 'Pneumonia':
        return present.has('Consolidation') && random.next() < 0.5;
      case 'Pleural Other':
        return random.next() < 0.03;
      case 'Fracture':
        return random.next() < 0.05;
      default:
        return present.has(task);
    }
  };
  return labelTasks.map((task) => {
    const isTrue = truth(task);
    if (task === 'No Finding') return isTrue ? 1 : null; // the labeler never writes 0 or -1 here
    return isTrue ? labelPresent(random) : labelAbsent(random);
  });
}

function labelPresent(random: Random): LabelValue {
  const draw = random.next();
  if (draw < 0.1) return -1;
  if (draw < 0.15) return null;
  return draw < 0.17 ? 0 : 1;
}

function labelAbsent(random: Random): LabelValue {
  const draw = random.next();
  if (draw < 0.03) return -1;
  if (draw < 0.05) return 1;
  return draw < 0.4 ? 0 : null;
}
