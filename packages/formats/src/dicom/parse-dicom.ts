/** Bytes of a DICOM file -> its attributes, with or without preamble (PS3.10 section 7). */
import { inflateRawSync } from 'node:zlib';
import { dataError } from '@radiograph/graph';
import dicomParser, { type DataSet } from 'dicom-parser';
import { guard } from '../reading/guard.ts';
import { mostInflatedBytes } from '../reading/limits.ts';
import { syntaxUids } from './syntaxes.ts';

/** A parsed file. */
export type DicomFile = {
  /** Names the file in errors. */
  readonly path: string;
  readonly dataSet: DataSet;
  /** UID of how the pixels are coded. */
  readonly transferSyntax: string;
  /** What the file says against itself, and how it was read. */
  readonly notes: readonly string[];
};

/** Parses a file. @throws a data error at `path` if it is no DICOM file, is cut short, or inflates beyond 128 MiB. */
export function parseDicom(bytes: Uint8Array, path: string): DicomFile {
  return guard(path, 'a whole DICOM file', () => {
    const { transferSyntax: named, body } = readMeta(bytes, path);
    const isDeflated = named === syntaxUids.deflated;
    const data = isDeflated ? inflateRawSync(body, { maxOutputLength: mostInflatedBytes }) : body;
    const { uid, notes } = codingOf(data, named, path);
    const dataSet = parseBody(data, isDeflated ? explicit : uid);
    return { path, dataSet, transferSyntax: isDeflated ? named : uid, notes };
  });
}

/** Attributes of a data set. The parser names its own function where a length leads out of the file. */
function parseBody(data: Uint8Array, TransferSyntaxUID: string): DataSet {
  try {
    return dicomParser.parseDicom(data, { TransferSyntaxUID });
  } catch (thrown) {
    const { exception = thrown } = Object(thrown) as { readonly exception?: unknown };
    const text = String(exception);
    if (!/overrun|past the end|outside of byte array/i.test(text)) throw thrown;
    throw new Error('an attribute that ends behind the file, which is cut short or damaged', {
      cause: thrown,
    });
  }
}

const { implicitLittle: implicit, explicitLittle: explicit, explicitBig } = syntaxUids;

type Meta = { readonly transferSyntax: string | undefined; readonly body: Uint8Array };

/** Splits the file meta information off. Old scanners write files without it, or without the preamble before it. */
function readMeta(bytes: Uint8Array, path: string): Meta {
  const start = hasPreamble(bytes) ? bytes : groupOf(bytes) === 2 ? withPreamble(bytes) : undefined;
  if (start === undefined) {
    if (startsAsDataSet(bytes)) return { transferSyntax: undefined, body: bytes };
    throw dataError(
      path,
      'expected a whole DICOM file, got one that neither says DICM nor begins as a data set',
    );
  }
  const meta = dicomParser.readPart10Header(start) as DataSet & { readonly position: number };
  return { transferSyntax: meta.string('x00020010'), body: start.subarray(meta.position) };
}

const hasPreamble = (bytes: Uint8Array) =>
  Buffer.from(bytes.subarray(128, 132)).toString('latin1') === 'DICM';

const withPreamble = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), bytes]);

const groupOf = (bytes: Uint8Array) => (bytes[0] ?? 0) + 256 * (bytes[1] ?? 0);

/** Group 8, in either byte order, begins every image without file meta information. */
const startsAsDataSet = (bytes: Uint8Array) =>
  bytes.length >= 16 && (groupOf(bytes) === 8 || groupOf(bytes) === 0x0800);

/** The coding that the data set has; some writers name another one. Only those that a file can show are corrected. */
function codingOf(data: Uint8Array, named: string | undefined, path: string) {
  if (data.length < 8)
    throw dataError(path, `expected attributes, got ${data.length} bytes of them`);
  const isExplicit = /^[A-Z]{2}$/.test(Buffer.from(data.subarray(4, 6)).toString('latin1'));
  const found = !isExplicit ? implicit : groupOf(data) > 0xff ? explicitBig : explicit;
  if (named === undefined)
    return { uid: found, notes: ['names no transfer syntax: read as it is coded'] };
  const isContradicted = (named === implicit || named === explicit) && found !== named;
  if (!isContradicted) return { uid: named, notes: [] };
  return {
    uid: found,
    notes: [`names transfer syntax ${named} and is coded as ${found}: read as coded`],
  };
}
