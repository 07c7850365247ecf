/** The transfer syntaxes of PS3.6 table A-1 that are read, and how each codes pixels. */

/** How the pixels lie in the file. */
export type Coding = 'little' | 'big' | 'run-lengths' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000';

export const syntaxUids = {
  implicitLittle: '1.2.840.10008.1.2',
  explicitLittle: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBig: '1.2.840.10008.1.2.2',
} as const;

const jpeg = '1.2.840.10008.1.2.4';

/** By UID: the coding, and a name for errors. Which JPEG process a stream has is read from the stream, not from the UID. */
export const syntaxes: ReadonlyMap<string, { readonly coding: Coding; readonly name: string }> =
  new Map([
    [syntaxUids.implicitLittle, { coding: 'little', name: 'uncompressed' }],
    [syntaxUids.explicitLittle, { coding: 'little', name: 'uncompressed' }],
    [syntaxUids.deflated, { coding: 'little', name: 'deflated' }],
    [syntaxUids.explicitBig, { coding: 'big', name: 'uncompressed' }],
    ['1.2.840.10008.1.2.5', { coding: 'run-lengths', name: 'run-length encoded' }],
    [`${jpeg}.50`, { coding: 'jpeg', name: 'JPEG baseline' }],
    [`${jpeg}.51`, { coding: 'jpeg', name: 'JPEG extended' }],
    [`${jpeg}.57`, { coding: 'jpeg', name: 'JPEG lossless' }],
    [`${jpeg}.70`, { coding: 'jpeg', name: 'JPEG lossless' }],
    [`${jpeg}.80`, { coding: 'jpeg-ls', name: 'JPEG-LS' }],
    [`${jpeg}.81`, { coding: 'jpeg-ls', name: 'JPEG-LS' }],
    [`${jpeg}.90`, { coding: 'jpeg-2000', name: 'JPEG 2000' }],
    [`${jpeg}.91`, { coding: 'jpeg-2000', name: 'JPEG 2000' }],
    [`${jpeg}.201`, { coding: 'jpeg-2000', name: 'High-Throughput JPEG 2000' }],
    [`${jpeg}.202`, { coding: 'jpeg-2000', name: 'High-Throughput JPEG 2000' }],
    [`${jpeg}.203`, { coding: 'jpeg-2000', name: 'High-Throughput JPEG 2000' }],
  ]);

/** Names of syntaxes that are refused, for the error. */
export const refusedSyntaxes: ReadonlyMap<string, string> = new Map([
  [`${jpeg}.53`, 'JPEG spectral selection (retired)'],
  [`${jpeg}.55`, 'JPEG full progression (retired)'],
  [`${jpeg}.92`, 'JPEG 2000 part 2'],
  [`${jpeg}.93`, 'JPEG 2000 part 2'],
  [`${jpeg}.100`, 'MPEG-2 video'],
  [`${jpeg}.102`, 'MPEG-4 video'],
  [`${jpeg}.107`, 'HEVC video'],
  [`${jpeg}.110`, 'JPEG XL lossless'],
  [`${jpeg}.112`, 'JPEG XL'],
]);
