import { useMemo, useRef, useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { useResults } from '../results/result-set.ts';
import { compose } from './compose.ts';
import { LayerControls } from './LayerControls.tsx';
import { joinClasses, listLayers } from './layers.ts';
import { dragWindow, fullWindow } from './paint.ts';
import { type Raster, Stage } from './Stage.tsx';
import { type Place, useOverlays, usePixels } from './sample-api.ts';
import type { RankedImage } from './sort-images.ts';
import styles from './Viewer.module.css';
import { useViewer, viewerStore } from './viewer-store.ts';
import { useWindow, windowStore } from './window-store.ts';

type ReadingProps = { readonly image: RankedImage; readonly sources: readonly string[] };

/** One radiograph with its layers, and what can be switched about them. */
export function Reading({ image: { id, iou }, sources }: ReadingProps) {
  const view = useViewer((state) => state.view);
  const [point, setPoint] = useState<readonly [number, number] | null>(null);
  const place = useMemo(() => ({ id, images: sources }), [id, sources]);
  const { image, window, layers, drawn, classes, composed } = usePicture(place);
  // The last image stays until the next one is there, so that paging does not flicker.
  const last = useRef<Raster | null>(null);
  if (composed !== null) last.current = composed.raster;
  const range = image?.bitDepth === 16 ? 65535 : 255;
  return (
    <>
      <section className={styles.center} aria-label="Radiograph">
        <Stage
          label={`Radiograph ${id}`}
          raster={last.current}
          view={view}
          onView={(next) => viewerStore.setState({ view: next })}
          onDrag={(by) => windowStore.setState({ window: dragWindow(window, by, range) })}
          onPoint={setPoint}
        />
        <p className={styles.caption}>
          <b>{id}</b>
          {iou !== null && <span>IoU {iou.toFixed(3)}</span>}
          {image && (
            <span>
              {image.width} × {image.height}, {image.bitDepth} bit
            </span>
          )}
        </p>
        <p className={styles.readout}>
          <span>
            window {Math.round(window.high - window.low)} · level{' '}
            {Math.round((window.high + window.low) / 2)} · zoom {Math.round(view.zoom * 100)} %
          </span>
          {point && image && (
            <span>
              ({point[0]}, {point[1]}) = {image.pixels[point[1] * image.width + point[0]]}
              {namesAt(drawn, point, image.width)}
            </span>
          )}
        </p>
      </section>
      <LayerControls layers={layers} classes={classes} agreement={composed?.agreement ?? null} />
    </>
  );
}

/** The image at a place, drawn as the viewer's state says. */
function usePicture(place: Place) {
  const results = useResults();
  const catalog = useCatalog();
  const state = useViewer((all) => all);
  const chosenWindow = useWindow();
  const layers = useMemo(() => listLayers(results, catalog), [results, catalog]);
  const active = layers
    .map((layer) => ({ ...layer, style: state.styles[layer.key] ?? layer.suggested }))
    .filter(({ style }) => style !== 'off');
  const pixels = usePixels(place);
  const digests = active.map(({ output }) => output.digest);
  const overlays = useOverlays(digests, place);
  const image = pixels.type === 'ready' ? pixels.value : undefined;
  const drawn =
    overlays.type === 'ready'
      ? active.map(({ style }, i) => ({ overlay: overlays.value[i]!, style }))
      : undefined;
  const classes = joinClasses(
    (drawn ?? []).map(({ overlay }) => [...overlay.masks.keys(), ...overlay.maps.keys()]),
  );
  const window = chosenWindow ?? (image === undefined ? unknownWindow : fullWindow(image));
  const { isInverted, offClasses, opacity, isDisagreement } = state;
  const styleKey = active.map(({ key, style }) => `${key} ${style}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `drawn`, `classes` and `window` follow from these
  const composed = useMemo(() => {
    if (image === undefined || drawn === undefined) return null;
    const look = { isInverted, offClasses, opacity, isDisagreement };
    return compose({ image, window, layers: drawn, classes, ...look });
  }, [image, overlays, chosenWindow, styleKey, isInverted, offClasses, opacity, isDisagreement]);
  return { image, window, layers, drawn, classes, composed };
}

const unknownWindow = { low: 0, high: 255 };

/** Classes whose mask holds the pixel, each once. */
function namesAt(
  drawn: Parameters<typeof compose>[0]['layers'] | undefined,
  [x, y]: readonly [number, number],
  width: number,
): string {
  const names = (drawn ?? []).flatMap(({ overlay }) =>
    [...overlay.masks].flatMap(([name, mask]) => (mask?.[y * width + x] === 1 ? [name] : [])),
  );
  return names.length === 0 ? '' : ` · ${[...new Set(names)].join(', ')}`;
}
