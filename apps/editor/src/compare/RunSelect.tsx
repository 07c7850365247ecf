import { Select } from '@mantine/core';
import type { RunScores, RunSummary } from '@radiograph/api';
import { printMoment } from '../runs/print.ts';
import { useRuns } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { createReader } from '../server/create-reader.ts';

const useScores = createReader(async () => (await server.runs.scores()).runs);

/** What the runs scored and which arms they were, by run; read again when a run begins or ends. */
function useRunScores(): ReadonlyMap<string, RunScores> {
  const key = useRuns(({ history }) => {
    const running = history.filter(({ status }) => status === 'running').length;
    return `${history[0]?.runId} ${history.length} ${running}`;
  });
  const scores = useScores(key);
  return new Map(scores.type === 'ready' ? scores.value.map((one) => [one.runId, one]) : []);
}

type RunSelectProps = {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (runId: string) => void;
};

/** Chooses a run by its graph, arm, date and score. */
export function RunSelect({ label, value, onChange }: RunSelectProps) {
  const history = useRuns((state) => state.history);
  const scores = useRunScores();
  return (
    <Select
      size="xs"
      label={label}
      value={value}
      allowDeselect={false}
      searchable
      nothingFoundMessage="No run is called so"
      maxDropdownHeight={360}
      data={history.map((run) => ({
        value: run.runId,
        label: printRun(run, scores.get(run.runId)),
      }))}
      onChange={(id) => {
        if (id !== null) onChange(id);
      }}
    />
  );
}

/** `CheXseg · semi, seed 0 · mIoU 0.338 · 30 Nov 14:02:11`; a run that did not finish says so. */
function printRun({ graph, status, startedAt, runId }: RunSummary, own?: RunScores): string {
  const [score] = own?.scores ?? [];
  return [
    graph,
    ...(own?.arm == null ? [] : [own.arm]),
    ...(status === 'done' ? [] : [status]),
    ...(score?.mean == null ? [] : [`mIoU ${score.mean.toFixed(3)}`]),
    printMoment(startedAt),
    runId.slice(-4), // two of one second
  ].join(' · ');
}
