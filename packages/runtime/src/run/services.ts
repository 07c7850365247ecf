/** What planning and running ask of the outside, opened on a `.radiograph` folder. */
import type { NodeType, PlanServices } from '@radiograph/graph';
import { type EngineName, openEngine } from '@radiograph/tensor';
import { withCompanions } from '../sources/companions.ts';
import { createImplementationDigests, type NodePackage } from '../sources/implementation-digest.ts';
import { resolveDataPath } from '../sources/resolve-path.ts';
import { openSourceDigests } from '../sources/source-digest.ts';
import { openStore, type Store } from '../store/store.ts';

/** Where a run happens and with which nodes. */
export type Workplace = {
  /** The `.radiograph` folder. */
  readonly home: string;
  /** The graph file; relative paths in parameters are relative to its folder. */
  readonly graphPath: string;
  /** The graph's own data folder, as its document says. */
  readonly data?: string | undefined;
  /** How a user sets that folder here, for messages; default the flag of the command line. */
  readonly dataSetBy?: string | undefined;
  readonly packages: readonly NodePackage[];
  /** Who computes tensor programs; default ONNX Runtime. Results of two engines never share a key. */
  readonly engine?: EngineName;
  /** Digests of the code of these packages, where they are known; default those of the sources as they are now. */
  readonly implementation?: PlanServices['implementation'] | undefined;
};

export type OpenServices = {
  readonly store: Store;
  readonly services: PlanServices;
  readonly resolvePath: (path: string) => string;
  /** Keeps what was learned about source files. */
  readonly save: () => Promise<void>;
};

/** Opens store, caches and digests. */
export async function openServices({
  home,
  graphPath,
  data,
  dataSetBy,
  packages,
  engine = 'ort',
  implementation = createImplementationDigests(packages),
}: Workplace): Promise<OpenServices> {
  const store = openStore(home);
  const sources = openSourceDigests(home);
  const digest = withCompanions(sources.digest);
  const resolvePath = (path: string) =>
    resolveDataPath(path, graphPath, { own: data, setBy: dataSetBy });
  return {
    store,
    resolvePath,
    save: sources.save,
    services: {
      implementation,
      sourceDigest: (path) => digest(resolvePath(path)),
      listDigest: ({ folder, from, list }, id) =>
        sources.digestList({
          id,
          folder: resolvePath(folder),
          list: () => list(resolvePath),
          isStable: from !== undefined,
        }),
      lookup: store.lookup,
      history: store.history,
      hasRun: store.hasRun,
      numerics: openEngine(engine).numerics,
    },
  };
}

/** All node types of these packages. */
export function nodeTypesOf(packages: readonly NodePackage[]): NodeType[] {
  return packages.flatMap(({ nodeTypes }) => nodeTypes);
}
