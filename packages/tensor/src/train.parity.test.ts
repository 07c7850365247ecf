import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Sym } from './ir/program.ts';
import { batchNorm, conv, dense } from './model/layers.ts';
import type { Scope } from './model/scope.ts';
import { add, log, mul, neg, relu, sigmoid, softplus, sub } from './ops/elementwise.ts';
import { avgPool, globalAvgPool, maxPool, resizeBilinear } from './ops/image.ts';
import { reshape } from './ops/layout.ts';
import { mean, softmax, sum } from './ops/reduce.ts';
import { compareParity, type ParityFixture, runParity } from './testing/parity.ts';

// JSON written by bench/peers/parity.py in this form.
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/parity-convnet.json', import.meta.url), 'utf8'),
) as ParityFixture;

/** ConvNet of parity.py: every kind of convolution, pool and resize once. */
function convNet(scope: Scope, image: Sym): { logits: Sym; map: Sym } {
  const stem = conv(scope.at('stem'), image, { channels: 8, size: 3, stride: 2 });
  let x = maxPool(relu(batchNorm(scope.at('norm1'), stem)), { size: 3, stride: 2, padding: 1 });
  x = conv(scope.at('grouped'), x, { channels: 8, size: 3, dilation: 2, groups: 2 });
  x = relu(batchNorm(scope.at('norm2'), x));
  x = relu(conv(scope.at('depthwise'), x, { channels: 8, size: 3, groups: 8, bias: true }));
  x = relu(conv(scope.at('widen'), x, { channels: 12, size: 1, bias: true }));
  const small = avgPool(x, { size: 2 });
  const loose = resizeBilinear(small, { height: 9, width: 9 });
  const tight = resizeBilinear(small, { height: 9, width: 9, alignCorners: true });
  const pooled = reshape(globalAvgPool(x), [x.shape[0]!, 12]);
  return {
    logits: dense(scope.at('classifier'), pooled, { features: 4 }),
    map: conv(scope.at('map'), mul(loose, sigmoid(tight)), { channels: 2, size: 1, bias: true }),
  };
}

/** Cross entropy of the class plus binary cross entropy of the map. */
function lossOf({ logits, map }: { logits: Sym; map: Sym }, classes: Sym, target: Sym): Sym {
  const chosen = mean(sum(mul(log(softmax(logits, 1)), classes), [1]));
  return add(neg(chosen), mean(sub(softplus(map), mul(map, target))));
}

describe('training equals PyTorch', () => {
  test.each(Object.entries(fixture.cases))(
    '[O1] five steps of %s follow the same losses and weights',
    async (_, recorded) => {
      const run = await runParity(recorded, {
        forward: ({ image }, scope) => convNet(scope, image!),
        loss: ({ image, class: classes, target }, scope) => ({
          loss: lossOf(convNet(scope, image!), classes!, target!),
        }),
        learningRate: fixture.learningRate,
      });

      const { loss, evaluated, before, moments, after } = compareParity(recorded, run);
      expect(before).toBeLessThan(1e-9);
      expect(evaluated).toBeLessThan(1e-5);
      expect(loss).toBeLessThan(1e-4);
      expect(moments).toBeLessThan(1e-4);
      expect(after).toBeLessThan(1e-3);
    },
  );
});
