/** State that can be made anew: null for what does not read as this version's. */
export function jsonOf(body: string): { readonly schema: 1 } | null {
  try {
    const value = JSON.parse(body) as { readonly schema: 1 } | null;
    return value?.schema === 1 ? value : null;
  } catch {
    return null;
  }
}
