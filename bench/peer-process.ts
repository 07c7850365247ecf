/** A PyTorch process that measures one step per question. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type PeerProcess = {
  readonly versions: string;
  /** Milliseconds of one step. */
  readonly ask: (work: string) => Promise<number>;
  /** Takes one more step; what the process has cost so far. */
  readonly cost: (work: string) => Promise<{ readonly peakMiB: number; readonly startS: number }>;
  readonly close: () => void;
};

/** Starts `bench/peers/<script>`. @throws if Python or PyTorch is missing, with what to install. */
export async function openPeer(
  script: string,
  environment: Readonly<Record<string, string>>,
): Promise<PeerProcess> {
  const path = fileURLToPath(new URL(`./peers/${script}`, import.meta.url));
  const child = spawn('/usr/bin/python3', [path], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = once(child, 'close').then(() => ({ done: true as const, value: undefined }));
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await Promise.race([lines.next(), gone]);
    if (done === true || value === undefined)
      throw new Error(
        `${script} ended: install python3-torch python3-torchvision libopenblas0-pthread (Debian)`,
      );
    return JSON.parse(value) as Record<string, unknown>;
  };
  const { versions } = await next();
  const step = (work: string) => {
    child.stdin.write(`${JSON.stringify({ work })}\n`);
    return next();
  };
  return {
    versions: String(versions),
    ask: async (work) => Number((await step(work)).ms),
    async cost(work) {
      const { peak_mib, start_s } = await step(work);
      return { peakMiB: Number(peak_mib), startS: Number(start_s) };
    },
    close: () => child.kill(),
  };
}
