import { describe, expect, test } from 'vitest';
import { gradients } from '../autodiff/gradients.ts';
import { add, constant, mul, relu } from '../ops/elementwise.ts';
import { conv2d } from '../ops/image.ts';
import { mean } from '../ops/reduce.ts';
import { optimizeProgram } from '../passes/optimize.ts';
import { traceProgram } from '../testing/trace.ts';
import { printProgram } from './print.ts';

const shapes = { x: [1, 2, 4, 4], w: [3, 2, 3, 3] };

describe('printProgram', () => {
  test('[I1] one line per operation: id, type, shape, name, inputs, parameters; then the results', () => {
    const program = traceProgram(shapes, ({ x, w }) => ({
      loss: mean(relu(conv2d(x!, w!, { padding: 1 }))),
    }));

    expect(printProgram(program)).toMatchInlineSnapshot(`
      "  %0: float32[1,2,4,4] = input name=x
        %1: float32[3,2,3,3] = input name=w
        %2: float32[1,3,4,4] = conv2d %0 %1 stride=1 padding=1 dilation=1 groups=1
        %3: float32[1,3,4,4] = relu %2
        %4: float32[] = sum %3 axes=[0,1,2,3] keepDims=false
        %5: float32[] = constant data=[48]
        %6: float32[] = div %4 %5
      return loss=%6"
    `);
  });

  test('[I1] the gradient of a program is more of the same program', () => {
    const program = traceProgram(shapes, ({ x, w }) => {
      const loss = mean(relu(conv2d(x!, w!, { padding: 1 })));
      const [dw] = gradients(loss, [w!]);
      return { loss, dw: dw! };
    });

    expect(printProgram(optimizeProgram(program))).toMatchInlineSnapshot(`
      "  %0: float32[1,2,4,4] = input name=x
        %1: float32[3,2,3,3] = input name=w
        %2: float32[1,3,4,4] = conv2d %0 %1 stride=1 padding=1 dilation=1 groups=1
        %3: float32[1,3,4,4] = relu %2
        %4: float32[] = sum %3 axes=[0,1,2,3] keepDims=false
        %5: float32[] = constant data=[48]
        %6: float32[] = div %4 %5
        %7: float32[1,1,1,1] = constant data=[0.02083333395421505]
        %8: float32[1,3,4,4] = expand %7 shape=[1,3,4,4]
        %9: float32[1,3,4,4] = reluGrad %8 %3
        %10: float32[3,2,3,3] = conv2dFilterGrad %0 %9 stride=1 padding=1 dilation=1 groups=1 size=[3,3]
      return loss=%6 dw=%10"
    `);
  });

  test('[I1] constants of more than four numbers are cut', () => {
    const program = traceProgram({ x: [5] }, ({ x }) => ({
      y: add(mul(x!, 3), constant(Float32Array.of(1, 2, 3, 4, 5), [5])),
    }));

    expect(printProgram(program)).toMatchInlineSnapshot(`
      "  %0: float32[5] = input name=x
        %1: float32[] = constant data=[3]
        %2: float32[5] = mul %0 %1
        %3: float32[5] = constant data=[1,2,3,...]
        %4: float32[5] = add %2 %3
      return y=%4"
    `);
  });
});
