import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { ROOT } from './docs-pages';

/**
 * What the sources say that the documentation must repeat: error codes, log messages, the order of shapes. Read from
 * the syntax tree, so that a comment or a test never counts, and a code is known by where it stands, not by its looks.
 */
interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/** Sources of what runs in production; the stand-ins in src/local speak with the voices of others. */
export function productSources(): string[] {
  return ['src', 'lambdas'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.split('\\').join('/')}`)
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.startsWith('src/local/')),
  );
}

export const parseFile = (path: string): Node => parseText(readFileSync(join(ROOT, path), 'utf8'));
export const parseText = (text: string): Node =>
  parseSync(text, { syntax: 'typescript', target: 'es2022' }) as unknown as Node;

const CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/**
 * Codes in these trees. A code stands as the value (or type) of something named `code`, as the argument for a
 * parameter named `code`, or as what a function named `…Code` returns.
 */
export function codesIn(trees: readonly Node[]): Set<string> {
  const nodes = trees.flatMap(everyNode);
  const parameters = codeParameters(nodes);
  const found = nodes.flatMap((node) => {
    if (nameOf(node) === 'code') return ['value', 'init', 'typeAnnotation'].flatMap((member) => textsOf(node[member]));
    if (node.type === 'FunctionDeclaration' && (nameOf(node) ?? '').endsWith('Code')) {
      return everyNode(node)
        .filter((each) => each.type === 'ReturnStatement')
        .flatMap((each) => textsOf(each.argument));
    }
    return argumentsOf(node).flatMap((argument, at) =>
      parameters.get(calleeOf(node))?.has(at) === true ? textsOf(argument) : [],
    );
  });
  return new Set(found.filter((text) => CODE.test(text)));
}

/** Log messages: `level message`, with `…` for what is filled in. Messages that are no literal are left out. */
export function logMessagesIn(trees: readonly Node[]): Set<string> {
  const messages = trees.flatMap(everyNode).flatMap((node) => {
    const callee = calleeOf(node);
    if (callee !== 'log' && callee !== 'stdoutLog') return [];
    const [level, message] = argumentsOf(node);
    const text = isNode(message) ? messageText(message) : null;
    return text === null ? [] : textsOf(level).map((each) => `${each} ${text}`);
  });
  return new Set(messages);
}

function messageText(node: Node): string | null {
  if (node.type === 'StringLiteral') return String(node.value);
  if (node.type !== 'TemplateLiteral') return null;
  return (node.quasis as Node[]).map((piece) => String(piece.cooked)).join('…');
}

/** The functions an array of functions names, in its order; an arrow function counts as what it calls first. */
export function functionsListedIn(tree: Node, listName: string): string[] {
  const list = everyNode(tree).find((node) => node.type === 'VariableDeclarator' && nameOf(node) === listName);
  const elements = everyNode(list).find((node) => node.type === 'ArrayExpression')?.elements as { expression: Node }[];
  return elements.map(({ expression }) =>
    expression.type === 'Identifier'
      ? String(expression.value)
      : (everyNode(expression)
          .map(calleeOf)
          .find((name) => name !== '') ?? ''),
  );
}

/** Functions and classes that take a parameter named `code`, with its position. A class that extends one takes it too. */
function codeParameters(nodes: readonly Node[]): Map<string, Set<number>> {
  const positions = new Map<string, Set<number>>();
  const note = (name: string, params: unknown): void => {
    const at = (Array.isArray(params) ? (params as Node[]) : []).findIndex((param) => nameOf(param) === 'code');
    if (at !== -1) positions.set(name, (positions.get(name) ?? new Set()).add(at));
  };
  for (const node of nodes) {
    const name = nameOf(node) ?? '';
    if (node.type === 'FunctionDeclaration') note(name, node.params);
    const init = node.init;
    if (node.type === 'VariableDeclarator' && isNode(init) && /Function/.test(init.type)) note(name, init.params);
    if (node.type !== 'ClassDeclaration') continue;
    const constructor = (node.body as Node[]).find((member) => member.type === 'Constructor');
    note(name, constructor?.params);
    // `super(…)` is answered by whatever class in the project takes a code.
    note('super', constructor?.params);
  }
  return positions;
}

/** The texts an expression or a type may be: through conditions, alternatives and unions, not through calls. */
function textsOf(node: unknown): string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'StringLiteral':
      return [String(node.value)];
    case 'ConditionalExpression':
      return [...textsOf(node.consequent), ...textsOf(node.alternate)];
    case 'BinaryExpression':
      return node.operator === '??' || node.operator === '||' ? [...textsOf(node.left), ...textsOf(node.right)] : [];
    case 'TsUnionType':
      return (node.types as Node[]).flatMap(textsOf);
    case 'ParenthesisExpression':
    case 'TsAsExpression':
    case 'TsConstAssertion':
      return textsOf(node.expression);
    case 'TsTypeAnnotation':
      return textsOf(node.typeAnnotation);
    case 'TsLiteralType':
      return textsOf(node.literal);
    default:
      return [];
  }
}

function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return String(node.value);
  return nameOf(node.identifier ?? node.id ?? node.key ?? node.param ?? node.pat);
}

function calleeOf(node: Node): string {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return '';
  const callee = node.callee as Node;
  if (callee.type === 'Super') return 'super';
  return nameOf(callee.type === 'MemberExpression' ? callee.property : callee) ?? '';
}

function argumentsOf(node: Node): unknown[] {
  const list = node.arguments;
  return Array.isArray(list) ? (list as { expression?: unknown }[]).map((each) => each.expression) : [];
}

function everyNode(root: unknown): Node[] {
  if (Array.isArray(root)) return root.flatMap(everyNode);
  if (typeof root !== 'object' || root === null) return [];
  const below = Object.values(root).flatMap(everyNode);
  return isNode(root) ? [root, ...below] : below;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
