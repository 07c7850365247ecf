/** What a long step saves of itself, so that a killed run goes on where it was. */

/** An array of numbers with its shape, row-major. */
export type SavedArray = {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;
};

/** The state of a step: named arrays, and JSON for the rest. */
export type SavedState = {
  readonly json: unknown;
  readonly arrays: ReadonlyMap<string, SavedArray>;
};

/**
 * The checkpoints of one step. They belong to the step's key: a changed parameter or input never sees the state of another, and they are
 * removed when the step has finished.
 */
export type Checkpoint = {
  /** The last state that an earlier attempt at this very step saved. The caller owns the arrays. */
  readonly load: () => Promise<SavedState | undefined>;
  /**
   * Offers to save; call it after every batch and before `progress`. The runtime decides whether it is time, and calls `capture` only then.
   * When it resolves, either the old state is on disk or the new one, whole. What `capture` returns must not change until then.
   */
  readonly offer: (capture: () => SavedState) => Promise<void>;
};
