/** The part of @cornerstonejs/codec-openjpeg that is used; the package has no types. */
declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  type FrameInfo = {
    readonly width: number;
    readonly height: number;
    readonly bitsPerSample: number;
    readonly componentCount: number;
    readonly isSigned: boolean;
  };
  class J2KDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): FrameInfo;
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  type Codec = { readonly J2KDecoder: typeof J2KDecoder };
  const open: (options: {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }) => Promise<Codec>;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default open;
}
