/** Sweep events -> plain lines, each headed by its job: several jobs run at once, so nothing is redrawn in place. */
import type { SweepEvent } from '@radiograph/sweep';
import { createProgressLines } from './progress-lines.ts';

/** Returns the listener that draws a sweep. */
export function createSweepLines(write: (line: string) => void): (event: SweepEvent) => void {
  const drawers = new Map<string, ReturnType<typeof createProgressLines>>();
  const drawerOf = (job: string) => {
    const output = {
      isTTY: false,
      columns: 120,
      write: (text: string) => write(`${job}: ${text.trim()}`),
    };
    const drawer = drawers.get(job) ?? createProgressLines(output);
    drawers.set(job, drawer);
    return drawer;
  };
  return (event) => {
    switch (event.type) {
      case 'job-started':
        write(`${event.job}: ${event.cells.join(', ')}`);
        return;
      case 'job-event':
        if (event.event.type !== 'step-skipped' && event.event.type !== 'step-reused')
          drawerOf(event.job)(event.event);
        return;
      case 'job-log':
        write(`${event.job}: ${event.message}`);
        return;
      case 'job-finished':
        write(`${event.job}: ${event.status}${event.error === null ? '' : `: ${event.error}`}`);
        return;
      case 'sweep-started':
      case 'sweep-finished':
    }
  };
}
