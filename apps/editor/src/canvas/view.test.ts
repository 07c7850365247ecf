import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginPan, endPan, forgetPan, takeView, viewStore } from './view.ts';

const setState = vi.fn();
const flow = { getState: () => ({ domNode: null }), setState };

beforeEach(() => {
  vi.stubGlobal('devicePixelRatio', 2);
  setState.mockClear();
  takeView(flow, { x: 0, y: 0, zoom: 1 });
  setState.mockClear();
});
afterEach(() => {
  forgetPan();
  vi.unstubAllGlobals();
});

test('a wheel moves the elements at once, to whole pixels of the screen', () => {
  takeView(flow, { x: 10.3, y: -0.2, zoom: 1.5 });
  expect(setState).toHaveBeenCalledWith({ transform: [10.5, -0, 1.5] });
  expect(viewStore.getState().frozen).toBe(null);
});

test('a pan leaves React Flow the view it began with until the pointer lets go', () => {
  beginPan();
  takeView(flow, { x: 5, y: 5, zoom: 1 });
  takeView(flow, { x: 9, y: 8, zoom: 1 });
  expect(setState).not.toHaveBeenCalled();
  expect(viewStore.getState()).toEqual({ transform: [9, 8, 1], frozen: [0, 0, 1] });

  endPan(flow);
  expect(setState.mock.calls).toEqual([[{ transform: [9, 8, 1] }]]);
  expect(viewStore.getState().frozen).toBe(null);
});

test('fingers that begin to zoom during a pan draw the elements again', () => {
  beginPan();
  takeView(flow, { x: 5, y: 5, zoom: 1 });
  takeView(flow, { x: 5, y: 5, zoom: 1.1 });
  expect(setState).toHaveBeenCalledWith({ transform: [5, 5, 1.1] });
  expect(viewStore.getState().frozen).toBe(null);
});

test('a press without a move changes nothing', () => {
  beginPan();
  endPan(flow);
  expect(setState).not.toHaveBeenCalled();
});
