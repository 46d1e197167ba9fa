/**
 * The V8 flags Lambda starts Node with, from the function's memory: a tenth is new space (each semi-space half of
 * it), the rest old space, in whole megabytes. Taken from `/var/runtime/bootstrap` of AWS's Node.js runtime image, which
 * also passes `--expose-gc` and the header size. Nothing is set aside for buffers outside the heap: as on Lambda, a
 * function can pass its memory before V8 complains.
 */
export function runtimeFlags(memoryMb: number): string[] {
  const newSpaceMb = Math.floor(memoryMb / 10);
  return [
    '--expose-gc',
    '--max-http-header-size=81920',
    `--max-semi-space-size=${Math.floor(newSpaceMb / 2)}`,
    `--max-old-space-size=${memoryMb - newSpaceMb}`,
  ];
}
