import { listAccepted, RadiographError } from '@radiograph/graph';
import {
  bytesPerSecond,
  type CachedStep,
  collectGarbage,
  listPins,
  pinRun,
  summarizeRuns,
  takeInventory,
  unpinRun,
  verifyStore,
} from '@radiograph/runtime';
import { readCacheBudget } from '../cache-budget.ts';
import { exitCodes } from '../exit-codes.ts';
import { findHome } from '../open-graph.ts';
import { nodePackages } from '../registry.ts';
import { parseBytes, printBytes } from '../terminal/bytes.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { printTable } from '../terminal/print-table.ts';

type Json = { readonly json: boolean };

/** `radiograph cache ls`: the steps that are kept, in the order in which a budget would remove them. */
export async function cacheListCommand(flags: Json): Promise<number> {
  const home = findHome();
  const { steps, files, totalBytes } = await takeInventory(home);
  const ranked = steps.toSorted((a, b) => bytesPerSecond(b) - bytesPerSecond(a));
  if (flags.json) {
    const pins = await listPins(home);
    console.log(JSON.stringify({ totalBytes, pins, steps: ranked }, null, 2));
    return 0;
  }
  const rows = ranked.map(({ record, bytes, ownBytes, isPinned }) => [
    record.key.slice(0, 12),
    record.nodeId,
    record.parts.type,
    printBytes(bytes),
    printBytes(ownBytes),
    printDuration(record.seconds),
    isPinned ? 'pinned' : '',
  ]);
  const columns = ['key', 'node', 'type', 'size', 'own', 'took', ''];
  console.log(printTable({ title: 'first to go first', columns, rows }));
  console.log(`\n${steps.length} steps, ${files.size} files, ${printBytes(totalBytes)}`);
  return 0;
}

/** `radiograph cache why DIGEST`: what made an artifact or has a key, from what, and which runs used it. */
export async function cacheWhyCommand(wanted: string, flags: Json): Promise<number> {
  const home = findHome();
  const { steps } = await takeInventory(home);
  const found = findKept(steps, wanted);
  if (found.length === 0) {
    const nodes = [...new Set(steps.map(({ record }) => record.nodeId))];
    throw new RadiographError('usage', {
      path: wanted,
      message: `expected a node with kept steps (${listAccepted(wanted, nodes)}), or the first characters (4 at least) of a step key or artifact digest`,
    });
  }
  if (flags.json) console.log(JSON.stringify(found, null, 2));
  else for (const step of found) console.log(await explainStep(step, home));
  return 0;
}

/** Steps by node id, else by the beginning of their key or of an artifact's digest. */
function findKept(steps: readonly CachedStep[], wanted: string): readonly CachedStep[] {
  const ofNode = steps.filter(({ record }) => record.nodeId === wanted);
  if (ofNode.length > 0 || wanted.length < 4) return ofNode;
  const names = ({ record }: CachedStep) => [record.key, ...Object.values(record.outputs)];
  return steps.filter((step) => names(step).some((name) => name.startsWith(wanted)));
}

async function explainStep(step: CachedStep, home: string): Promise<string> {
  const { record, bytes, ownBytes, isPinned } = step;
  const { parts } = record;
  const runs = (await summarizeRuns(home)).filter(({ keys }) => keys.includes(record.key));
  return [
    `${record.key}  ${record.nodeId} (${parts.type}, version ${parts.version})`,
    `  computed in ${printDuration(record.seconds)}, finished ${record.finishedAt}`,
    `  ${printBytes(bytes)}, ${printBytes(ownBytes)} of it held by no other step${isPinned ? '; pinned' : ''}`,
    `  code ${parts.implementation.slice(0, 12)}, seed ${parts.seed ?? 'none'}, engine ${parts.numerics ?? 'none'}`,
    ...Object.entries(parts.params).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`),
    ...Object.entries(parts.inputs).map(
      ([port, digests]) => `  input ${port}: ${digests.map((d) => d.slice(0, 12)).join(', ')}`,
    ),
    ...Object.entries(parts.sources).map(
      ([path, digest]) => `  data ${path}: ${digest.slice(0, 12)}`,
    ),
    ...Object.entries(record.outputs).map(([port, digest]) => `  output ${port}: ${digest}`),
    `  used by ${runs.length === 0 ? 'no run that is recorded' : runs.map(({ runId }) => runId).join(', ')}`,
  ].join('\n');
}

/** `radiograph cache gc`: removes what nothing needs and, above the budget, what is cheapest to compute again. */
export async function cacheCollectCommand(flags: {
  readonly maxSize?: string;
  readonly dryRun: boolean;
}): Promise<number> {
  const { maxSize, dryRun } = flags;
  const maxBytes = maxSize === undefined ? readCacheBudget() : parseBytes('--max-size', maxSize);
  const { steps, files, freedBytes, keptBytes } = await collectGarbage({
    home: findHome(),
    dryRun,
    packages: nodePackages,
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  for (const { record, ownBytes } of steps)
    console.log(
      `${record.nodeId} ${record.key.slice(0, 12)}: ${printBytes(ownBytes)}, ${printDuration(record.seconds)} to compute`,
    );
  const verb = dryRun ? 'would remove' : 'removed';
  console.log(
    `${verb} ${steps.length} steps, ${files} files, ${printBytes(freedBytes)}; ${printBytes(keptBytes)} stay`,
  );
  return 0;
}

/** `radiograph cache verify`: reads every artifact. Exit code 6 if one is damaged and stays so. */
export async function cacheVerifyCommand(flags: { readonly repair: boolean }): Promise<number> {
  const { artifacts, damaged } = await verifyStore(findHome(), flags);
  for (const { nodeId, port, message } of damaged) console.log(`${nodeId}.${port}: ${message}`);
  const outcome = flags.repair
    ? 'removed; the next run computes them again'
    : 'damaged; --repair removes them';
  console.log(
    damaged.length === 0
      ? `${artifacts} artifacts, all whole`
      : `${damaged.length} of ${artifacts} artifacts ${outcome}`,
  );
  return damaged.length === 0 || flags.repair ? 0 : exitCodes.mismatch;
}

/** `radiograph cache pin RUN` and `unpin`. */
export async function cachePinCommand(run: string): Promise<number> {
  console.log(`${await pinRun(findHome(), run)}: pinned; gc keeps all that it used`);
  return 0;
}

export async function cacheUnpinCommand(run: string): Promise<number> {
  const wasPinned = await unpinRun(findHome(), run);
  console.log(wasPinned ? `${run}: no longer pinned` : `${run}: was not pinned`);
  return 0;
}
