/**
 * ONNX Runtime's execution providers, and what their kernels can do; where one cannot, rules take another way. Found by running the
 * contract suite on each (onnxruntime-node 1.30). CUDA was never at hand: it gets the ways that ask for the least.
 */

/** Who computes the nodes of an ONNX model. */
export type Provider = 'cpu' | 'webgpu' | 'cuda';

/** What lowering rules may rely on. */
export type Kernels = {
  /** MaxPool gives the index of every maximum; WebGPU's refuses. */
  readonly poolIndices: boolean;
  /** FusedConv adds its fourth input; WebGPU's leaves it out without a word. */
  readonly addsInConv: boolean;
  /** A convolution makes several maps of each of its groups; some of WebGPU's come out wrong. */
  readonly stacksTaps: boolean;
  /** So does a transposed convolution; some of WebGPU's come out wrong, too. */
  readonly transposesGroups: boolean;
  /** A filter as large as its map is summed quickly; on a GPU one thread would do it alone. */
  readonly wideFilters: boolean;
};

const least: Kernels = {
  poolIndices: false,
  addsInConv: false,
  stacksTaps: false,
  wideFilters: false,
  transposesGroups: false,
};

export const kernelsOf: { readonly [P in Provider]: Kernels } = {
  cpu: {
    poolIndices: true,
    addsInConv: true,
    stacksTaps: true,
    wideFilters: true,
    transposesGroups: true,
  },
  webgpu: least,
  cuda: least,
};
