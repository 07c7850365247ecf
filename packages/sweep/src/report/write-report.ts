/** Finished sweep -> report: one HTML file, the same tables as CSV and LaTeX, the figures as SVG, the numbers as JSON. */
import { join } from 'node:path';
import { parseDocument } from '@radiograph/graph';
import { printCsv, type Table } from '@radiograph/kinds';
import { csvStyle, readManifest, writeDurably } from '@radiograph/runtime';
import {
  type ArmsComparison,
  explainComparison,
  joinIntervals,
  summarizeArms,
} from '@radiograph/statistics';
import { nameArms } from '../compare/arm-names.ts';
import { type ExperimentPlace, listMembers, openExperiment } from '../compare/experiment.ts';
import { compareExperiment } from '../compare/tabulate.ts';
import type { SweepResult } from '../run/sweep-record.ts';
import { collectExtras } from './collect.ts';
import { printLatex } from './print-tables.ts';
import { drawFigures, drawReportGraph } from './report-figures.ts';
import { printReport, type Report } from './report-html.ts';

export type ReportOptions = ExperimentPlace & {
  readonly result: SweepResult;
  /** The document that was swept. */
  readonly graphText: string;
  /** Folder to write to; created. */
  readonly folder: string;
  readonly measure?: string;
  readonly replicates?: number;
};

/** Writes the report of a sweep; gives back the sentences that head it, the numbers, and the path of the HTML file. */
export async function writeReport(options: ReportOptions): Promise<{
  readonly path: string;
  readonly summary: readonly string[];
  readonly comparison: ArmsComparison;
}> {
  const { result, folder, measure, home, packages } = options;
  const members = await listMembers(home, result);
  const experiment = await openExperiment(members, { home, packages }, measure);
  const { replicates } = options;
  const comparison = compareExperiment(experiment, replicates === undefined ? {} : { replicates });
  const extras = await collectExtras(experiment, { home, packages });
  const document = parseDocument(options.graphText);
  const names = nameArms(result.cells);
  const values = new Map(result.cells.map((cell) => [names.get(cell.arm)!, cell.values]));
  const report: Report = {
    title: document.name,
    question: document.sweep?.question,
    description: document.description,
    summary: summarizeArms(comparison.arms, values),
    note: explainComparison(comparison.arms),
    graph: drawReportGraph(document),
    figures: drawFigures({ comparison: comparison.arms, extras, values }),
    tables: {
      ...comparison.tables,
      cells: tabulateCells(result, names),
      software: await tabulateSoftware(home, result),
      manifest: tabulateManifest(result),
    },
    montages: extras.montages,
    commands: [result.command, 'radiograph compare', 'radiograph report'],
    footer: `Sweep ${result.sweepId}, finished ${result.finishedAt} after ${Math.round(result.seconds)} s. Made by Radiograph. Not for clinical use.`,
  };
  await writeFiles(folder, report, comparison.arms);
  return {
    path: join(folder, 'report.html'),
    summary: report.summary,
    comparison: comparison.arms,
  };
}

async function writeFiles(folder: string, report: Report, numbers: unknown): Promise<void> {
  await writeDurably(join(folder, 'report.html'), printReport(report));
  await writeDurably(join(folder, 'comparison.json'), `${JSON.stringify(numbers, null, 2)}\n`);
  for (const [name, table] of Object.entries(report.tables)) {
    if (table === undefined) continue;
    await writeDurably(join(folder, `${name}.csv`), printCsv(table, csvStyle()));
    const shown = name === 'arms' ? joinIntervals(table) : table;
    await writeDurably(join(folder, `${name}.tex`), printLatex(shown, name));
  }
  for (const { name, svg } of [report.graph, ...report.figures])
    await writeDurably(join(folder, `${name}.svg`), `${svg}\n`);
}

function tabulateCells({ cells }: SweepResult, names: ReadonlyMap<string, string>): Table {
  const done = cells.filter(({ status }) => status === 'done').length;
  return {
    title: `${done} of ${cells.length} cells done`,
    columns: ['arm', 'seed', 'status', 'reason'],
    rows: cells.map(({ arm, seed, status, reason }) => [
      names.get(arm)!,
      String(seed),
      status,
      reason ?? '',
    ]),
  };
}

/** What made the numbers, from the manifest of the first cell that has one. */
async function tabulateSoftware(home: string, { cells }: SweepResult): Promise<Table> {
  const rows: [string, string][] = [];
  for (const { runId } of cells) {
    const manifest = runId === null ? undefined : await readManifest(home, runId);
    if (manifest === undefined) continue;
    const { engine, versions, machine, packages } = manifest;
    const { platform, arch, cpu, cores } = machine;
    rows.push(['engine', `${engine.description}, ${engine.numerics}`]);
    rows.push(['machine', `${cpu}, ${cores} cores, ${platform} ${arch}`]);
    rows.push(...Object.entries(versions));
    for (const [name, digest] of Object.entries(packages)) rows.push([`code of ${name}`, digest]);
    break;
  }
  return { title: 'Made with', columns: ['part', 'version'], rows };
}

function tabulateManifest({ cells }: SweepResult): Table {
  const rows = cells.flatMap(({ name, outputs }) =>
    Object.entries(outputs).flatMap(([nodeId, ports]) =>
      Object.entries(ports).map(([port, digest]) => [name, `${nodeId}.${port}`, digest]),
    ),
  );
  return { title: 'Artifacts (SHA-256)', columns: ['cell', 'output', 'digest'], rows };
}
