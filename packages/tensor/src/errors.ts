/** Says that an operation cannot take these shapes; the message starts with the operation. */
export class ShapeError extends TypeError {
  override readonly name = 'ShapeError';
}

/** Says that weights do not fit a network, naming every missing, unknown and wrongly shaped tensor. */
export class WeightsError extends Error {
  override readonly name = 'WeightsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const shown = problems.slice(0, 20).join('\n');
    super(problems.length > 20 ? `${shown}\n... ${problems.length} problems in all` : shown);
    this.problems = problems;
  }
}

/** Says that a training step produced NaN or infinity; the weights from before the step are kept. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';
  readonly step: number;
  readonly loss: number;

  constructor(step: number, loss: number) {
    super(
      `step ${step}: expected a finite loss, got ${loss}; try a lower learning rate, or check the inputs for NaN`,
    );
    this.step = step;
    this.loss = loss;
  }
}

/** Says that a program would not fit into memory, before anything is compiled; all numbers are bytes. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
  readonly predicted: number | undefined;
  readonly available: number | undefined;
  /** The largest batch size that would fit, 0 if none would; undefined where the inputs share no batch. */
  readonly largestBatch: number | undefined;

  constructor(
    message: string,
    figures: Partial<Pick<MemoryError, 'predicted' | 'available' | 'largestBatch'>> = {},
  ) {
    super(message);
    this.predicted = figures.predicted;
    this.available = figures.available;
    this.largestBatch = figures.largestBatch;
  }
}

/** Says that bytes are not a safetensors file; `place` names the tensor or header field. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
  readonly place: string;
  readonly problem: string;

  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`);
    this.place = place;
    this.problem = problem;
  }
}

/** Says that an engine cannot compute on this machine, and what it would need. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
