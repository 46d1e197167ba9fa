import { createHash } from 'node:crypto';

/** SHA-256 in hex: names any text within the 64 characters that every file system takes. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
