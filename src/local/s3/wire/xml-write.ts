/** The few XML documents S3 answers with, written by hand: elements of text and of elements, nothing else. */

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Namespace of every S3 document but the error. */
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/**
 * Escapes text content. Control characters become character references, as S3 writes them: a bare CR would be read back
 * as LF, and keys are allowed to hold both.
 */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (c) => ENTITIES[c] ?? `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`);
}

/** One element of text; `undefined` gives no element at all, the way S3 leaves out what does not apply. */
export function textElement(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** One element around others that are already written. */
export function element(name: string, ...children: readonly string[]): string {
  return `<${name}>${children.join('')}</${name}>`;
}

/** A whole document whose root carries S3's namespace. */
export function xmlDocument(root: string, ...children: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${children.join('')}</${root}>`;
}
