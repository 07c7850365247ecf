/** What torch.save wrote: the zip format (PyTorch 1.6 and later) and the older run of pickles, without running anything. */
import { dataError } from '@radiograph/graph';
import { asDataError } from '../as-data-error.ts';
import { readStorageId } from '../pickle/globals.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { describeValue, isStorage, type PickleValue } from '../pickle/value.ts';
import { elementSize, type TorchStorage } from './tensor.ts';
import { isZip, openZip, type ZipArchive } from './zip.ts';

const deepest = 4; // storages inside storages; torch itself writes one level

/** Reads a file of torch.save or a plain pickle with tensors (`.pth`, `.pt`, `.ckpt`, `.pkl`). @throws a data error at `path`. */
export function readTorch(bytes: Uint8Array, path: string, depth = 0): PickleValue {
  return asDataError(path, 'a file of torch.save', () => readFormat(bytes, path, depth));
}

function readFormat(bytes: Uint8Array, path: string, depth: number): PickleValue {
  if (depth > deepest) throw dataError(path, `expected storages nested at most ${deepest} deep`);
  if (isZip(bytes)) return readZipFormat(openZip(bytes, path), path);
  if (isTar(bytes))
    throw dataError(path, 'expected a file of PyTorch 0.2 or later, got the older tar format');
  const loadBytes = (inner: Uint8Array) => readTorch(inner, path, depth + 1);
  const first = unpickle(bytes, { path, loadBytes });
  // 0x1950a86a20f9469cfc6c, the magic number of the format before zip
  if (first.value !== 119547037146038801333356n) return first.value;
  return readLegacyFormat(bytes, first.length, path);
}

function readZipFormat(zip: ZipArchive, path: string): PickleValue {
  const main = zip.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const pickle = main === undefined ? undefined : zip.read(main);
  if (main === undefined || pickle === undefined)
    throw dataError(path, `expected data.pkl inside, got ${zip.names.slice(0, 5).join(', ')}`);
  const folder = main.slice(0, -'data.pkl'.length);
  if (zip.names.includes(`${folder}constants.pkl`))
    throw dataError(path, 'expected a state_dict of torch.save, got a TorchScript program');
  const order = zip.read(`${folder}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    throw dataError(path, 'expected little-endian numbers, got big-endian ones');
  const storages = new Map<string, TorchStorage>();
  const persistent = (id: PickleValue): TorchStorage => {
    const { dtype, key, byteLength } = readStorageId(id, path);
    const known = storages.get(key);
    if (known?.dtype === dtype) return known;
    const bytes = zip.read(`${folder}data/${key}`);
    if (bytes === undefined || bytes.length < byteLength)
      throw dataError(path, `data/${key}: expected ${byteLength} bytes, got ${bytes?.length ?? 0}`);
    const storage: TorchStorage = { type: 'storage', dtype, bytes };
    storages.set(key, storage);
    return storage;
  };
  return unpickle(pickle, { path, persistent }).value;
}

/** Magic number, protocol version, system, object, storage keys, then each storage as a count and its numbers. */
function readLegacyFormat(bytes: Uint8Array, start: number, path: string): PickleValue {
  const storages = new Map<string, TorchStorage>();
  const persistent = (id: PickleValue): TorchStorage => {
    if (Array.isArray(id) && id[5] !== undefined && id[5] !== null)
      throw dataError(
        path,
        'expected whole storages, got a view of one: save with PyTorch 0.4 or later',
      );
    const { dtype, key } = readStorageId(id, path);
    const storage = storages.get(key) ?? {
      type: 'storage' as const,
      dtype,
      bytes: new Uint8Array(),
    };
    storages.set(key, storage);
    return storage;
  };
  let at = start;
  const next = (): PickleValue => {
    const { value, length } = unpickle(bytes.subarray(at), { path, persistent });
    at += length;
    return value;
  };
  const [version, , value, keys] = [next(), next(), next(), next()];
  if (version !== 1001)
    throw dataError(path, `expected protocol version 1001, got ${describeValue(version)}`);
  for (const key of Array.isArray(keys) ? keys : [])
    at = fillStorage(bytes, at, { storage: storages.get(String(key)), path });
  return value;
}

type Filling = { readonly storage: TorchStorage | undefined; readonly path: string };

function fillStorage(bytes: Uint8Array, at: number, { storage, path }: Filling): number {
  if (!isStorage(storage)) throw dataError(path, 'expected storages that the tensors use');
  if (at + 8 > bytes.length) throw dataError(path, 'expected all storages: the file is truncated');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(at, true)) * elementSize(storage.dtype);
  if (length > bytes.length - at - 8)
    throw dataError(path, `expected ${length} bytes of a storage: the file is truncated`);
  storage.bytes = bytes.subarray(at + 8, at + 8 + length);
  return at + 8 + length;
}

function isTar(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(257, 262)) === 'ustar';
}
