/** Events -> lines. In a terminal the line of the running node is redrawn in place; elsewhere lines are plain and few. */
import type { RunEvent } from '@radiograph/runtime';
import { printDuration } from './print-duration.ts';
import { showControls } from './show-controls.ts';

/** Where lines go. */
export type Output = {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
};

const plainIntervalMs = 15_000; // a log of a long run stays readable

/** Returns the listener that draws a run. */
export function createProgressLines(output: Output): (event: RunEvent) => void {
  let drawn = false;
  let lastPlainMs = 0;
  const clear = () => {
    if (drawn) output.write('\r\u001b[2K');
    drawn = false;
  };
  const line = (text: string) => {
    clear();
    output.write(`${showControls(text)}\n`);
  };
  const redraw = (text: string) => {
    clear();
    output.write(showControls(text).slice(0, output.columns - 1));
    drawn = true;
  };
  return (event) => {
    if (event.type !== 'step-progress') {
      const text = describe(event);
      if (text !== undefined) line(text);
      if (event.type === 'step-started') lastPlainMs = Date.parse(event.time);
      return;
    }
    if (output.isTTY) return redraw(describeProgress(event));
    const timeMs = Date.parse(event.time);
    if (timeMs - lastPlainMs < plainIntervalMs) return;
    lastPlainMs = timeMs;
    line(describeProgress(event));
  };
}

function describe(event: Exclude<RunEvent, { type: 'step-progress' }>): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `run ${event.runId}: ${event.graph}, ${event.steps} nodes, ${event.engine}`;
    case 'step-started':
      return `  ${event.nodeId}: running (${event.reason})`;
    case 'step-reused':
      return `  ${event.nodeId}: reused`;
    case 'step-skipped':
      return `  ${event.nodeId}: skipped (${event.reason})`;
    case 'step-log':
      return `  ${event.nodeId}: ${event.message}`;
    case 'step-noted':
      return `  ${event.nodeId}: ${printFacts(event.facts)}`;
    case 'step-finished':
      return `  ${event.nodeId}: done in ${printDuration(event.seconds)}`;
    case 'step-failed':
      return `  ${event.nodeId}: FAILED`;
    case 'step-preview':
    case 'run-finished':
      return undefined;
  }
}

/** `images left out 3, ms waited for data 120`. */
export function printFacts(facts: Readonly<Record<string, number>>): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(', ');
}

function describeProgress(event: Extract<RunEvent, { type: 'step-progress' }>): string {
  const { nodeId, done, total, unit, rate, secondsLeft, metrics, stalledMs } = event;
  const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
  const speed = rate === null ? '' : `, ${printRate(rate, unit)}`;
  const left = secondsLeft === null || done >= total ? '' : `, ${printDuration(secondsLeft)} left`;
  const numbers = Object.entries(metrics).map(
    ([name, value]) => `, ${name} ${value.toPrecision(4)}`,
  );
  const waited =
    stalledMs === undefined ? '' : `, waited ${printDuration(stalledMs / 1000)} for data`;
  return `  ${nodeId}: ${done}/${total} ${unit} (${percent} %)${speed}${left}${numbers.join('')}${waited}`;
}

function printRate(rate: number, unit: string): string {
  return rate >= 1 ? `${rate.toFixed(1)} ${unit}/s` : `${(1 / rate).toFixed(1)} s/${unit}`;
}
