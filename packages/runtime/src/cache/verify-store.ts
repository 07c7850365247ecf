/** Reads every record and artifact of a store and says which are not what was stored. */
import { rm } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { DamageError } from '../store/artifacts.ts';
import { openJournal } from '../store/journal.ts';
import type { PlacedLine } from '../store/journal-index.ts';
import { readLine } from '../store/journal-line.ts';
import { openStore } from '../store/store.ts';
import { listRecordFiles, takeInventory } from './inventory.ts';

/** A damaged artifact, and the step that makes it. */
export type Damage = {
  readonly nodeId: string;
  readonly port: string;
  readonly digest: string;
  readonly message: string;
};

export type Verified = { readonly artifacts: number; readonly damaged: readonly Damage[] };

/** Verifies a store; `repair` removes what is damaged, so that the next run computes it again. */
export async function verifyStore(
  home: string,
  { repair }: { readonly repair: boolean },
): Promise<Verified> {
  const store = openStore(home);
  const { steps } = await takeInventory(home);
  const damaged = [...verifyJournal(home, repair), ...(await verifyRecords(home, repair))];
  const seen = new Set<string>();
  for (const { record } of steps) {
    for (const [port, digest] of Object.entries(record.outputs)) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      const damage = await store.get(digest).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (damage === undefined) continue;
      if (!(damage instanceof DamageError)) throw damage;
      damaged.push({
        nodeId: record.nodeId,
        port,
        digest,
        message: damage.message.replace(join(home, '/'), ''),
      });
      if (repair) await store.discard(digest);
    }
  }
  return { artifacts: seen.size, damaged };
}

/** Records that are not what was written: the step that one speaks of runs again. */
async function verifyRecords(home: string, repair: boolean): Promise<Damage[]> {
  const files = await listRecordFiles(join(home, 'store'));
  const damaged = files.filter(({ record }) => record === undefined);
  if (repair) for (const { path } of damaged) await rm(path, { force: true });
  return damaged.map(({ path }) => {
    const key = basename(path, '.json');
    const message = `${relative(home, path)}: expected the record that was written, got another`;
    return { nodeId: `step ${key.slice(0, 12)}`, port: 'record', digest: key, message };
  });
}

function verifyJournal(home: string, repair: boolean): Damage[] {
  const journal = openJournal(join(home, 'store', 'journal'));
  const damaged = journal.lines().filter((line) => readLine(line) === undefined);
  if (repair) for (const { sum } of damaged) journal.drop(sum);
  return damaged.map((line) => describeLine(line, home));
}

/** As far as the line can still be read. */
function describeLine({ key, names, path, rest }: PlacedLine, home: string): Damage {
  const text = rest.toString('utf8');
  const nodeId = /"nodeId":"([^"]*)"/.exec(text)?.[1] ?? `step ${key.slice(0, 12)}`;
  const port = /"outputs":{"([^"]*)"/.exec(text)?.[1] ?? 'record';
  const message = `${relative(home, path)}: expected the line that was written, got another`;
  return { nodeId, port, digest: names[0] ?? key, message };
}
