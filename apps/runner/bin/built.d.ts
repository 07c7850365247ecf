/** A build that goes on, into `folder`. */
type Build = { readonly dist: string; readonly startedMs: number; readonly folder: string };

/** The built folder of `dist`, or undefined if there is none or a source has changed since. */
export function findBuilt(dist: string): string | undefined;
/** A new folder to build into. */
export function beginBuild(dist: string): Build;
/** Makes a built folder the one in use, made of the files at `paths`. */
export function publishBuild(build: Build, paths: readonly string[]): void;
