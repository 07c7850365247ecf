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
  readonly file: string;
  readonly text: (steps: number) => string;
  readonly command: readonly [string, ...string[]];
};

const names = (steps: number) => Array.from({ length: steps }, (_, i) => `t${i}`);

const makefile: Program = {
  file: 'Makefile',
  command: ['make', '-j2', '-s', 'all'],
  text(steps) {
    const rules = names(steps).map(
      (name, i) => `${name}:${i < 10 ? '' : ` t${i - 10}`}\n\t@touch ${name}`,
    );
    return `all: ${names(steps).join(' ')}\n${rules.join('\n')}\n`;
  },
};

const snakefile: Program = {
  file: 'Snakefile',
  command: ['snakemake', '-j2', '-q', 'all', '--nolock'],
  text(steps) {
    const list = names(steps).map((name) => `"${name}"`);
    const rules = list.map((name, i) => {
      const input = i < 10 ? '' : `    input: ${list[i - 10]}\n`;
      return `rule n${i}:\n${input}    output: ${name}\n    shell: "touch {output}"\n`;
    });
    return `rule all:\n    input: ${list.join(', ')}\n${rules.join('')}`;
  },
};

function timeProgram({ file, text, command }: Program): Peer['time'] {
  return (folder, steps) => {
    const at = mkdtempSync(join(folder, `${command[0]}-`));
    writeFileSync(join(at, file), text(steps));
    const startedMs = performance.now();
    const [program, ...args] = command;
    const { status, error } = spawnSync(program, args, { cwd: at });
    if (error !== undefined) return undefined; // not installed
    if (status !== 0) throw new Error(`${program} ended with ${status}`);
    return (performance.now() - startedMs) / steps;
  };
}

/** Debian's `make` and `snakemake`; the second takes long enough for one run. */
export const peers: readonly Peer[] = [
  { name: 'make -j2', runs: 3, time: timeProgram(makefile) },
  { name: 'snakemake -j2', runs: 1, time: timeProgram(snakefile) },
];
