/** `npm run bench -- NAME`: measures, prints a table, writes bench/results/NAME.json, regenerates bench/RESULTS.md. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bench as data } from './data.ts';
import { bench as editor } from './editor.ts';
import { bench as engine } from './engine.ts';
import { bench as growth } from './growth.ts';
import type { Bench, Row } from './measure.ts';
import { bench as method } from './method.ts';
import { printProfiles } from './profile.ts';
import { bench as runtime } from './runtime.ts';
import { bench as sweep } from './sweep.ts';

const benches: Readonly<Record<string, Bench>> = {
  data,
  editor,
  engine,
  growth,
  method,
  runtime,
  sweep,
};
const folder = fileURLToPath(new URL('./results/', import.meta.url));
const machinePath = `${folder}machine.json`;

/** Where and against what each bench was measured. */
type Machines = Record<
  string,
  {
    readonly title: string;
    readonly peer: string;
    readonly machine: string;
    readonly date: string;
    readonly notes?: string;
  }
>;

async function main(name: string | undefined): Promise<number> {
  if (name === 'engine-profile') {
    await printProfiles(process.argv.slice(3));
    return 0;
  }
  const bench = name === undefined ? undefined : benches[name];
  if (name === undefined || bench === undefined) {
    console.log(
      `npm run bench -- NAME, one of: ${Object.keys(benches).join(', ')}, or engine-profile [NETWORK...]`,
    );
    return name === undefined ? 0 : 1;
  }
  const { rows, peer, notes, isPartial = false } = await bench.run();
  if (isPartial) {
    console.log([printTable(rows), notes].filter(Boolean).join('\n\n'));
    return 0;
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(rows, null, 2)}\n`);
  const machines: Machines = existsSync(machinePath)
    ? (JSON.parse(readFileSync(machinePath, 'utf8')) as Machines)
    : {};
  const machine = `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${platform()} ${arch()}, Node ${process.version}`;
  machines[name] = {
    title: bench.title,
    peer,
    machine,
    date: new Date().toISOString().slice(0, 10),
    ...(notes === undefined ? {} : { notes }),
  };
  writeFileSync(machinePath, `${JSON.stringify(machines, null, 2)}\n`);
  writeFileSync(fileURLToPath(new URL('./RESULTS.md', import.meta.url)), printResults(machines));
  console.log(printTable(rows));
  return 0;
}

function printResults(machines: Machines): string {
  const sections = readdirSync(folder)
    .filter((file) => file.endsWith('.json') && file !== 'machine.json')
    .sort()
    .map((file) => {
      const name = file.replace('.json', '');
      const rows = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Row[];
      const { title, peer, machine, date, notes } = machines[name]!;
      const under = notes === undefined ? '' : `\n${notes}\n`;
      return `## ${name}\n\n${title}. Peer: ${peer}. Measured ${date} on ${machine}.\n\n${printTable(rows)}\n${under}`;
    });
  const head =
    '# Benchmarks\n\nRatio = our cost / the peer’s, medians of alternating runs; below 1 is better. Made by `npm run bench -- NAME`; do not edit.\n';
  return [head, ...sections].join('\n');
}

function printTable(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ work, ours, peer, unit, ratio, runs }) =>
      `| ${work} | ${ours} | ${peer} | ${unit} | ${ratio} | ${runs} |`,
  );
  return [
    '| work | ours | peer | unit | ratio | runs |',
    '| --- | ---: | ---: | --- | ---: | ---: |',
    ...lines,
  ].join('\n');
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  console.error(`cannot measure: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
