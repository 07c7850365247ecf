import { Select, Text } from '@mantine/core';
import { useState } from 'react';
import { useCatalog } from '../../catalog/catalog.ts';
import { server } from '../../server/client.ts';
import { createReader } from '../../server/create-reader.ts';
import { LineChart } from '../charts/LineChart.tsx';
import { cssColor } from '../class-color.ts';
import { listOutputs, useResults } from '../result-set.ts';
import styles from './Kinds.module.css';
import type { KindProps } from './kind-props.ts';

const useRoc = createReader(async (key: string) => {
  const [digest = '', truth = ''] = key.split(' ');
  return (await server.artifacts.roc({ params: { digest }, query: { truth } })).curves;
});

/** ROC curves of the image-level probabilities against labels or masks of the same run. */
export function RocView({ output, isCompact }: KindProps<'saliency' | 'predictions'>) {
  const results = useResults();
  const catalog = useCatalog();
  const truths = listOutputs(results, catalog).filter(
    ({ kind, nodeId }) => (kind === 'labels' || kind === 'masks') && nodeId !== output.nodeId,
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const truth = truths.find(({ digest }) => digest === chosen) ?? truths[0];
  const roc = useRoc(truth === undefined ? null : `${output.digest} ${truth.digest}`);
  if (truth === undefined || roc.type !== 'ready') return null;
  const curves = roc.value.filter(({ area }) => area !== null);
  return (
    <section aria-label="ROC curves">
      {!isCompact && (
        <Select
          size="xs"
          maw={260}
          label="Truth"
          value={truth.digest}
          data={[...new Map(truths.map((one) => [one.digest, one])).values()].map(
            ({ digest, nodeId, port }) => ({ value: digest, label: `${nodeId}.${port}` }),
          )}
          onChange={setChosen}
          allowDeselect={false}
        />
      )}
      {curves.length === 0 ? (
        <Text size="sm" c="var(--soft)">
          No class has both a positive and a negative image in {truth.nodeId}.{truth.port}.
        </Text>
      ) : (
        <div className={styles.roc}>
          <LineChart
            isRoc
            label="ROC curves"
            width={isCompact ? 300 : 360}
            height={isCompact ? 280 : 330}
            xLabel="false positive rate"
            yLabel="true positive rate"
            series={curves.map(({ name, area, points }) => ({
              name: `${name} (AUROC ${area?.toFixed(3)})`,
              color: cssColor(roc.value.findIndex((one) => one.name === name)),
              points,
            }))}
          />
        </div>
      )}
    </section>
  );
}
