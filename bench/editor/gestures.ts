/** What a hand does on a canvas, and how long the frames took meanwhile. Works on any React Flow page. */
import type { Page } from 'playwright-core';

type Point = readonly [number, number];

const moves = 45;
const moveMs = 1000 / 60;

/** Milliseconds between frames while the pointer drags from `start` by `distance`. */
export async function dragFrames(page: Page, start: Point, distance: Point): Promise<number[]> {
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
  return frames;
}

const wheelOctave = 0.002; // of React Flow, per unit that the wheel turns

/** Turns the wheel until the canvas has this zoom. */
export async function zoomTo(page: Page, at: Point, zoom: number): Promise<void> {
  await page.mouse.move(...at);
  for (let left = 60; left > 0; left--) {
    const now = await page.evaluate<number>(
      'new DOMMatrix(getComputedStyle(document.querySelector(".react-flow__viewport")).transform).a',
    );
    const octaves = Math.log2(zoom / now);
    if (Math.abs(octaves) < 0.01) return;
    await page.mouse.wheel(0, Math.max(-400, Math.min(400, -octaves / wheelOctave)));
    // The page answers a wheel some frames later.
    await page.evaluate(
      'new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 60))',
    );
  }
  throw new Error('internal: the wheel does not zoom');
}

/** Where nodes lie, in the coordinates of the document. */
export type Layout = readonly Point[];

const nodeSize: Point = [196, 240]; // no node of the bench is larger
const grip: Point = [60, 17]; // in the head of ours, in the middle of the peer's

/** A point on the node that lies nearest to the middle of the canvas. */
export async function nodeInView(page: Page, layout: Layout): Promise<Point> {
  const { middle, toScreen } = await viewOf(page);
  const far = ([x, y]: Point) => Math.hypot(x - middle[0], y - middle[1]);
  const points = layout.map(([x, y]) => toScreen([x + grip[0], y + grip[1]]));
  return points.toSorted((a, b) => far(a) - far(b))[0]!;
}

/** A point of the canvas that no node covers, near its middle. */
export async function emptyPoint(page: Page, layout: Layout): Promise<Point> {
  const { middle, toScreen } = await viewOf(page);
  const boxes = layout.map(([x, y]) => {
    const [left, top] = toScreen([x, y]);
    const [right, bottom] = toScreen([x + nodeSize[0], y + nodeSize[1]]);
    return { left, top, right, bottom };
  });
  for (let step = 0; step < 4000; step++) {
    const [x, y] = [middle[0] + (step % 60) * 3, middle[1] + Math.floor(step / 60) * 3];
    const isCovered = boxes.some((b) => x >= b.left && x <= b.right && y >= b.top && y <= b.bottom);
    if (!isCovered && (await isPane(page, [x, y]))) return [x, y];
  }
  throw new Error('internal: no empty place');
}

const isPane = (page: Page, [x, y]: Point) =>
  page.evaluate<boolean>(
    `document.elementFromPoint(${x}, ${y})?.classList.contains('react-flow__pane') === true`,
  );

async function viewOf(page: Page) {
  const [zoom, tx, ty, x, y, width, height] = (await page.evaluate<number[]>(`(() => {
    const { a, e, f } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform);
    const { x, y, width, height } = document.querySelector('.react-flow').getBoundingClientRect();
    return [a, e, f, x, y, width, height];
  })()`)) as [number, number, number, number, number, number, number];
  return {
    middle: [x + width / 2, y + height / 2] as Point,
    toScreen: ([left, top]: Point): Point => [x + tx + left * zoom, y + ty + top * zoom],
  };
}

/**
 * Opens an address; milliseconds from the navigation until the first frame with nodes. The page must be in front: the
 * browser gives one behind another a frame a second. Afterwards the page and its server have time to finish what opening began.
 */
export async function openMs(page: Page, address: string): Promise<number> {
  await page.bringToFront();
  await page.goto(address);
  const shownMs = await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => (window.shownMs === undefined ? setTimeout(look, 30) : resolve(shownMs));
    look();
  })`);
  await page.waitForTimeout(settleMs);
  return shownMs;
}

const settleMs = 700;

/** Goes into every page before its own scripts: when nodes are first drawn, as elements or as a picture of them. */
export const watchOpening = `
  requestAnimationFrame(function look() {
    if (document.querySelector('.react-flow__node, [data-painted]') === null) return requestAnimationFrame(look);
    requestAnimationFrame(() => { window.shownMs = performance.now(); });
  });`;
