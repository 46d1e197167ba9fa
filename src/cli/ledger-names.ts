import { resolve } from 'node:path';
import { parseCaptureKey } from '../core/capture-key';
import type { CaptureFile } from '../core/types';

/**
 * Under which names the ledger may know a capture file: its own; and for one on a disk its whole path, and that of the
 * object it is a copy of, as it lies below the folder, or as its layout says.
 */
export function ledgerNames(
  file: CaptureFile,
  root: string,
  capture: { readonly bucket: string; readonly prefix: string } | null,
): CaptureFile[] {
  if (file.bucket !== null) return [file];
  const absolute = resolve(file.key);
  const names = absolute === file.key ? [file] : [file, { ...file, key: absolute }];
  if (capture === null) return names;
  const add = (tail: string): void => {
    names.push({ bucket: capture.bucket, key: capture.prefix + tail, versionId: null });
  };
  if (file.key.startsWith(root)) add(file.key.slice(root.length));
  // endpoint, variant, year, month, day, hour, name
  if (parseCaptureKey(file.key) !== null) add(file.key.split('/').slice(-7).join('/'));
  return names;
}
