import type { api, Received } from '@radiograph/api';
import { parseDocument } from '@radiograph/graph';
import {
  openSweep,
  readSweepDetails,
  readSweptGraph,
  type SweepDetails,
  sumEstimates,
  summarizeSweeps,
} from '@radiograph/sweep';
import { keepCompared } from '../compare-sweep.ts';
import { describeCells, describeSweep } from '../describe-sweep.ts';
import { HttpError } from '../http-error.ts';
import { createScoreReader } from '../run-scores.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';
import { launchSweep } from '../sweep-process.ts';
import { sendReportFile, writeSweepReport } from '../sweep-report.ts';

/** The sweeps of the workspace: their cells, and their arms compared. */
export function sweepHandlers(services: Services): Handlers<typeof api.sweeps> {
  const { home } = services;
  const readScores = createScoreReader(services);
  const read = keepEnded((id) => readSweepDetails(home, id));
  const compare = keepCompared(services);
  return {
    list: async () => {
      const all = await summarizeSweeps(home);
      const heads = all.map(async ({ sweepId, status }) => {
        const details = await read(sweepId, status !== 'running');
        return describeSweep(details, await describeCells(details, readScores));
      });
      return { sweeps: await Promise.all(heads) };
    },
    read: async ({ params }) => {
      const details = await read(params.id, false);
      const cells = await describeCells(details, readScores);
      return { sweep: describeSweep(details, cells), cells };
    },
    compare: async ({ params }) => compare(await read(params.id, false)),
    ...actionHandlers(services),
  };
}

type Actions = 'plan' | 'start' | 'resume' | 'stop' | 'report' | 'file';

/** What is done with sweeps. */
function actionHandlers(services: Services): Pick<Handlers<typeof api.sweeps>, Actions> {
  const { home, workspace, packages, engine, files } = services;
  const launch = (graphPath: string, text: string, flags: readonly string[]) =>
    launchSweep({ home, workspace, graphPath, text, flags: [...flags, '--engine', engine] });
  return {
    plan: async ({ body: { path, text, request } }) => {
      const place = {
        home,
        graphPath: await files.resolve(path),
        packages,
        workerEntry: '',
        engine,
      };
      const asked = readRequest(request);
      const plan = await openSweep({ document: parseDocument(text), request: asked, place });
      const run = plan.tasks.filter(({ state }) => state === 'run');
      return {
        cells: plan.cells.map(({ name }) => name),
        steps: plan.cells.reduce((sum, { graph }) => sum + graph.nodes.length, 0),
        different: plan.tasks.length,
        run: run.length,
        ...sumEstimates(run),
      };
    },
    start: async ({ body: { path, text, request, executor } }) => {
      const flags = [...listFlags(readRequest(request)), '--executor', executor];
      return { sweepId: await launch(await files.resolve(path), text, flags) };
    },
    resume: async ({ params }) => {
      const { request, graphPath } = await readSweepDetails(home, params.id);
      if (request === null)
        throw refuse(
          params.id,
          'a sweep that kept what it was asked for, got one of an older version; use its command',
        );
      const text = await readSweptGraph(home, params.id);
      const flags = [...listFlags(request), '--executor', request.executor];
      return { sweepId: await launch(graphPath, text, flags) };
    },
    stop: async ({ params }) => {
      const { status, pid } = await readSweepDetails(home, params.id);
      if (status !== 'running')
        throw refuse(params.id, `a running sweep, got one that is ${status}`);
      process.kill(pid, 'SIGINT');
      return {};
    },
    report: async ({ params }) => ({
      files: await writeSweepReport({ home, packages }, params.id),
    }),
    file: async ({ params }, { response }) => sendReportFile(response, { home, ...params }),
  };
}

const refuse = (id: string, expected: string): HttpError =>
  new HttpError(400, { code: 'usage', problem: { path: id, message: `expected ${expected}` } });

type Asked = Parameters<typeof openSweep>[0]['request'];

const readRequest = ({ seeds, ...lists }: Received<typeof api.sweeps.plan>['body']['request']) =>
  seeds === null ? lists : { ...lists, seeds };

/** A request as the command line takes it. */
function listFlags({ axes = [], grids = [], skip = [], combine, seeds }: Asked): string[] {
  return [
    ...axes.flatMap((axis) => ['--axis', axis]),
    ...grids.flatMap((grid) => ['--grid', grid]),
    ...skip.flatMap((cell) => [
      '--skip',
      Object.entries(cell)
        .map((pair) => pair.join('='))
        .join(','),
    ]),
    ...(combine === undefined ? [] : ['--combine', combine]),
    ...(seeds === undefined ? [] : ['--seeds', String(seeds)]),
  ];
}

/** A sweep that has ended is read once. */
function keepEnded(read: (id: string) => Promise<SweepDetails>) {
  const kept = new Map<string, SweepDetails>();
  return async (id: string, hasEnded: boolean): Promise<SweepDetails> => {
    const known = kept.get(id);
    if (known !== undefined && (hasEnded || known.status === 'done')) return known;
    const details = await read(id);
    if (details.status !== 'running') kept.set(id, details);
    return details;
  };
}
