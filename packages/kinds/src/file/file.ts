/** A file for another program, byte by byte: a checkpoint, run lengths, an archive of PNGs. */
export type ExportedFile = {
  /** What is inside, for people. */
  readonly description: string;
  /** With its dot: `.safetensors`, `.onnx`, `.json`, `.zip`. */
  readonly extension: string;
  readonly bytes: Uint8Array;
};
