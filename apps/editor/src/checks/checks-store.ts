/** What the server says about the document: its problems, and what would run and why. Asked again after every edit. */

import type { PlanStep } from '@radiograph/api';
import { type Problem, printDocument, RadiographError } from '@radiograph/graph';
import { createStore, useStore } from 'zustand';
import { documentStore } from '../document/document-store.ts';
import { whenStill } from '../document/gesture.ts';
import { server } from '../server/client.ts';

export type Checks = {
  readonly problems: readonly Problem[];
  /** By node id; what has a problem, or needs what has one, is skipped. */
  readonly plan: ReadonlyMap<string, PlanStep>;
};

const noPlan: ReadonlyMap<string, PlanStep> = new Map();

export const checksStore = createStore<Checks>(() => ({ problems: [], plan: noPlan }));

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
  const text = printDocument(document);
  const problems = await server.graphs
    .check({ body: { text } })
    .then(({ problems }) => problems)
    .catch(() => undefined);
  if (mine !== round || problems === undefined) return;
  checksStore.setState({ problems });
  const steps = await plan(text, file.path);
  if (mine !== round) return;
  checksStore.setState({ plan: new Map(steps.map((step) => [step.nodeId, step])) });
}

// A document of the wrong shape has problems and no plan: the badges then say nothing.
function plan(text: string, path: string): Promise<readonly PlanStep[]> {
  return server.graphs
    .plan({ body: { text, path } })
    .then(({ steps }) => steps)
    .catch((error: unknown) => {
      if (error instanceof RadiographError || error instanceof Error) return [];
      throw error;
    });
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
