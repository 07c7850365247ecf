/** The part of the WebAssembly codecs that is used; the packages have no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  type Quiet = {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  };
  export class FrameDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  const open: (options: Quiet) => Promise<{ readonly J2KDecoder: typeof FrameDecoder }>;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default open;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  import type { FrameDecoder, Quiet } from '@cornerstonejs/codec-openjpeg/decodewasmjs';

  const open: (options: Quiet) => Promise<{ readonly JpegLSDecoder: typeof FrameDecoder }>;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default open;
}

declare module '@cornerstonejs/codec-openjph/wasmjs' {
  import type { FrameDecoder, Quiet } from '@cornerstonejs/codec-openjpeg/decodewasmjs';

  const open: (options: Quiet) => Promise<{ readonly HTJ2KDecoder: typeof FrameDecoder }>;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default open;
}
