/** Elementwise operations with NumPy broadcasting. The second operand may be a number. */

import type { OpName, OpParams } from '../ir/op.ts';
import { currentRecorder, type Recorder, type Sym } from '../ir/program.ts';
import { type Shape, sizeOf } from '../shape.ts';

/** A constant tensor: a number (shape `[]` unless given) or row-major data of the given shape. */
export function constant(data: number | Float32Array, shape: Shape = []): Sym {
  return recordConstant(currentRecorder(), data, shape);
}

/** A constant in a given recording. */
export function recordConstant(recorder: Recorder, data: number | Float32Array, shape: Shape): Sym {
  const values = typeof data === 'number' ? new Float32Array(sizeOf(shape)).fill(data) : data;
  return recorder.record('constant', { data: values, shape }, []);
}

/** A tensor, or a number that becomes a scalar constant. */
export type Operand = Sym | number;
type Binary = {
  [K in OpName]: OpParams[K] extends Readonly<Record<never, never>> ? K : never;
}[OpName];

function toSym(a: Sym, b: Operand): Sym {
  return typeof b === 'number' ? recordConstant(a.recorder, b, []) : b;
}

function record(op: Binary, a: Sym, b: Operand): Sym {
  return a.recorder.record(op, {} as OpParams[Binary], [a, toSym(a, b)]); // binary operations have no parameters
}

/** a + b. */
export function add(a: Sym, b: Operand): Sym {
  return record('add', a, b);
}
/** a - b. */
export function sub(a: Sym, b: Operand): Sym {
  return record('sub', a, b);
}
/** a * b. */
export function mul(a: Sym, b: Operand): Sym {
  return record('mul', a, b);
}
/** a / b. */
export function div(a: Sym, b: Operand): Sym {
  return record('div', a, b);
}
/** The larger of a and b; at ties the gradient goes to a. */
export function maximum(a: Sym, b: Operand): Sym {
  return record('maximum', a, b);
}
/** The smaller of a and b; at ties the gradient goes to a. */
export function minimum(a: Sym, b: Operand): Sym {
  return record('minimum', a, b);
}
/** Whether a > b, as a bool tensor. No gradient. */
export function greater(a: Sym, b: Operand): Sym {
  return record('greater', a, b);
}
/** Whether a >= b, as a bool tensor. No gradient. */
export function greaterEqual(a: Sym, b: Operand): Sym {
  return record('greaterEqual', a, b);
}
/** Whether a < b, as a bool tensor. No gradient. */
export function less(a: Sym, b: Operand): Sym {
  return a.recorder.record('greater', {}, [toSym(a, b), a]);
}
/** Whether a <= b, as a bool tensor. No gradient. */
export function lessEqual(a: Sym, b: Operand): Sym {
  return a.recorder.record('greaterEqual', {}, [toSym(a, b), a]);
}
/** Whether a = b, as a bool tensor; NaN equals nothing, 0 equals -0. No gradient. */
export function equal(a: Sym, b: Operand): Sym {
  return record('equal', a, b);
}
/** Whether a differs from b; `notEqual(x, x)` finds NaN. No gradient. */
export function notEqual(a: Sym, b: Operand): Sym {
  return logicalNot(equal(a, b));
}
/** Whether both conditions hold. */
export function logicalAnd(a: Sym, b: Sym): Sym {
  return a.recorder.record('and', {}, [a, b]);
}
/** Whether either condition holds. */
export function logicalOr(a: Sym, b: Sym): Sym {
  return logicalNot(logicalAnd(logicalNot(a), logicalNot(b)));
}
/** Whether a condition does not hold. */
export function logicalNot(condition: Sym): Sym {
  return condition.recorder.record('not', {}, [condition]);
}
/** 1 where a condition holds, else 0: how a program returns a condition. */
export function indicator(condition: Sym): Sym {
  const [one, zero] = [1, 0].map((value) => recordConstant(condition.recorder, value, []));
  return where(condition, one!, zero!);
}
/** a where the condition holds, else b. */
export function where(condition: Sym, a: Sym, b: Sym): Sym {
  return a.recorder.record('where', {}, [condition, a, b]);
}

/** -x. */
export function neg(x: Sym): Sym {
  return x.recorder.record('neg', {}, [x]);
}
/** e^x. */
export function exp(x: Sym): Sym {
  return x.recorder.record('exp', {}, [x]);
}
/** Natural logarithm; -infinity at 0. */
export function log(x: Sym): Sym {
  return x.recorder.record('log', {}, [x]);
}
/** Square root; its gradient at 0 is infinite. */
export function sqrt(x: Sym): Sym {
  return x.recorder.record('sqrt', {}, [x]);
}
/** |x|; gradient 0 at 0. */
export function abs(x: Sym): Sym {
  return x.recorder.record('abs', {}, [x]);
}
/** x * x. */
export function square(x: Sym): Sym {
  return mul(x, x);
}
/** max(x, 0); gradient 0 at 0. */
export function relu(x: Sym): Sym {
  return x.recorder.record('relu', {}, [x]);
}
/** 1 / (1 + e^-x). */
export function sigmoid(x: Sym): Sym {
  return x.recorder.record('sigmoid', {}, [x]);
}
/** log(1 + e^x), without overflow. */
export function softplus(x: Sym): Sym {
  return x.recorder.record('softplus', {}, [x]);
}
/** x limited to a range; gradient 0 outside it. */
export function clip(x: Sym, minimum: number, maximum: number): Sym {
  return x.recorder.record('clip', { minimum, maximum }, [x]);
}
