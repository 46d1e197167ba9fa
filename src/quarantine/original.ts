import { isUtf8 } from 'node:buffer';

/** The bytes of a refused line: as text where they are UTF-8, so that people and tools can read them. */
export type Original = string | { readonly base64: string };

export function originalOf(bytes: Buffer): Original {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : null;
  // Control characters take six bytes each in JSON: a line full of them would be the smaller in base64.
  return text === null || hasManyControls(bytes) ? { base64: bytes.toString('base64') } : text;
}

export const bytesOf = (original: Original): Buffer =>
  typeof original === 'string' ? Buffer.from(original) : Buffer.from(original.base64, 'base64');

const MAX_CONTROLS_SHARE = 0.05;

function hasManyControls(bytes: Buffer): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20) controls += 1;
  return controls > bytes.length * MAX_CONTROLS_SHARE && controls > 16;
}
