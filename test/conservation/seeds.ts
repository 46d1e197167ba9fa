/** `7`, `1-1000`, `1-20,33`. */
export function seedsOf(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    if (!Number.isInteger(from) || !Number.isInteger(to) || to < from)
      throw new Error(`--seeds takes 7, 1-1000 or 1-20,33; given: ${text}`);
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
}
