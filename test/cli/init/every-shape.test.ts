import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { configOf } from '../../../src/cli/init/proposal';
import { propose } from '../../../src/cli/init/propose';
import { PROPOSED_SINKS } from '../../../src/cli/init/propose-sinks';
import { surveyEvents } from '../../../src/cli/init/survey';
import { proposalYaml } from '../../../src/cli/init/write-yaml';
import { parseModelConfig } from '../../../src/config/model-config';
import type { Payload } from '../../../src/core/types';
import { sampleOf } from './sample-of';

/** Every payload shape the decoder knows: a proposal for it is accepted and reads no less than no configuration does. */
const SHAPES = join(__dirname, '../../fixtures/shapes');
const names = readdirSync(SHAPES).filter((name) => /^\d{3}-.*(?<!\.golden)\.json$/.test(name));
const { rules } = parseModelConfig({ model: 'plain', sinks: [{ type: 'file', path: '.' }] });

test.each(names.flatMap((name) => PROPOSED_SINKS.map((sink) => ({ name, sink }))))(
  'a proposal for $name with $sink is accepted and reads no less than no configuration',
  ({ name, sink }) => {
    const { input, output } = JSON.parse(readFileSync(join(SHAPES, name), 'utf8')) as Record<string, Payload | null>;
    const sample = sampleOf([{ input: input ?? null, output: output ?? null }]);
    const { proposal, rejections } = propose(sample, { model: null, sinks: [sink] });
    const yaml = proposalYaml(proposal);

    expect(parse(yaml)).toEqual(configOf(proposal));
    expect(() => parseModelConfig(parse(yaml))).not.toThrow();
    expect(rejections.length).toBeLessThanOrEqual(surveyEvents(sample.events, rules).rejections.length);
  },
);
