/** Tiny DICOM files for tests. */

/** What a test file says; pixels are stored values. */
export type DicomFile = {
  readonly size: readonly [height: number, width: number];
  readonly pixels: readonly number[];
  readonly bitsAllocated?: number;
  readonly bitsStored?: number;
  readonly isSigned?: boolean;
  readonly photometric?: string;
  readonly samples?: number;
  readonly patientId?: string;
  readonly transferSyntax?: string;
  /** Decimal strings by tag, as `00281050`. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Encapsulated frame, in these fragments, instead of `pixels`. */
  readonly fragments?: readonly Uint8Array[];
};

const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** Writes a DICOM file with an explicit VR little endian header (big endian and implicit ones only in their pixels' order). */
export function writeDicom(file: DicomFile): Uint8Array {
  const { transferSyntax = explicitLittleEndian, size, bitsAllocated = 8, samples = 1 } = file;
  const { bitsStored = bitsAllocated, photometric = 'MONOCHROME2' } = file;
  const syntax = element('00020010', 'UI', text(transferSyntax, '\0'));
  const attributes: [string, string, Uint8Array][] = [
    ['00280002', 'US', short(samples)],
    ['00280004', 'CS', text(photometric)],
    ['00280010', 'US', short(size[0])],
    ['00280011', 'US', short(size[1])],
    ['00280100', 'US', short(bitsAllocated)],
    ['00280101', 'US', short(bitsStored)],
    ['00280102', 'US', short(bitsStored - 1)],
    ['00280103', 'US', short(file.isSigned === true ? 1 : 0)],
    ...(file.patientId === undefined
      ? []
      : [['00100020', 'LO', text(file.patientId)] as [string, string, Uint8Array]]),
    ...Object.entries(file.texts ?? {}).map(([tag, value]): [string, string, Uint8Array] => [
      tag,
      'DS',
      text(value),
    ]),
  ];
  const sorted = attributes.sort(([a], [b]) => (a < b ? -1 : 1));
  return join(
    new Uint8Array(128),
    text('DICM'),
    element('00020000', 'UL', word(syntax.length)),
    syntax,
    ...sorted.map(([tag, vr, value]) => element(tag, vr, value)),
    file.fragments === undefined
      ? pixelData(file.pixels, bitsAllocated)
      : encapsulate(file.fragments),
  );
}

const join = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const short = (value: number) => new Uint8Array(Uint16Array.of(value).buffer);
const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const text = (value: string, padding = ' ') =>
  new TextEncoder().encode(value.length % 2 === 0 ? value : value + padding);
const tagBytes = (tag: string) =>
  join(short(Number.parseInt(tag.slice(0, 4), 16)), short(Number.parseInt(tag.slice(4), 16)));

function element(tag: string, vr: string, value: Uint8Array): Uint8Array {
  return join(tagBytes(tag), text(vr), short(value.length), value);
}

function pixelData(pixels: readonly number[], bitsAllocated: number): Uint8Array {
  const values =
    bitsAllocated === 8 ? Uint8Array.from(pixels) : new Uint8Array(Uint16Array.from(pixels).buffer);
  const padded = values.length % 2 === 0 ? values : join(values, new Uint8Array(1));
  return join(tagBytes('7FE00010'), text('OW'), short(0), word(padded.length), padded);
}

/** An empty offset table, the fragments, and the end (PS3.5 A.4). */
function encapsulate(fragments: readonly Uint8Array[]): Uint8Array {
  const item = (bytes: Uint8Array) => {
    const padded = bytes.length % 2 === 0 ? bytes : join(bytes, new Uint8Array(1));
    return join(tagBytes('FFFEE000'), word(padded.length), padded);
  };
  return join(
    tagBytes('7FE00010'),
    text('OB'),
    short(0),
    word(0xffffffff),
    item(new Uint8Array()),
    ...fragments.map(item),
    tagBytes('FFFEE0DD'),
    word(0),
  );
}
