import type { Value } from '../types';
import { isObject } from '../value';

/**
 * Clarify's online explainability wraps the model's answer: `{"predictions": {"content_type": …, "data": "0.1"}, …}`,
 * so that the prediction is text inside a string inside JSON inside a string.
 * Returns that inner text, or null. Source: AWS, clarify-online-explainability-examples.
 */
export function clarifyText(document: Value): { readonly contentType: string; readonly data: string } | null {
  const inner = isObject(document) ? document.get('predictions') : undefined;
  if (!isObject(inner)) return null;
  const data = inner.get('data');
  const contentType = inner.get('content_type');
  return typeof data === 'string' && typeof contentType === 'string' ? { contentType, data } : null;
}
