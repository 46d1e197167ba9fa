/** Capture events of some 500 bytes, a thousand a block, until so many bytes are made. */
export function* captureLines(bytes: number): Generator<Buffer> {
  const line = (at: number): string =>
    `${JSON.stringify({
      captureData: {
        endpointInput: {
          observedContentType: 'text/csv',
          mode: 'INPUT',
          data: `${at % 90},Private,${at}.50,Bachelors,13,Never-married,Sales,Husband,White,Male,0,0,40,Mexico`,
          encoding: 'CSV',
        },
        endpointOutput: {
          observedContentType: 'text/csv; charset=utf-8',
          mode: 'OUTPUT',
          data: `0.${at % 1000}1`,
          encoding: 'CSV',
        },
      },
      eventMetadata: {
        eventId: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
        inferenceTime: '2026-09-01T12:00:00Z',
      },
      eventVersion: '0',
    })}\n`;
  for (let at = 0, made = 0; made < bytes; at += 1000) {
    const block = Buffer.from(Array.from({ length: 1000 }, (_, i) => line(at + i)).join(''));
    made += block.length;
    yield block;
  }
}
