/** What the machine of a local sweep offers. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, freemem } from 'node:os';
import type { Accelerator } from '@radiograph/tensor';

/** Cores, memory and accelerators. */
export type Machine = {
  readonly cores: number;
  readonly memoryBytes: number;
  /** As CUDA_VISIBLE_DEVICES names them; undefined: steps compute on the cores. */
  readonly devices: readonly string[] | undefined;
};

/** This machine as it is now. Devices are looked for only where the engine computes on one. */
export function readMachine({ accelerator }: { readonly accelerator: Accelerator }): Machine {
  return {
    cores: availableParallelism(),
    memoryBytes: process.availableMemory?.() || freemem(), // Node before 22, or without /proc, knows the machine's alone
    devices: devicesOf[accelerator](),
  };
}

const devicesOf: { readonly [A in Accelerator]: () => string[] | undefined } = {
  none: () => undefined,
  webgpu: () => ['0'], // WebGPU picks the device by itself, the same for every process
  cuda: () => findDevices(),
};

type Environment = Readonly<Record<string, string | undefined>>;

/** The devices that this process may use: what CUDA_VISIBLE_DEVICES allows, else all that the driver lists. */
export function findDevices(
  environment: Environment = process.env,
  listAll: () => string = askDriver,
): string[] {
  const { CUDA_VISIBLE_DEVICES: allowed } = environment;
  const names = (allowed ?? listAll()).split(/[,\n]/).map((name) => name.trim());
  const end = names.indexOf('-1'); // CUDA ends its list there
  return (end < 0 ? names : names.slice(0, end)).filter((name) => name !== '');
}

function askDriver(): string {
  try {
    const query = ['--query-gpu=index', '--format=csv,noheader'];
    return execFileSync('nvidia-smi', query, {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return ''; // no driver
  }
}
