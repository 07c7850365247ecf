/** The most memory that a step and a run held: the process's resident set, which counts weights in native code too. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Measures steps, also side by side: while several run, each is charged what the process held. */
export type PeakMeter = {
  /** Begins a step; what comes back ends it and gives its peak in bytes. */
  readonly begin: () => () => number;
};

/** How the operating system is asked; a test gives its own. */
export type MemoryProbe = {
  /** The highest resident set since the last reset, in bytes. */
  readonly highest: () => number;
  /** Begins anew at what is held now. Where the system cannot, peaks only rise. */
  readonly reset: () => void;
};

/** Opens a meter on this process. */
export function openPeakMeter(probe: MemoryProbe = systemProbe()): PeakMeter {
  const running = new Set<{ peak: number }>();
  // Between two resets the set of running steps is the same, so a peak belongs to each of them.
  const charge = () => {
    const peak = probe.highest();
    for (const step of running) step.peak = Math.max(step.peak, peak);
    probe.reset();
  };
  return {
    begin() {
      charge();
      const step = { peak: 0 };
      running.add(step);
      return () => {
        charge();
        running.delete(step);
        return step.peak;
      };
    },
  };
}

function systemProbe(): MemoryProbe {
  const highest = () => readHighWater() ?? process.resourceUsage().maxRSS * 1024;
  return { highest, reset: resetHighWater };
}

/** VmHWM of Linux, in bytes. */
function readHighWater(): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined; // not Linux
  }
}

const status = '/proc/self/status';
const resetPeak = '5'; // proc(5), clear_refs: "reset the peak resident set size"

function resetHighWater(): void {
  try {
    writeFileSync('/proc/self/clear_refs', resetPeak);
  } catch {
    // another system, or a sandbox: peaks of later steps include earlier ones
  }
}
