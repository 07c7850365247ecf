/** The part of @cornerstonejs/codec-libjpeg-turbo-8bit that is used; the package has no types. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  type FrameInfo = {
    readonly width: number;
    readonly height: number;
    readonly componentCount: number;
  };
  class JPEGDecoder {
    /** Where the file goes; valid until the next call. */
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): FrameInfo;
    /** A view of the codec's own memory; valid until the next call. */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }
  type Codec = { readonly JPEGDecoder: typeof JPEGDecoder };
  const open: (options: {
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }) => Promise<Codec>;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it
  export default open;
}
