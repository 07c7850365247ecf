/**
 * The content-addressed store: `.radiograph/store/{journal,blobs,artifacts,steps,history}`.
 *
 * Several processes may share a store: every file is written whole or not at all, and equal content has the same name. What is small and
 * quickly computed is a line of the journal instead of files.
 */
import { join } from 'node:path';
import { type Artifacts, openArtifacts } from './artifacts.ts';
import { openJournal } from './journal.ts';
import { openStepRecords, type StepRecords } from './step-records.ts';

/** Where artifacts and finished steps are kept. */
export type Store = Artifacts & StepRecords;

/** Opens the store under `home` (`.radiograph`); it is created on the first write. */
export function openStore(home: string): Store {
  const root = join(home, 'store');
  const journal = openJournal(join(root, 'journal'));
  const artifacts = openArtifacts(root, journal);
  return { ...artifacts, ...openStepRecords(root, artifacts, journal) };
}
