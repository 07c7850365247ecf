/** The order of the passes. Each is verified before and after, and each preserves the values of the outputs. */
import type { Program } from '../ir/program.ts';
import { verifyProgram } from '../ir/verify.ts';
import { dropUnused } from './drop-unused.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { recomputeActivations } from './recompute-activations.ts';
import { shareEqual } from './share-equal.ts';
import { simplifyConstants } from './simplify-constants.ts';

/** Every pass by name, in order. */
export const passes = {
  simplifyConstants,
  foldBatchNorm,
  shareEqual,
  recomputeActivations, // after sharing, which would undo it
  dropUnused,
} as const;

/** Runs all passes. */
export function optimizeProgram(program: Program): Program {
  verifyProgram(program, 'trace');
  return Object.entries(passes).reduce((before, [name, pass]) => {
    const after = pass(before);
    verifyProgram(after, name);
    return after;
  }, program);
}
