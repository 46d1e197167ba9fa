/**
 * Column names in messages. Names may come from captured JSON, or from a data row taken for a header, so a name is shown
 * only when it looks like one; anything else could be somebody's address.
 */
const MAX_CHARACTERS = 60;
const LOOKS_LIKE_A_NAME = /^[A-Za-z_][A-Za-z0-9_ .'()/-]*$/;

export function shownName(name: string): string {
  return name.length <= MAX_CHARACTERS && LOOKS_LIKE_A_NAME.test(name) ? name : '…';
}

export function shownNames(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map(shownName).join(', ');
  return names.length > most ? `${shown}, …` : shown;
}
