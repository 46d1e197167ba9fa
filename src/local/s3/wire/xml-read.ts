/**
 * Reads the small XML bodies that S3 requests carry (delete lists, part lists, configurations). Attributes, comments and
 * prologs are passed over; an unknown entity or an unbalanced element makes the document malformed.
 */

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its own text, entities decoded, nothing trimmed: keys may begin or end with white space. */
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([^\s<>/]+)[^<>]*?(\/?)>|([^<]+)/gy;

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

/** The root element, or null when the text is not well-formed. */
export function readXml(document: string): XmlElement | null {
  const source = document.replace(/^\uFEFF/, '');
  const top: OpenElement = { name: '', children: [], text: '' };
  const open: OpenElement[] = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source);
    if (token === null || !apply(token, open)) return null;
  }
  return open.length === 1 && top.children.length === 1 && top.text.trim() === '' ? (top.children[0] ?? null) : null;
}

function apply(token: RegExpExecArray, open: OpenElement[]): boolean {
  const [, cdata, closing, rawName, selfClosing, text] = token;
  const inner = open.at(-1);
  if (inner === undefined) return false;
  if (cdata !== undefined) inner.text += cdata;
  else if (text !== undefined) {
    const decoded = decodeEntities(text);
    if (decoded === null) return false;
    inner.text += decoded;
  } else if (rawName !== undefined) {
    const name = rawName.replace(/^.*:/, '');
    if (closing === '/') return close(name, open);
    open.push({ name, children: [], text: '' });
    if (selfClosing === '/') return close(name, open);
  }
  return true;
}

function close(name: string, open: OpenElement[]): boolean {
  const closed = open.pop();
  const outer = open.at(-1);
  if (closed === undefined || outer === undefined || closed.name !== name) return false;
  outer.children.push(closed);
  return true;
}

function decodeEntities(text: string): string | null {
  let sound = true;
  const decoded = text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const numeric = /^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name);
    const code =
      numeric === null ? -1 : Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16);
    if (code >= 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    const known = whole.endsWith(';') ? ENTITIES[name] : undefined;
    sound &&= known !== undefined;
    return known ?? '';
  });
  return sound ? decoded : null;
}

/** The elements of one name directly inside. */
export function childrenOf(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((child) => child.name === name);
}

/** The text of the first element of that name directly inside, or undefined. */
export function childText(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text;
}
