import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { readRunDetails, readRunEvents, summarizeRuns } from './run-history.ts';

const time = '2026-01-01T00:00:00.000Z';

function writeRun(home: string, runId: string, pid: number, result?: object): void {
  const folder = join(home, 'runs', runId);
  mkdirSync(folder, { recursive: true });
  const start = { runId, graph: 'g', graphPath: '/g', only: null, pid, startedAt: time };
  const events = [
    { id: 1, time, type: 'run-started', runId, graph: 'g', steps: 2 },
    { id: 2, time, type: 'step-started', nodeId: 'a', reason: 'never run' },
    { id: 3, time, type: 'step-finished', nodeId: 'a', seconds: 1, outputs: { table: 'abc' } },
    { id: 4, time, type: 'step-started', nodeId: 'b', reason: 'never run' },
  ];
  writeFileSync(join(folder, 'run.json'), JSON.stringify(start));
  writeFileSync(join(folder, 'graph.json'), '{}');
  writeFileSync(
    join(folder, 'events.jsonl'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
  appendFileSync(join(folder, 'events.jsonl'), '{"id":5,"time":"20'); // torn
  if (result !== undefined) writeFileSync(join(folder, 'result.json'), JSON.stringify(result));
}

test('[E13] tells finished, running and interrupted runs apart, newest first, also after a torn line', async () => {
  const home = createTemporaryFolder();
  const done = { runId: '1', graph: 'g', status: 'done', seconds: 3, finishedAt: time };
  writeRun(home, '1', 1, { ...done, steps: {}, error: null });
  writeRun(home, '2', process.pid);
  writeRun(home, '3', 2 ** 22 + 1); // above the largest pid of Linux
  mkdirSync(join(home, 'runs', '4'));

  const runs = await summarizeRuns(home);

  expect(runs.map(({ runId, status, seconds }) => [runId, status, seconds])).toEqual([
    ['3', 'interrupted', null],
    ['2', 'running', null],
    ['1', 'done', 3],
  ]);
  expect(runs[0]!.counts).toEqual({ ran: 1, reused: 0, skipped: 0, failed: 1 });
  const details = await readRunDetails(home, '3');
  expect(details.steps.a).toEqual({
    status: 'ran',
    seconds: 1,
    reason: 'never run',
    outputs: { table: 'abc' },
    key: '',
  });
  expect((await readRunEvents(home, '3', 2)).map(({ id }) => id)).toEqual([3, 4]);
  await expect(readRunDetails(home, '9')).rejects.toThrow('run: expected the id of a run, got 9');
});
