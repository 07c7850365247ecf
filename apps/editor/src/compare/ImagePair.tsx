import { useMemo, useState } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { imageSources, type ResultSet } from '../results/result-set.ts';
import { compose } from '../viewer/compose.ts';
import { joinClasses, listLayers } from '../viewer/layers.ts';
import { fullWindow } from '../viewer/paint.ts';
import { Stage, type View, wholeView } from '../viewer/Stage.tsx';
import { useOverlays, usePixels } from '../viewer/sample-api.ts';
import styles from './Compare.module.css';

type ImagePairProps = { readonly id: string; readonly a: ResultSet; readonly b: ResultSet };

/** One image with the masks of both runs; both move and zoom together. */
export function ImagePair({ id, a, b }: ImagePairProps) {
  const [view, setView] = useState<View>(wholeView);
  const common = { id, view, onView: setView };
  return (
    <section className={styles.pair} aria-label={`Both runs on ${id}`}>
      <Side name="a" results={a} {...common} />
      <Side name="b" results={b} {...common} />
    </section>
  );
}

type SideProps = {
  readonly name: string;
  readonly id: string;
  readonly results: ResultSet;
  readonly view: View;
  readonly onView: (view: View) => void;
};

function Side({ name, id, results, view, onView }: SideProps) {
  const catalog = useCatalog();
  const place = useMemo(
    () => ({ id, images: imageSources(results, catalog, { kind: 'scores', digest: '' }) }),
    [id, results, catalog],
  );
  const layers = useMemo(
    () => listLayers(results, catalog).filter(({ suggested }) => suggested !== 'off'),
    [results, catalog],
  );
  const pixels = usePixels(place);
  const overlays = useOverlays(
    layers.map(({ output }) => output.digest),
    place,
  );
  const raster = useMemo(() => {
    if (pixels.type !== 'ready' || overlays.type !== 'ready') return null;
    const drawn = layers.map(({ suggested }, i) => ({
      overlay: overlays.value[i]!,
      style: suggested,
    }));
    const classes = joinClasses(drawn.map(({ overlay }) => [...overlay.masks.keys()]));
    const look = {
      isInverted: false,
      offClasses: new Set<string>(),
      opacity: 0.4,
      isDisagreement: false,
    };
    const picture = {
      image: pixels.value,
      window: fullWindow(pixels.value),
      layers: drawn,
      classes,
    };
    return compose({ ...picture, ...look }).raster;
  }, [pixels, overlays, layers]);
  return (
    <figure className={styles.side}>
      <Stage label={`${name}: ${id}`} raster={raster} view={view} onView={onView} />
      <figcaption>
        {name} · line: {layers.find(({ suggested }) => suggested === 'outline')?.label ?? 'none'} ·
        fill: {layers.find(({ suggested }) => suggested === 'fill')?.label ?? 'none'}
      </figcaption>
    </figure>
  );
}
