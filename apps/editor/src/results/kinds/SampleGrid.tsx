import { Button, Group, SegmentedControl, Slider, Text } from '@mantine/core';
import { useState } from 'react';
import { thumbnailUrl } from '../../server/artifacts.ts';
import { useImageSources } from '../result-set.ts';
import { ClassToggles } from './ClassToggles.tsx';
import styles from './Kinds.module.css';
import type { KindProps } from './kind-props.ts';

const firstShown = 12;

/** Sample images with the artifact over them; classes can be switched and made more or less opaque. */
export function SampleGrid({ output, summary, isCompact }: KindProps) {
  const images = useImageSources(output);
  const { classes, samples } = summary;
  const [shown, setShown] = useState(isCompact ? 6 : firstShown);
  const [off, setOff] = useState<ReadonlySet<number>>(new Set());
  const [opacity, setOpacity] = useState(0.5);
  const chosen = off.size === 0 ? undefined : classes.flatMap((_, k) => (off.has(k) ? [] : [k]));
  if (samples.length === 0) return <Text size="sm">No images.</Text>;
  return (
    <div>
      {classes.length > 0 && (
        <Layers
          {...{ summary, off, setOff, opacity, setOpacity }}
          isExclusive={output.kind === 'saliency'}
        />
      )}
      <div className={isCompact ? styles.compactGrid : styles.grid}>
        {samples.slice(0, shown).map((id) => (
          <figure key={id} className={styles.sample}>
            <img
              loading="lazy"
              alt={`${output.kind} of ${id}`}
              src={thumbnailUrl(
                output.digest,
                { id, images },
                { width: 224, classes: chosen, opacity },
              )}
            />
            {!isCompact && <figcaption title={id}>{id}</figcaption>}
          </figure>
        ))}
      </div>
      {shown < samples.length && (
        <Button size="compact-xs" variant="default" mt={6} onClick={() => setShown(shown * 2)}>
          More of {samples.length}
        </Button>
      )}
    </div>
  );
}

type LayersProps = {
  readonly summary: KindProps['summary'];
  readonly off: ReadonlySet<number>;
  readonly setOff: (off: ReadonlySet<number>) => void;
  readonly opacity: number;
  readonly setOpacity: (opacity: number) => void;
  /** One class at a time: maps lie over each other badly. */
  readonly isExclusive: boolean;
};

function Layers({ summary, off, setOff, opacity, setOpacity, isExclusive }: LayersProps) {
  const { classes } = summary;
  const only = classes.length - off.size === 1 ? classes.findIndex((_, k) => !off.has(k)) : -1;
  return (
    <div className={styles.layers}>
      {isExclusive ? (
        <SegmentedControl
          size="xs"
          className={styles.wrap}
          aria-label="Class of the maps"
          value={String(only)}
          data={[
            { value: '-1', label: 'most probable' },
            ...classes.map((label, k) => ({ value: String(k), label })),
          ]}
          onChange={(value) =>
            setOff(
              value === '-1'
                ? new Set()
                : new Set(classes.flatMap((_, k) => (k === Number(value) ? [] : [k]))),
            )
          }
        />
      ) : (
        <ClassToggles classes={classes} off={off} onChange={setOff} />
      )}
      <Group gap="xs" wrap="nowrap" mt={6}>
        <Text size="xs" c="var(--soft)">
          Opacity
        </Text>
        <Slider
          size="sm"
          flex={1}
          maw={180}
          min={0}
          max={1}
          step={0.05}
          defaultValue={opacity}
          label={(value) => `${Math.round(value * 100)} %`}
          thumbLabel="Opacity of the overlay"
          onChangeEnd={setOpacity}
        />
      </Group>
    </div>
  );
}
