import { api } from '@radiograph/api';
import { describe, expect, test } from 'vitest';
import { emptyRun, type RunState, shareDone, takeEvent } from './run-state.ts';

const time = '2026-01-01T00:00:00Z';
const read = (events: readonly object[], from: RunState = emptyRun('r')) =>
  api.runs.events.reply
    .parse({ events: events.map((event) => ({ time, ...event })) })
    .events.reduce(takeEvent, from);

const progress = { type: 'step-progress', nodeId: 'train', unit: 'batch', total: 4, rate: 2 };
const events = [
  { id: 1, type: 'run-started', runId: 'r', graph: 't', steps: 3 },
  { id: 2, type: 'step-reused', nodeId: 'load', reason: 'unchanged', outputs: { images: 'a' } },
  { id: 3, type: 'step-started', nodeId: 'train', reason: 'never run' },
  { ...progress, id: 4, done: 1, secondsLeft: 1.5, metrics: { loss: 0.5 } },
  { id: 5, type: 'step-log', nodeId: 'train', message: 'epoch 1' },
  { ...progress, id: 6, done: 2, secondsLeft: 1, metrics: { loss: 0.25, iou: 0.1 } },
] as const;

describe('the state of a run', () => {
  test('has progress, time left, log and curves of each step', () => {
    const { steps, status } = read(events);

    expect(status).toBe('running');
    expect(steps.get('load')).toMatchObject({ status: 'reused', outputs: { images: 'a' } });
    expect(steps.get('train')).toMatchObject({
      status: 'running',
      reason: 'never run',
      progress: { done: 2, total: 4, unit: 'batch', secondsLeft: 1 },
      log: [{ time, message: 'epoch 1' }],
      curves: {
        loss: [
          [1, 0.5],
          [2, 0.25],
        ],
        iou: [[2, 0.1]],
      },
    });
  });

  test('keeps the last preview of a step until it has finished', () => {
    const sample = { id: 'a', width: 1, height: 1, pixels: 'AA==', classes: 'AA==' };
    const preview = { type: 'step-preview', nodeId: 'train' };
    const { steps } = read([
      ...events,
      { ...preview, id: 7, samples: [sample] },
      { ...preview, id: 8, samples: [{ ...sample, classes: 'AQ==' }] },
    ]);

    expect(steps.get('train')?.samples).toEqual([{ ...sample, classes: 'AQ==' }]);
  });

  test('is the same when events come twice, as after a reload in the middle', () => {
    const once = read(events);

    expect(read(events, once)).toBe(once);
    expect(read(events, read(events.slice(0, 3)))).toEqual(once);
  });

  test('keeps the object of every step that an event is not about', () => {
    const before = read(events);
    const after = read(
      [{ id: 7, type: 'step-finished', nodeId: 'train', seconds: 2, outputs: { model: 'b' } }],
      before,
    );

    expect(after.steps.get('load')).toBe(before.steps.get('load'));
    expect(after.steps.get('train')).toMatchObject({ status: 'ran', seconds: 2 });
  });

  test('counts finished steps and the share of those that run', () => {
    expect(shareDone(read(events))).toBeCloseTo((1 + 2 / 4) / 3, 12);
    expect(shareDone(emptyRun('r'))).toBe(0);
  });

  test('says that a step was stopped when the run ends before it', () => {
    const { steps, status, error } = read([
      ...events,
      {
        id: 7,
        type: 'run-finished',
        status: 'canceled',
        seconds: 3,
        error: { code: 'canceled', message: 'canceled' },
      },
    ]);

    expect([status, error]).toEqual(['canceled', 'canceled']);
    expect(steps.get('train')?.status).toBe('stopped');
    expect(steps.get('load')?.status).toBe('reused');
  });
});
