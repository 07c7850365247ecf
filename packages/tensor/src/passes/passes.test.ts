import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/gradients.ts';
import { createSession } from '../backends/engine.ts';
import { printProgram } from '../ir/print.ts';
import type { Program, Sym } from '../ir/program.ts';
import { verifyProgram } from '../ir/verify.ts';
import { predictMemory } from '../memory/predict-memory.ts';
import { add, constant, div, exp, mul, neg, relu, sqrt, sub } from '../ops/elementwise.ts';
import { conv2d, normalizeBatch, normalizeChannels } from '../ops/image.ts';
import { reshape } from '../ops/layout.ts';
import { mean, sum } from '../ops/reduce.ts';
import { distance, runProgram, seededValues, traceProgram } from '../testing/trace.ts';
import { dropUnused } from './drop-unused.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { optimizeProgram, passes } from './optimize.ts';
import { recomputeActivations } from './recompute-activations.ts';
import { shareEqual } from './share-equal.ts';
import { simplifyConstants } from './simplify-constants.ts';

const image = [2, 3, 5, 5];
const filters = (name: string) => constant(seededValues([4, 3, 3, 3], name), [4, 3, 3, 3]);
const statistics = (channels: number) => {
  const of = (name: string, center: number) =>
    constant(
      seededValues([channels], name).map((v) => center + 0.5 * v),
      [channels],
    );
  return { weight: of('w', 1), bias: of('b', 0), mean: of('m', 0.3), variance: of('v', 1) };
};
// An epsilon that matters beside variances of about 1.
const normalized = (x: Sym) => normalizeChannels(x, { ...statistics(x.shape[1]!), epsilon: 0.5 });

/** Programs of one image x in which every pass finds something to do. */
const programs: { readonly [title: string]: (x: Sym) => Record<string, Sym> } = {
  'convolution, normalization, relu': (x) => ({
    y: relu(normalized(conv2d(x, filters('k'), { padding: 1 }))),
  }),
  'a convolution that two operations read': (x) => {
    const y = conv2d(x, filters('k'));
    return { a: normalized(y), b: neg(y) };
  },
  'a convolution that is a result itself': (x) => {
    const y = conv2d(x, filters('k'));
    return { y, normalized: normalized(y) };
  },
  'neutral elements': (x) => ({
    y: sub(div(mul(add(constant(0), x), 1), mul(constant(0.5), 2)), reshape(constant(0, [1]), [])),
  }),
  'equal expressions': (x) => ({
    y: add(exp(mul(x, 2)), mul(exp(mul(x, 2)), sum(exp(mul(x, 3))))),
  }),
  'unused operations': (x) => {
    exp(x);
    return { y: neg(x), same: x };
  },
  'a gradient': (x) => {
    const y = conv2d(x, filters('k'), { stride: 2 });
    const { weight, bias } = statistics(4);
    const loss = mean(relu(normalizeBatch(y, { weight, bias }).y));
    const [dx, dw] = gradients(loss, [x, weight]);
    return { loss, dx: dx!, dw: dw! };
  },
};

const feeds = { x: seededValues(image, 'x') };
const trace = (build: (x: Sym) => Record<string, Sym>): Program =>
  traceProgram({ x: image }, ({ x }) => build(x!));
const countOf = (program: Program, op: string) =>
  program.nodes.filter((node) => node.op === op).length;

describe('every pass preserves the values of the results', () => {
  const table = Object.keys(passes).flatMap((pass) =>
    Object.keys(programs).map((title) => [pass, title] as const),
  );

  test.each(table)('[I6] %s on %s', async (pass, title) => {
    const before = trace(programs[title]!);
    const after = passes[pass as keyof typeof passes](before); // a key of the table above

    verifyProgram(after, pass);
    const expected = await runProgram(before, feeds);
    const got = await runProgram(after, feeds);
    expect(Object.keys(got)).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) {
      const scale = Math.max(1, ...values.map(Math.abs));
      expect(distance(got[name]!, values) / scale, name).toBeLessThan(1e-5);
    }
  });
});

describe('simplifyConstants', () => {
  test('[I7] drops x + 0, x - 0, x * 1, x / 1 and computes single numbers', () => {
    const simplified = optimizeProgram(trace(programs['neutral elements']!));

    expect(printProgram(simplified)).toBe('  %0: float32[2,3,5,5] = input name=x\nreturn y=%0');
    const numbers = trace((x) => ({ y: mul(x, div(sqrt(constant(9)), sub(neg(constant(2)), 4))) }));
    expect(printProgram(optimizeProgram(numbers))).toContain('constant data=[-0.5]');
  });

  test('[I7] keeps an addition of zeros that broadcasts', () => {
    const program = traceProgram({ x: [1, 3] }, ({ x }) => ({ y: add(x!, constant(0, [2, 3])) }));

    expect(countOf(simplifyConstants(program), 'add')).toBe(1);
  });

  test('[I7] keeps 0 - x, 1 / x, and x * 0, which is NaN where x is infinite', () => {
    const kept = simplifyConstants(
      trace((x) => ({ a: sub(constant(0), x), b: div(constant(1), x), c: mul(x, 0) })),
    );

    expect(['sub', 'div', 'mul'].map((op) => countOf(kept, op))).toEqual([1, 1, 1]);
  });
});

