import { Button, Group, Menu, Text } from '@mantine/core';
import { addressOf, api, type SweepHead } from '@radiograph/api';
import { IconDownload, IconPlayerPlay, IconPlayerStop, IconReport } from '@tabler/icons-react';
import { useState } from 'react';
import { server } from '../server/client.ts';
import { chooseSweep, refreshSweeps } from './sweeps-store.ts';

/** What can be done with a sweep: stop it, run it again (what is finished is reused), write its report, and take its tables and figures. */
export function SweepActions({ sweep }: { readonly sweep: SweepHead }) {
  const { sweepId, status, done } = sweep;
  const params = { id: sweepId };
  const [problem, setProblem] = useState<string | null>(null);
  const [files, setFiles] = useState<readonly string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const act = async (action: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(null);
    try {
      await action();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
      await refreshSweeps();
    }
  };
  const resume = async () =>
    chooseSweep((await server.sweeps.resume({ params, body: {} })).sweepId);
  const report = async () => setFiles((await server.sweeps.report({ params, body: {} })).files);
  return (
    <div>
      <Group gap={6} mt="xs">
        {status === 'running' ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={isBusy}
            leftSection={<IconPlayerStop size={14} />}
            onClick={() => void act(() => server.sweeps.stop({ params, body: {} }))}
          >
            Stop
          </Button>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            loading={isBusy}
            leftSection={<IconPlayerPlay size={14} />}
            title="Finished steps are reused"
            onClick={() => void act(resume)}
          >
            {status === 'done' ? 'Run again' : 'Resume'}
          </Button>
        )}
        {status !== 'running' && done > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            loading={isBusy}
            leftSection={<IconReport size={14} />}
            onClick={() => void act(report)}
          >
            Write the report
          </Button>
        )}
        {files.length > 0 && <ReportFiles sweepId={sweepId} files={files} />}
      </Group>
      {problem !== null && (
        <Text size="sm" c="var(--bad)">
          {problem}
        </Text>
      )}
    </div>
  );
}

type ReportFilesProps = { readonly sweepId: string; readonly files: readonly string[] };

/** The page, and what it is made of, to take along. */
function ReportFiles({ sweepId, files }: ReportFilesProps) {
  const place = (name: string) => addressOf(api.sweeps.file, { params: { id: sweepId, name } });
  return (
    <>
      <Button
        size="compact-sm"
        variant="light"
        component="a"
        href={place('report.html')}
        target="_blank"
      >
        Open the report
      </Button>
      <Menu>
        <Menu.Target>
          <Button size="compact-sm" variant="default" leftSection={<IconDownload size={14} />}>
            Tables and figures
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
          {files.map((name) => (
            <Menu.Item key={name} component="a" href={place(name)} download={`${sweepId}.${name}`}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
