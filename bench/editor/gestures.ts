/** What a hand does on a canvas, and how long the frames took meanwhile. Works on any React Flow page. */
import type { Page } from 'playwright-core';

type Point = readonly [number, number];

const moves = 45;
const moveMs = 1000 / 60;

/** 95th percentile of the time between frames, in ms, while the pointer drags from `start` by `distance`. */
export async function dragFrames(page: Page, start: Point, distance: Point): Promise<number> {
  await page.mouse.move(...start);
  await page.mouse.down();
  await page.evaluate(`
    window.frameMs = [];
    window.isDragging = true;
    requestAnimationFrame(function tick(now) {
      if (window.lastFrame !== undefined) frameMs.push(now - lastFrame);
      window.lastFrame = window.isDragging ? now : undefined;
      if (window.isDragging) requestAnimationFrame(tick);
    });`);
  const sent: Promise<void>[] = []; // as a mouse does: without waiting for the page
  for (let step = 1; step <= moves; step++) {
    const nextMs = performance.now() + moveMs;
    const share = Math.sin((step / moves) * Math.PI * 2); // there and back, twice the distance
    sent.push(page.mouse.move(start[0] + share * distance[0], start[1] + share * distance[1]));
    await new Promise((resolve) => setTimeout(resolve, nextMs - performance.now()));
  }
  await Promise.all(sent);
  const frames = await page.evaluate<number[]>('window.isDragging = false, frameMs');
  await page.mouse.up();
  return percentile(frames, 0.95);
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;
}

/** Turns the wheel until the canvas has about this zoom. */
export async function zoomTo(page: Page, at: Point, zoom: number): Promise<void> {
  await page.mouse.move(...at);
  for (let left = 60; left > 0; left--) {
    const now = await page.evaluate<number>(
      'new DOMMatrix(getComputedStyle(document.querySelector(".react-flow__viewport")).transform).a',
    );
    if (Math.abs(Math.log(now / zoom)) < 0.1) return;
    await page.mouse.wheel(0, now < zoom ? -60 : 60);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
  throw new Error('internal: the wheel does not zoom');
}

/** The middle of a node that lies in the middle of the canvas. */
export async function nodeInView(page: Page): Promise<Point> {
  return page.evaluate<Point>(`(() => {
    const canvas = document.querySelector('.react-flow').getBoundingClientRect();
    const middle = [canvas.x + canvas.width / 2, canvas.y + canvas.height / 2];
    const boxes = [...document.querySelectorAll('.react-flow__node')].map((node) => node.getBoundingClientRect());
    const points = boxes.map(({ x, y, width, height }) => [x + width / 2, y + height * 0.5]);
    const far = ([x, y]) => Math.hypot(x - middle[0], y - middle[1]);
    return points.sort((a, b) => far(a) - far(b))[0];
  })()`);
}

/** A point of the canvas that no node covers, near its middle. */
export async function emptyPoint(page: Page): Promise<Point> {
  return page.evaluate<Point>(`(() => {
    const { x, y, width, height } = document.querySelector('.react-flow').getBoundingClientRect();
    for (let step = 0; step < 4000; step++) {
      const at = [x + width / 2 + (step % 60) * 5, y + height / 2 + Math.floor(step / 60) * 5];
      if (document.elementFromPoint(...at)?.classList.contains('react-flow__pane')) return at;
    }
    throw new Error('no empty place');
  })()`);
}

/** Opens an address; milliseconds from the navigation until the first frame with nodes. */
export async function openMs(page: Page, address: string): Promise<number> {
  await page.goto(address);
  return page.evaluate<number>(`new Promise((resolve) => {
    const look = () => (window.shownMs === undefined ? setTimeout(look, 30) : resolve(shownMs));
    look();
  })`);
}

/** Goes into every page before its own scripts: when nodes are first drawn. */
export const watchOpening = `
  requestAnimationFrame(function look() {
    if (document.querySelector('.react-flow__node') === null) return requestAnimationFrame(look);
    requestAnimationFrame(() => { window.shownMs = performance.now(); });
  });`;

/** Bytes of the JavaScript heap after a collection. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
