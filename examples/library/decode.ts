import { createReadStream } from 'node:fs';
import { decode, toJson } from 'capture-relay';

async function main(path: string): Promise<void> {
  for await (const item of decode(createReadStream(path), { key: path })) {
    if (item.kind === 'inference') console.log(item.inference.partnerInferenceId, toJson(item.inference.outputs));
    if (item.kind === 'rejection') console.error(`line ${item.rejection.place.line}: ${item.rejection.code}`);
  }
}
void main(process.argv[2] ?? '');
