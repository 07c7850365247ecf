/** The most memory that a step and a run held: the process's resident set, which counts weights in native code too. */
import { openSync, readSync, writeSync } from 'node:fs';

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
export function openPeakMeter(probe: MemoryProbe = askSystem()): PeakMeter {
  const running = new Set<{ peak: number }>();
  // Between two resets the set of running steps is the same, so a peak belongs to each of them.
  const charge = () => {
    const peak = probe.highest();
    for (const step of running) step.peak = Math.max(step.peak, peak);
  };
  return {
    begin() {
      if (running.size > 0) charge();
      probe.reset();
      const step = { peak: 0 };
      running.add(step);
      return () => {
        if (!running.has(step)) return step.peak;
        charge();
        running.delete(step);
        if (running.size > 0) probe.reset();
        return step.peak;
      };
    },
  };
}

const resetPeak = '5'; // proc(5), clear_refs: "reset the peak resident set size"

/** One for the process. Its files of /proc stay open: a short step would pay more for opening them than for reading. */
let known: MemoryProbe | undefined;
const askSystem = (): MemoryProbe => {
  known ??= openSystemProbe();
  return known;
};

function openSystemProbe(): MemoryProbe {
  const status = openIfThere('/proc/self/status', 'r');
  // Without it (another system, or a sandbox) peaks of later steps include earlier ones.
  const references = openIfThere('/proc/self/clear_refs', 'w');
  return {
    highest: () => (status && readHighWater(status)) ?? process.resourceUsage().maxRSS * 1024,
    reset() {
      if (references !== undefined) writeSync(references, resetPeak);
    },
  };
}

function openIfThere(path: string, flags: string): number | undefined {
  try {
    return openSync(path, flags);
  } catch {
    return undefined;
  }
}

const buffer = Buffer.alloc(4096);

/** VmHWM of Linux, in bytes. */
function readHighWater(status: number): number | undefined {
  const text = buffer.toString('latin1', 0, readSync(status, buffer, 0, buffer.length, 0));
  const at = text.indexOf('VmHWM:');
  return at < 0 ? undefined : Number.parseInt(text.slice(at + 6, at + 30), 10) * 1024;
}
