import { type PointerEvent, useEffect, useRef, useState, type WheelEvent } from 'react';
import styles from './Stage.module.css';

/** What is seen: the center in shares of the image (0.5, 0.5 is its middle), and the zoom; 1 fits the image. */
export type View = { readonly x: number; readonly y: number; readonly zoom: number };
export const wholeView: View = { x: 0.5, y: 0.5, zoom: 1 };

export type Raster = {
  readonly height: number;
  readonly width: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
};

type StageProps = {
  readonly label: string;
  readonly raster: Raster | null;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** A drag with the main button, in shares of the stage; without it such a drag moves the image. */
  readonly onDrag?: (by: readonly [dx: number, dy: number]) => void;
  /** The pixel below the pointer. */
  readonly onPoint?: (point: readonly [x: number, y: number] | null) => void;
};

/** Zooms about a point that is given in shares of the image; it stays where it is. */
export function zoomAt(view: View, factor: number, [px, py]: readonly [number, number]): View {
  const zoom = Math.min(40, Math.max(0.5, view.zoom * factor));
  const kept = view.zoom / zoom;
  return { x: px + (view.x - px) * kept, y: py + (view.y - py) * kept, zoom };
}

/** An image that can be moved and zoomed: wheel zooms; Shift-drag, right or middle drag moves. */
export function Stage({ label, raster, view, onView, onDrag, onPoint }: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(canvas);
  const last = useRef<{ x: number; y: number; isPan: boolean } | null>(null);
  const bitmap = useBitmap(raster);
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, bitmap, view, size);
  }, [bitmap, view, size]);

  const scale = raster === null ? 1 : fitOf(raster, size) * view.zoom;
  const toImage = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const box = canvas.current?.getBoundingClientRect();
    if (raster === null || box === undefined) return [0.5, 0.5] as const;
    return [
      view.x + (clientX - box.x - box.width / 2) / (scale * raster.width),
      view.y + (clientY - box.y - box.height / 2) / (scale * raster.height),
    ] as const;
  };
  const press = (event: PointerEvent) => {
    const isPan = event.button !== 0 || event.shiftKey || onDrag === undefined;
    last.current = { x: event.clientX, y: event.clientY, isPan };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (raster === null) return;
    const [x, y] = toImage(event);
    const isIn = x >= 0 && y >= 0 && x < 1 && y < 1;
    onPoint?.(isIn ? [Math.floor(x * raster.width), Math.floor(y * raster.height)] : null);
    if (last.current === null) return;
    const [dx, dy] = [event.clientX - last.current.x, event.clientY - last.current.y];
    if (last.current.isPan)
      onView({
        ...view,
        x: view.x - dx / (scale * raster.width),
        y: view.y - dy / (scale * raster.height),
      });
    else onDrag?.([dx / size[0], dy / size[1]]);
    last.current = { ...last.current, x: event.clientX, y: event.clientY };
  };
  return (
    <canvas
      ref={canvas}
      className={styles.stage}
      role="img"
      aria-label={label}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={() => {
        last.current = null;
      }}
      onPointerLeave={() => onPoint?.(null)}
      onContextMenu={(event) => event.preventDefault()}
      onWheel={(event: WheelEvent) =>
        onView(zoomAt(view, Math.exp(-event.deltaY / 500), toImage(event)))
      }
      onDoubleClick={() => onView(wholeView)}
    />
  );
}

type Size = readonly [width: number, height: number];

const fitOf = ({ width, height }: Pick<Raster, 'width' | 'height'>, [w, h]: Size) =>
  Math.min(w / width, h / height);

function useSize(canvas: React.RefObject<HTMLCanvasElement | null>): Size {
  const [size, setSize] = useState<Size>([1, 1]);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize([entry.contentRect.width, entry.contentRect.height]);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [canvas]);
  return size;
}

/** The raster as a canvas of its own, so that moving and zooming only scale it. */
function useBitmap(raster: Raster | null): HTMLCanvasElement | null {
  const [bitmap, setBitmap] = useState<HTMLCanvasElement | null>(null);
  useEffect(() => {
    if (raster === null) return setBitmap(null);
    const own = document.createElement('canvas');
    own.width = raster.width;
    own.height = raster.height;
    const data = new ImageData(raster.rgba, raster.width, raster.height);
    own.getContext('2d')?.putImageData(data, 0, 0);
    setBitmap(own);
  }, [raster]);
  return bitmap;
}

function draw(
  canvas: HTMLCanvasElement,
  bitmap: HTMLCanvasElement | null,
  view: View,
  size: Size,
): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(size[0] * ratio);
  canvas.height = Math.round(size[1] * ratio);
  const context = canvas.getContext('2d');
  if (context === null || bitmap === null) return;
  const scale = fitOf(bitmap, size) * view.zoom * ratio;
  context.imageSmoothingEnabled = scale < 8; // far in, pixels are pixels
  context.imageSmoothingQuality = 'high';
  context.setTransform(
    scale,
    0,
    0,
    scale,
    canvas.width / 2 - view.x * bitmap.width * scale,
    canvas.height / 2 - view.y * bitmap.height * scale,
  );
  context.drawImage(bitmap, 0, 0);
}
