/** The state of each step, folded from the events of a run. */
import type { NewEvent } from '../execute/events.ts';
import type { StepResult } from './run-shapes.ts';

/** Updates `steps` with one event. A step that has started and not finished counts as failed: so it is if the process dies. */
export function trackStep(steps: Record<string, StepResult>, event: NewEvent): void {
  switch (event.type) {
    case 'step-reused': {
      const { reason, outputs, key } = event;
      const told = toldBy(event);
      steps[event.nodeId] = { status: 'reused', seconds: 0, reason, outputs, key, ...told };
      return;
    }
    case 'step-skipped':
      steps[event.nodeId] = { status: 'skipped', seconds: 0, reason: event.reason, outputs: {} };
      return;
    case 'step-started': {
      const { reason, key } = event;
      steps[event.nodeId] = { status: 'failed', seconds: 0, reason, outputs: {}, key };
      return;
    }
    case 'step-finished': {
      const { nodeId, seconds, outputs, peakBytes } = event;
      const { reason = '', ...started } = steps[nodeId] ?? {};
      const peak = peakBytes === null ? {} : { peakBytes };
      const told = toldBy(event);
      steps[nodeId] = { ...started, ...peak, status: 'ran', seconds, reason, outputs, ...told };
      return;
    }
    case 'step-noted': {
      const { nodeId, facts } = event;
      const step = steps[nodeId];
      if (step !== undefined) steps[nodeId] = { ...step, facts: { ...step.facts, ...facts } };
      return;
    }
    case 'step-failed': {
      const { nodeId, error } = event;
      steps[nodeId] = { status: 'failed', seconds: 0, reason: error.message, outputs: {} };
      return;
    }
    case 'run-started':
    case 'step-progress':
    case 'step-preview':
    case 'step-log':
    case 'run-finished':
  }
}

const toldBy = ({ notices }: { readonly notices: string[] }): Pick<StepResult, 'notices'> =>
  notices.length === 0 ? {} : { notices };
