/**
 * The content-addressed store: `.radiograph/store/{blobs,artifacts,steps,history}`.
 *
 * Several processes may share a store: every file is written whole or not at all, and equal content has the same name.
 */
import { join } from 'node:path';
import { type Artifacts, openArtifacts } from './artifacts.ts';
import { openStepRecords, type StepRecords } from './step-records.ts';

/** Where artifacts and finished steps are kept. */
export type Store = Artifacts & StepRecords;

/** Opens the store under `home` (`.radiograph`); it is created on the first write. */
export function openStore(home: string): Store {
  const root = join(home, 'store');
  const artifacts = openArtifacts(root);
  return { ...artifacts, ...openStepRecords(root, artifacts) };
}
