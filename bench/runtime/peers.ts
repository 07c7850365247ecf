/** The same no-op graph in other programs that run graphs: ten chains of targets, each of which is stamped. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A peer. `time` gives milliseconds per step, start of the program included; undefined where it is not installed. */
export type Peer = {
  readonly name: string;
  readonly runs: number;
  readonly time: (folder: string, steps: number) => number | undefined;
};

type Program = {
  /** Content by file name. */
  readonly files: (steps: number) => Readonly<Record<string, string>>;
  readonly command: readonly [string, ...string[]];
};

const names = (steps: number) => Array.from({ length: steps }, (_, i) => `t${i}`);

const makefile: Program = {
  command: ['make', '-j2', '-s', 'all'],
  files(steps) {
    const rules = names(steps).map(
      (name, i) => `${name}:${i < 10 ? '' : ` t${i - 10}`}\n\t@touch ${name}`,
    );
    return { Makefile: `all: ${names(steps).join(' ')}\n${rules.join('\n')}\n` };
  },
};

const snakefile: Program = {
  command: ['snakemake', '-j2', '-q', 'all', '--nolock'],
  files(steps) {
    const list = names(steps).map((name) => `"${name}"`);
    const rules = list.map((name, i) => {
      const input = i < 10 ? '' : `    input: ${list[i - 10]}\n`;
      return `rule n${i}:\n${input}    output: ${name}\n    shell: "touch {output}"\n`;
    });
    return { Snakefile: `rule all:\n    input: ${list.join(', ')}\n${rules.join('')}` };
  },
};

/** Stamps a file per step, as the others do, and ends Node-RED after the last; nothing of it listens on a port. */
const nodeRedSettings = (steps: number) => `let left = ${steps};
const stamp = (name) => {
  require('node:fs').writeFileSync(name, '');
  if (--left === 0) process.exit(0);
};
module.exports = { httpAdminRoot: false, httpNodeRoot: false, uiPort: 0, uiHost: '127.0.0.1', functionGlobalContext: { stamp }, logging: { console: { level: 'off' } } };
`;

const nodeRed: Program = {
  command: ['node-red', '--userDir', '.', '--settings', 'settings.js', 'flows.json'],
  files(steps) {
    const all = names(steps);
    const start = { id: 'start', type: 'inject', z: 'flow', once: true, onceDelay: 0, props: [] };
    const nodes = all.map((name, i) => ({
      id: name,
      type: 'function',
      z: 'flow',
      func: `global.get('stamp')('${name}'); return msg;`,
      outputs: 1,
      wires: [all.slice(i + 10, i + 11)],
    }));
    const flow = { id: 'flow', type: 'tab', label: 'no-op' };
    const flows = [flow, { ...start, wires: [all.slice(0, 10)] }, ...nodes];
    return { 'settings.js': nodeRedSettings(steps), 'flows.json': JSON.stringify(flows) };
  },
};

function timeProgram({ files, command }: Program): Peer['time'] {
  return (folder, steps) => {
    const at = mkdtempSync(join(folder, `${command[0]}-`));
    for (const [name, text] of Object.entries(files(steps))) writeFileSync(join(at, name), text);
    const startedMs = performance.now();
    const [program, ...args] = command;
    const { status, error } = spawnSync(program, args, { cwd: at });
    if (error !== undefined) return undefined; // not installed
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
    return (performance.now() - startedMs) / steps;
  };
}

/** Debian's `make` and `snakemake`, npm's `node-red` where it is on the path; what takes long gets one run. */
export const peers: readonly Peer[] = [
  { name: 'make -j2', runs: 3, time: timeProgram(makefile) },
  { name: 'snakemake -j2', runs: 1, time: timeProgram(snakefile) },
  { name: 'node-red', runs: 3, time: timeProgram(nodeRed) },
];
