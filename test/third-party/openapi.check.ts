import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { bodiesOf, type Body, type PartnerName } from './openapi/captured-bodies';
import { rightBody, wrongBodies } from './openapi/wrong-bodies';
import { pythonEnvironment } from './python-environment';
import { runProgram } from './vendors/python-program';

/** What our sinks send, of every payload shape, against the OpenAPI descriptions of the partners, by a validator of others. */
export const name = 'our request bodies against the OpenAPI descriptions';

const PROJECT = resolve(__dirname, '../..');
/** They are kept beside the project, not in it. */
const SPECIFICATIONS = resolve(PROJECT, '../shared/specs');
const FILES: Readonly<Record<PartnerName, string>> = {
  arthur: join(SPECIFICATIONS, 'arthur-v3-inferences.openapi.yaml'),
  fiddler: join(SPECIFICATIONS, 'fiddler-v3-ingestion.openapi.yaml'),
};
const PARTNERS = ['arthur', 'fiddler'] as const;

const VERDICTS = z.array(z.string().nullable());

export async function run({ env }: { env: string }): Promise<{ skipped: string } | undefined> {
  const missing = PARTNERS.map((partner) => FILES[partner]).find((file) => !existsSync(file));
  if (missing !== undefined) return { skipped: `${relative(PROJECT, missing)} is not there` };
  const found = pythonEnvironment(env, { name: 'openapi', minors: [10, 14] });
  if ('skipped' in found) return found;
  const state = mkdtempSync(join(tmpdir(), 'openapi-'));
  try {
    for (const partner of PARTNERS) {
      const judge = async (bodies: readonly Body[]): Promise<(string | null)[]> => {
        const file = join(state, `${partner}.json`);
        writeFileSync(file, JSON.stringify(bodies));
        const verdicts = VERDICTS.parse(
          JSON.parse(await runProgram(found.python, 'openapi_validate.py', [FILES[partner], file])),
        );
        assert.equal(verdicts.length, bodies.length);
        return verdicts;
      };
      await expectJudgement(partner, judge);
      await expectOwnBodies(partner, judge);
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
  return undefined;
}

type Judge = (bodies: readonly Body[]) => Promise<(string | null)[]>;

/** First that it can tell right from wrong: a validator that passes everything proves nothing. */
async function expectJudgement(partner: PartnerName, judge: Judge): Promise<void> {
  const wrong = wrongBodies(partner);
  const [right, ...verdicts] = await judge([rightBody(partner), ...wrong.map(({ body }) => body)]);
  assert.equal(right, null, `${partner}: a right body is refused`);
  const passed = wrong.filter((_, at) => verdicts[at] === null).map(({ what }) => what);
  assert.deepEqual(passed, [], `${partner}: wrong bodies that pass`);
}

async function expectOwnBodies(partner: PartnerName, judge: Judge): Promise<void> {
  const { bodies, delivered } = await bodiesOf(partner);
  const verdicts = await judge(bodies);
  const refused = bodies.flatMap(({ body }, at) =>
    verdicts[at] === null ? [] : [`${String(verdicts[at])}: ${body.slice(0, 300)}`],
  );
  assert.deepEqual(refused, [], `${partner}: bodies of ours that do not fit`);
  // Most shapes lead to a request; were hardly any made, hardly anything would have been judged.
  assert.ok(bodies.length >= 80 && delivered >= 150, `${partner}: ${bodies.length} bodies, ${delivered} inferences`);
  console.log(`         ${partner}: ${bodies.length} bodies with ${delivered} inferences fit`);
}
