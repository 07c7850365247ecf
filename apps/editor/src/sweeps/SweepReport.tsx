import { Button, CopyButton, Group, Progress, Text } from '@mantine/core';
import type { SweepHead } from '@radiograph/api';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useRef } from 'react';
import { Moment } from '../runs/Moment.tsx';
import { printDuration } from '../runs/print.ts';
import { server } from '../server/client.ts';
import { createReader, type Loaded } from '../server/create-reader.ts';
import { Arms } from './Arms.tsx';
import { CellTable } from './CellTable.tsx';
import { SweepActions } from './SweepActions.tsx';
import styles from './Sweeps.module.css';

const idOf = (key: string) => key.split(' ')[0]!;
const useCells = createReader(
  async (key: string) => (await server.sweeps.read({ params: { id: idOf(key) } })).cells,
);
const useArms = createReader((key: string) => server.sweeps.compare({ params: { id: idOf(key) } }));

/** The reply before stays until the next has come. */
function useLast<T>(loaded: Loaded<T>): Loaded<T> {
  const last = useRef(loaded);
  if (loaded.type !== 'waiting') last.current = loaded;
  return last.current;
}

/** One sweep: how far it has come, what it shows, and its cells. */
export function SweepReport({ sweep }: { readonly sweep: SweepHead }) {
  const { sweepId, status, done, running, failed } = sweep;
  const cells = useLast(useCells(`${sweepId} ${status} ${done} ${running} ${failed}`));
  const arms = useLast(useArms(done >= 2 ? `${sweepId} ${done}` : null));
  return (
    <section className={styles.report} aria-label={`Sweep of ${sweep.graph}`}>
      <Head sweep={sweep} />
      {arms.type === 'ready' && <Arms comparison={arms.value} />}
      {arms.type === 'failed' && (
        <Text size="sm" c="var(--soft)">
          The arms are not compared: {arms.message}
        </Text>
      )}
      {cells.type === 'failed' && <Text c="var(--bad)">{cells.message}</Text>}
      {cells.type === 'ready' && <CellTable sweep={sweep} cells={cells.value} />}
    </section>
  );
}

function Head({ sweep }: { readonly sweep: SweepHead }) {
  const { graph, status, startedAt, seconds, cells, done, running, failed, command } = sweep;
  return (
    <header>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <h2 className={styles.title}>{graph}</h2>
          <Text size="sm" c="var(--soft)">
            {status} · <Moment iso={startedAt} />
            {seconds !== null && ` · took ${printDuration(seconds)}`} · {done} of {cells} cells done
            {running > 0 && `, ${running} running`}
            {failed > 0 && `, ${failed} failed`}
          </Text>
          <code className={styles.command} title={command}>
            {command}
          </code>
        </div>
        <CopyButton value={command}>
          {({ copied, copy }) => (
            <Button
              size="compact-sm"
              variant="default"
              style={{ flex: 'none' }}
              leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy the command'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <SweepActions sweep={sweep} />
      {status === 'running' && (
        <Progress
          mt="xs"
          size="sm"
          color="var(--accent)"
          value={(100 * done) / cells}
          aria-label={`${done} of ${cells} cells done`}
        />
      )}
    </header>
  );
}
