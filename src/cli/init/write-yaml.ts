import { Document, isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { short } from '../look';
import { configOf, type Part, type Proposal } from './proposal';

/** A proposal as YAML with its remarks as comments, above what they are about. */
const COMMENT_WIDTH = 110;

/** The text parses back to `configOf(proposal)`, comments or not. */
export function proposalYaml(proposal: Proposal): string {
  const document = new Document(configOf(proposal));
  if (!isMap(document.contents)) throw new Error('a proposal has at least a model and a sink');
  const map = document.contents;
  document.commentBefore = commentText(proposal.head);
  let waiting: string[] = [];
  for (const part of proposal.parts) {
    if (part.value === undefined) {
      if (part.remarks.length > 0) waiting.push(paragraph(part));
      continue;
    }
    const pair = pairOf(map, part.key);
    // An empty last block keeps what is said of other parts apart from this one.
    const blocks = [...waiting, part.remarks.length > 0 ? commentText(part.remarks) : ''];
    waiting = [];
    annotate(pair, part, blocks);
    (pair.key as Scalar).spaceBefore = pair !== map.items[0];
  }
  const unknown = commentText(['What captures cannot tell:', ...proposal.unknown.map((each) => `- ${each}`)]);
  document.comment = [...waiting, unknown].join('\n\n');
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A part that is not set still says why, under its own name. */
const paragraph = (part: Part): string =>
  commentText(
    part.remarks.map((remark, at) => (at === 0 && !remark.includes(part.key) ? `${part.key}: ${remark}` : remark)),
  );

function annotate(pair: Pair, part: Part, blocks: readonly string[]): void {
  const key = pair.key as Scalar;
  if (blocks.length > 1 || blocks[0] !== '') key.commentBefore = blocks.join('\n\n').replace(/\n\n$/, '\n');
  const value = pair.value as Node;
  if (isMap(value)) annotateSide(value, part);
  if (isSeq(value)) annotateSinks(value, part);
}

function annotateSide(map: YAMLMap, part: Part): void {
  for (const [name, remarks] of Object.entries(part.memberRemarks ?? {}))
    if (remarks.length > 0) (pairOf(map, name).key as Scalar).commentBefore = commentText(remarks);
  const columns = map.get('columns');
  if (!isSeq(columns)) return;
  columns.items.forEach((item, at) => {
    const remark = part.itemRemarks?.[at] ?? null;
    const node = item as Node;
    if (isMap(node)) node.flow = true;
    quoteControls(node);
    if (remark !== null) node.comment = ` ${short(remark, 200)}`;
  });
}

function annotateSinks(list: YAMLSeq, part: Part): void {
  list.items.forEach((item, at) => {
    const remark = part.itemRemarks?.[at] ?? null;
    if (remark !== null) (item as Node).commentBefore = commentText([remark]);
    const token = isMap(item) ? item.get('token') : null;
    if (isMap(token)) token.flow = true;
  });
}

// A name with a line break would be folded over several lines of a list of one-line items.
function quoteControls(node: Node): void {
  const scalar = isMap(node) ? node.get('name', true) : node;
  if (isScalar(scalar) && /[\p{Cc}\p{Zl}\p{Zp}]/u.test(String(scalar.value))) scalar.type = Scalar.QUOTE_DOUBLE;
}

function pairOf(map: YAMLMap, key: string): Pair {
  const pair = map.items.find((each) => isScalar(each.key) && each.key.value === key);
  if (pair === undefined) throw new Error(`no ${key} in what was just made`);
  return pair;
}

/** Remarks as comment lines. Names from captures may stand in them, so nothing may end a comment line early. */
function commentText(remarks: readonly string[]): string {
  return remarks.flatMap((remark) => wrapped(short(remark, 2_000))).join('\n');
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length + 1 > COMMENT_WIDTH) {
      lines.push(line);
      line = text.startsWith('- ') ? '   ' : '';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
