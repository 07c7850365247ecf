/** Kinds of values for the tests of this package, which has none of its own. */
import { installKind } from '../kind.ts';

/** Stands for images: their names. */
export type TestImages = { readonly ids: readonly string[] };

declare module '../port.ts' {
  interface PortValues {
    images: TestImages;
    labels: TestImages;
    masks: TestImages;
    model: { readonly classes: readonly string[] };
    table: { readonly title: string };
  }
  interface SampleKinds {
    images: true;
    labels: true;
    masks: true;
  }
}

for (const name of ['images', 'labels', 'masks', 'model', 'table'] as const)
  installKind({ name, doc: `${name} of tests` });
