/** What the server says about the document: its problems, and what would run and why. Asked again after every edit. */

import type { PlanStep } from '@radiograph/api';
import { type GraphDocument, type Problem, printDocument } from '@radiograph/graph';
import { createStore, useStore } from 'zustand';
import { documentStore } from '../document/document-store.ts';
import { whenStill } from '../document/gesture.ts';
import { server } from '../server/client.ts';

export type Checks = {
  readonly problems: readonly Problem[];
  /** By node id; what has a problem, or needs what has one, is skipped. */
  readonly plan: ReadonlyMap<string, PlanStep>;
  /** Of which document the server has spoken; another one is still being looked at. */
  readonly document: GraphDocument | null;
  /** Why the server could not look at it; null when it did. */
  readonly failure: string | null;
};

const noPlan: ReadonlyMap<string, PlanStep> = new Map();

export const checksStore = createStore<Checks>(() => ({
  problems: [],
  plan: noPlan,
  document: null,
  failure: null,
}));

/** Reads a part of the checks; renders again when it changes. */
export const useChecks = <T>(select: (checks: Checks) => T): T => useStore(checksStore, select);

const firsts = new WeakMap<readonly Problem[], ReadonlyMap<string, Problem>>();

/** The first problem of each node that has one. */
export function firstProblems(problems: readonly Problem[]): ReadonlyMap<string, Problem> {
  const known = firsts.get(problems);
  if (known !== undefined) return known;
  const found = new Map<string, Problem>();
  for (const problem of problems) {
    const id = nodeOfProblem(problem);
    if (id !== undefined && !found.has(id)) found.set(id, problem);
  }
  firsts.set(problems, found);
  return found;
}

/** The node that a problem is about, if it names one: `nodes.mixer.params.rho` -> `mixer`. */
export function nodeOfProblem({ path }: Problem): string | undefined {
  return /^nodes\.([^.]+)/.exec(path)?.[1];
}

const quietMs = 250;
let round = 0;

/** Asks about the document as it is now. Replies that an edit has overtaken are dropped. */
export async function checkNow(): Promise<void> {
  const mine = ++round;
  const { document, file } = documentStore.getState();
  const body = { text: printDocument(document), path: file.path };
  const found = await server.graphs.plan({ body }).then(
    ({ problems, steps }) => ({ problems, steps, failure: null }),
    (error: unknown) => ({
      ...unknown,
      failure: String(error instanceof Error ? error.message : error),
    }),
  );
  if (mine !== round) return;
  const plan = new Map(found.steps.map((step) => [step.nodeId, step]));
  checksStore.setState({ problems: found.problems, plan, document, failure: found.failure });
}

const unknown = { problems: [], steps: [] } as const;

/** Shows problems that the server found when it was asked to run. */
export function showProblems(problems: readonly Problem[]): void {
  checksStore.setState({ problems });
}

/** Checks after every edit; call once. */
export function keepChecking(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = documentStore.subscribe((state, before) => {
    if (state.document === before.document && state.file.path === before.file.path) return;
    clearTimeout(timer);
    timer = setTimeout(() => whenStill(() => void checkNow()), quietMs);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