describe('foldBatchNorm', () => {
  test('[I8] leaves a convolution and an addition', () => {
    const folded = optimizeProgram(trace(programs['convolution, normalization, relu']!));

    const ops = folded.nodes.map((node) => node.op).filter((op) => op !== 'constant');
    expect(ops).toEqual(['input', 'conv2d', 'add', 'relu']);
  });

  test.each(['a convolution that two operations read', 'a convolution that is a result itself'])(
    '[I8] leaves %s alone',
    (title) => {
      expect(countOf(foldBatchNorm(trace(programs[title]!)), 'batchNorm')).toBe(1);
    },
  );

  test('[I8] leaves statistics that are fed alone', () => {
    const program = traceProgram({ x: image, m: [4] }, ({ x, m }) => ({
      y: normalizeChannels(conv2d(x!, filters('k')), { ...statistics(4), mean: m! }),
    }));

    expect(countOf(foldBatchNorm(program), 'batchNorm')).toBe(1);
  });
});

describe('layout', () => {
  test.each(['convolution, normalization, relu', 'a gradient'])(
    '[I15] no pass is needed: %s transposes no map',
    (title) => {
      const { nodes } = optimizeProgram(trace(programs[title]!));

      expect(nodes.filter(({ op, shape }) => op === 'transpose' && shape.length === 4)).toEqual([]);
    },
  );
});

describe('shareEqual', () => {
  test('[I9] computes equal expressions once and unequal ones apart', () => {
    const shared = optimizeProgram(trace(programs['equal expressions']!));

    expect(countOf(shared, 'exp')).toBe(2); // e^2x and e^3x
    expect(countOf(shared, 'constant')).toBe(2);
  });

  test('[I9] compares large constants by identity and tells 0 from -0', () => {
    const data = seededValues([17], 'large');
    const program = traceProgram({ x: [17] }, ({ x }) => ({
      same: add(mul(x!, constant(data, [17])), mul(x!, constant(data, [17]))),
      copy: mul(x!, constant(data.slice(), [17])),
      zeros: add(div(x!, 0), div(x!, -0)),
    }));

    const shared = shareEqual(program);

    expect(countOf(shared, 'constant')).toBe(4);
    expect(countOf(shared, 'mul')).toBe(2);
    expect(countOf(shared, 'div')).toBe(2);
  });
});

describe('recomputeActivations', () => {
  const layers = (x: Sym) => {
    const kernels = ['k1', 'k2', 'k3'].map((name) =>
      constant(seededValues([3, 3, 3, 3], name), [3, 3, 3, 3]),
    );
    const { weight, bias } = statistics(3);
    const last = kernels.reduce(
      (y, kernel) => relu(normalizeBatch(conv2d(y, kernel, { padding: 1 }), { weight, bias }).y),
      x,
    );
    const loss = mean(last);
    const slopes = gradients(loss, kernels);
    return { loss, a: slopes[0]!, b: slopes[1]!, c: slopes[2]! };
  };
  const before = traceProgram({ x: [2, 3, 8, 8] }, ({ x }) => layers(x!));
  const after = recomputeActivations(before);

  test('[I16] makes every activation that gradients read a second time, just before the first of them, and holds less', () => {
    const ids = after.nodes.filter(({ op }) => op === 'relu').map(({ id }) => id);
    expect(ids).toHaveLength(6);
    const copies = ids.slice(3); // those of the forward pass come first
    for (const id of copies) {
      const readers = after.nodes.filter(({ inputs }) => inputs.includes(id));
      expect(readers.map(({ op }) => op)).toContain('reluGrad');
      expect(readers[0]!.id - id).toBe(1);
    }
    const held = (program: Program) => predictMemory(program, 'trained').intermediates;
    expect(held(after)).toBeLessThan(held(before));
  });

  test('[I16] changes no bit of a result', async () => {
    const run = async (program: Program) => {
      const session = await createSession(program, { weights: 'trained', threads: 1 });
      const results = await session.run({ x: seededValues([2, 3, 8, 8], 'x') });
      await session.dispose();
      return results;
    };
    expect(await run(after)).toEqual(await run(before));
  });

  test('[I16] leaves a program without gradients alone', () => {
    const forward = traceProgram({ x: image }, ({ x }) => ({ y: relu(normalized(x!)) }));
    expect(printProgram(recomputeActivations(forward))).toBe(printProgram(forward));
  });
});

describe('dropUnused', () => {
  test('[I10] keeps what results need, and every input', () => {
    const program = traceProgram({ x: [2], idle: [3] }, ({ x, idle }) => {
      exp(idle!);
      return { y: neg(x!) };
    });

    expect(printProgram(dropUnused(program))).toMatchInlineSnapshot(`
      "  %0: float32[2] = input name=x
        %1: float32[3] = input name=idle
        %2: float32[2] = neg %0
      return y=%2"
    `);
  });
});
