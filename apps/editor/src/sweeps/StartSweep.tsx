import { Button, Checkbox, Group, Modal, NumberInput, Select, Text, Textarea } from '@mantine/core';
import type { SweepPlan } from '@radiograph/api';
import { type GraphDocument, printDocument } from '@radiograph/graph';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useDocument } from '../document/document-store.ts';
import { printDuration } from '../runs/print.ts';
import { server } from '../server/client.ts';
import { createReader, type Loaded } from '../server/create-reader.ts';
import { chooseSweep, refreshSweeps } from './sweeps-store.ts';

type Asked = Parameters<typeof server.sweeps.plan>[0]['body'];

const usePlan = createReader((key: string) =>
  server.sweeps.plan({ body: JSON.parse(key) as Asked }),
);

/** Starts a sweep of the open graph: what is swept, and how much that is, before anything runs. */
export function StartSweep({ onClose }: { readonly onClose: () => void }) {
  const document = useDocument((state) => state.document);
  const path = useDocument(({ file }) => file.path);
  const form = useForm(document);
  const { request, executor, isEmpty } = form;
  const asked = { path, text: printDocument(document), request };
  const plan = usePlan(isEmpty ? null : JSON.stringify(asked));
  const { start, problem, isStarting } = useStart(onClose);
  return (
    <Modal opened onClose={onClose} title={`Sweep ${document.name}`} size="lg">
      <Fields form={form} />
      <PlanText plan={plan} isEmpty={isEmpty} />
      {problem !== null && (
        <Text mt="xs" size="sm" c="var(--bad)" style={{ whiteSpace: 'pre-wrap' }}>
          {problem}
        </Text>
      )}
      <Group mt="md" justify="flex-end">
        <Button variant="default" size="compact-sm" onClick={onClose}>
          Cancel
        </Button>
        <Button
          size="compact-sm"
          leftSection={<IconPlayerPlay size={14} />}
          disabled={plan.type !== 'ready'}
          loading={isStarting}
          onClick={() => void start({ ...asked, executor })}
        >
          Start the sweep
        </Button>
      </Group>
    </Modal>
  );
}

function useForm(document: GraphDocument) {
  const variants = Object.entries(document.variants ?? {});
  const [axes, setAxes] = useState<readonly string[]>(
    document.sweep?.axes ?? variants.map(([axis]) => axis),
  );
  const [lines, setLines] = useState('');
  const [seeds, setSeeds] = useState<number>(document.sweep?.seeds ?? 1);
  const [executor, setExecutor] = useState<'local' | 'slurm'>('local');
  const grids = lines
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  // Without a ticked axis the grids alone are swept.
  const chosen = axes.length > 0 ? axes : grids.map((grid) => grid.split('=')[0]!);
  return {
    variants,
    axes,
    setAxes,
    lines,
    setLines,
    seeds,
    setSeeds,
    executor,
    setExecutor,
    request: { axes: [...chosen], grids, seeds },
    isEmpty: chosen.length === 0 && variants.length > 0,
  };
}

function Fields({ form }: { readonly form: ReturnType<typeof useForm> }) {
  const { variants } = form;
  return (
    <>
      <Checkbox.Group label="Axes" value={[...form.axes]} onChange={form.setAxes}>
        {variants.length === 0 && <Text size="xs">This graph has none: write a grid below.</Text>}
        {variants.map(([axis, values]) => (
          <Checkbox
            key={axis}
            mt={6}
            size="xs"
            value={axis}
            label={`${axis}: ${Object.keys(values).join(', ')}`}
          />
        ))}
      </Checkbox.Group>
      <Textarea
        mt="sm"
        size="xs"
        autosize
        minRows={2}
        label="Grids of parameters"
        description="One a line, as mixer.rho=0.1,0.5,0.9"
        value={form.lines}
        onChange={(event) => form.setLines(event.currentTarget.value)}
      />
      <Group mt="sm" grow>
        <NumberInput
          size="xs"
          label="Seeds"
          min={1}
          max={1000}
          value={form.seeds}
          onChange={(value) => form.setSeeds(Math.max(1, Number(value) || 1))}
        />
        <Select
          size="xs"
          label="Runs on"
          allowDeselect={false}
          data={[
            { value: 'local', label: 'this machine' },
            { value: 'slurm', label: 'Slurm' },
          ]}
          value={form.executor}
          onChange={(value) => form.setExecutor(value === 'slurm' ? 'slurm' : 'local')}
        />
      </Group>
    </>
  );
}

type PlanTextProps = { readonly plan: Loaded<SweepPlan>; readonly isEmpty: boolean };

function PlanText({ plan, isEmpty }: PlanTextProps) {
  const words = () => {
    if (isEmpty) return 'Choose an axis or write a grid.';
    if (plan.type === 'waiting') return 'Planning…';
    return plan.type === 'failed' ? plan.message : describePlan(plan.value);
  };
  const color = plan.type === 'failed' ? { c: 'var(--bad)' } : {};
  return (
    <Text
      mt="md"
      size="sm"
      role="status"
      aria-label="Plan"
      style={{ whiteSpace: 'pre-wrap' }}
      {...color}
    >
      {words()}
    </Text>
  );
}

/** `6 cells; 54 steps, 20 of them different: 12 to run, 8 in the store. About 3 min of computing.` */
function describePlan({ cells, steps, different, run, seconds, unknown }: SweepPlan): string {
  const shared = `${cells.length} cells; ${steps} steps, ${different} of them different: ${run} to run, ${different - run} in the store.`;
  const unmeasured = unknown === 0 ? '' : `, and ${unknown} steps that have never run`;
  return `${shared} About ${printDuration(seconds)} of computing by earlier runs${unmeasured}.`;
}

/** Starting, and why it could not. */
function useStart(onStarted: () => void) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const start = async (body: Parameters<typeof server.sweeps.start>[0]['body']) => {
    setStarting(true);
    setProblem(null);
    try {
      const { sweepId } = await server.sweeps.start({ body });
      await refreshSweeps();
      chooseSweep(sweepId);
      onStarted();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setStarting(false);
    }
  };
  return { start, problem, isStarting };
}
