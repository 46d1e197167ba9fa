import type { CaptureFile, Place } from './types';

/**
 * Where each line that was handed to a partner stands, and how many inferences it holds: what a rejection needs when
 * the answer comes after the last line. Four numbers a line, so a file of 64 MB costs some 4 MB at most.
 */
export class HandedLines {
  private readonly numbers: number[] = [];
  /** Of all lines together. */
  inferences = 0;

  get lines(): number {
    return this.numbers.length / 4;
  }

  /** Of the line at this index, from 0; 0 when there is none. */
  inferencesOf(index: number): number {
    return this.numbers[index * 4 + 3] ?? 0;
  }

  placeOf(index: number, file: CaptureFile): Place {
    const [line = 0, byteOffset = 0, byteLength = 0] = this.numbers.slice(index * 4, index * 4 + 3);
    return { file, line, byteOffset, byteLength };
  }

  add(place: Place, inferences: number): void {
    this.numbers.push(place.line, place.byteOffset, place.byteLength, inferences);
    this.inferences += inferences;
  }
}
