import { Button, Group, Kbd, SegmentedControl, Slider, Switch, Text } from '@mantine/core';
import { ClassToggles } from '../results/kinds/ClassToggles.tsx';
import { useArtifact } from '../server/artifacts.ts';
import { portStyles } from '../theme/port-style.ts';
import type { Layer } from './layers.ts';
import { type Agreement, agreementColors } from './paint.ts';
import { wholeView } from './Stage.tsx';
import styles from './Viewer.module.css';
import { type LayerStyle, useViewer, viewerStore } from './viewer-store.ts';
import { windowStore } from './window-store.ts';

type LayerControlsProps = {
  readonly layers: readonly Layer[];
  readonly classes: readonly string[];
  readonly agreement: Agreement | null;
};

/** What lies over the image and how. */
export function LayerControls({ layers, classes, agreement }: LayerControlsProps) {
  const { offClasses, opacity, isInverted, isDisagreement } = useViewer((state) => state);
  const off = new Set(classes.flatMap((name, k) => (offClasses.has(name) ? [k] : [])));
  return (
    <aside className={styles.right} aria-label="Layers">
      <section>
        <h2 className={styles.title}>Layers</h2>
        {layers.map((layer) => (
          <LayerRow key={layer.key} layer={layer} />
        ))}
        <Group gap="xs" wrap="nowrap" mt={8}>
          <Text size="xs">Opacity</Text>
          <Slider
            size="sm"
            flex={1}
            min={0}
            max={1}
            step={0.05}
            value={opacity}
            label={null}
            thumbLabel="Opacity of the layers"
            onChange={(value) => viewerStore.setState({ opacity: value })}
          />
        </Group>
      </section>
      <section>
        <h2 className={styles.title}>Classes</h2>
        <ClassToggles
          classes={classes}
          off={off}
          onChange={(next) =>
            viewerStore.setState({ offClasses: new Set(classes.filter((_, k) => next.has(k))) })
          }
        />
      </section>
      <section>
        <Switch
          size="sm"
          label="Disagreement map"
          checked={isDisagreement}
          onChange={({ target }) => viewerStore.setState({ isDisagreement: target.checked })}
        />
        {isDisagreement && <AgreementLegend agreement={agreement} />}
      </section>
      <section>
        <Switch
          size="sm"
          label="Inverted"
          checked={isInverted}
          onChange={({ target }) => viewerStore.setState({ isInverted: target.checked })}
        />
        <Group gap={6} mt={10}>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => windowStore.setState({ window: null })}
          >
            Reset the window
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => viewerStore.setState({ view: wholeView })}
          >
            Fit the image
          </Button>
        </Group>
      </section>
      <Keys />
    </aside>
  );
}

function LayerRow({ layer }: { readonly layer: Layer }) {
  const style = useViewer((state) => state.styles[layer.key] ?? layer.suggested);
  const artifact = useArtifact(style === 'off' ? null : layer.output.digest);
  const source =
    artifact.type === 'ready'
      ? artifact.value.facts.find(({ name }) => name === 'source')?.value
      : undefined;
  const { icon: Icon, color } = portStyles[layer.output.kind];
  const set = (next: LayerStyle) =>
    viewerStore.setState(({ styles: all }) => ({ styles: { ...all, [layer.key]: next } }));
  return (
    <div className={styles.layer}>
      <Icon size={14} color={color} aria-hidden="true" />
      <span className={styles.layerName} title={layer.label}>
        {layer.label} {source && <em>{source}</em>}
      </span>
      <SegmentedControl
        size="xs"
        aria-label={layer.label}
        value={style}
        data={[
          { value: 'off', label: 'off' },
          { value: 'outline', label: 'line' },
          { value: 'fill', label: 'fill' },
        ]}
        onChange={(value) => set(value === 'off' || value === 'outline' ? value : 'fill')}
      />
    </div>
  );
}

const css = (color: readonly number[]) => `rgb(${color.join(' ')})`;

function AgreementLegend({ agreement }: { readonly agreement: Agreement | null }) {
  if (agreement === null)
    return (
      <Text size="xs" c="var(--soft)" mt={6}>
        Draw the truth as line and what is compared with it as fill.
      </Text>
    );
  const { both, missed, extra } = agreement;
  const union = both + missed + extra;
  return (
    <dl className={styles.legend}>
      <dt style={{ background: css(agreementColors.both) }} />
      <dd>both · {both} pixels</dd>
      <dt style={{ background: css(agreementColors.missed) }} />
      <dd>missed · {missed}</dd>
      <dt style={{ background: css(agreementColors.extra) }} />
      <dd>extra · {extra}</dd>
      <dt />
      <dd>
        IoU of the shown classes together: {union === 0 ? 'undefined' : (both / union).toFixed(3)}
      </dd>
    </dl>
  );
}

const keys = [
  ['← →', 'previous, next image'],
  ['drag', 'window and level'],
  ['Shift drag', 'move'],
  ['wheel', 'zoom'],
  ['D', 'disagreement'],
  ['I', 'invert'],
  ['R', 'reset the window'],
  ['0', 'fit'],
] as const;

function Keys() {
  return (
    <dl className={styles.keys}>
      {keys.map(([key, text]) => (
        <div key={key}>
          <dt>
            <Kbd size="xs">{key}</Kbd>
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
