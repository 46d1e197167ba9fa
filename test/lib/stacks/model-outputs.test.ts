import { outputWord } from '../../../lib/stacks/model-outputs';
import { flat } from '../../support/flat-template';
import { modelYaml } from '../../support/model-yaml';
import { relayTemplates, removePackages, type TemplateJson, withFolder } from '../../support/relay-templates';

afterAll(removePackages);

const ARTHUR = 'host: https://app.arthur.ai, token: { secret: monitoring/arthur }';
const TWO_SINKS = `sinks: [{ type: arthur, modelId: a, ${ARTHUR} }, { type: arthur, name: arthur_eu, modelId: b, ${ARTHUR} }]`;

const synthesized = (parts: Parameters<typeof modelYaml>[0] = {}) =>
  withFolder({ 'models/a.yaml': modelYaml(parts) }, relayTemplates);

/** Values without the hashes of logical ids. */
function outputsOf(template: TemplateJson | undefined): Record<string, string> {
  const outputs = Object.entries(template?.Outputs ?? {}).filter(([id]) => !id.startsWith('ExportsOutput'));
  return Object.fromEntries(
    outputs.map(([id, { Value }]) => [id, String(flat(Value)).replaceAll(/(\w+?)[0-9A-F]{8}\b/g, '$1')]),
  );
}

describe('the outputs of a stack', () => {
  test('of a model name everything that the runbook asks for, by ids without a hash', () => {
    const { CreditRisk } = synthesized({ sinks: TWO_SINKS });

    expect(outputsOf(CreditRisk)).toEqual({
      EndpointName: '${Endpoint.EndpointName}',
      QueueUrlArthur: '${ForwarderQueuesSinksarthurQueue}',
      DeadLetterQueueUrlArthur: '${ForwarderQueuesSinksarthurDeadLetters}',
      DeadLetterQueueArnArthur: '${ForwarderQueuesSinksarthurDeadLetters.Arn}',
      QueueUrlArthurEu8a3e3cab: '${ForwarderQueuesSinksarthureuQueue}',
      DeadLetterQueueUrlArthurEu8a3e3cab: '${ForwarderQueuesSinksarthureuDeadLetters}',
      DeadLetterQueueArnArthurEu8a3e3cab: '${ForwarderQueuesSinksarthureuDeadLetters.Arn}',
      ForwarderFunction: '${ForwarderForwardFunction}',
      ForwarderLogs: '${ForwarderForwardLogs}',
      SweepFunction: '${ForwarderSweepFunction}',
      SweepLogs: '${ForwarderSweepLogs}',
      Dashboard: '${AlarmsDashboard}',
      StateBucket: 'capture-relay-state-${AWS::AccountId}-${AWS::Region}',
    });
  });

  test('of a model whose endpoint is there name none', () => {
    const { CreditRisk } = synthesized({ endpoint: 'endpoint: { existing: credit-risk-prod }' });

    expect(Object.keys(outputsOf(CreditRisk))).not.toContain('EndpointName');
  });

  test('of what models share name the buckets and the key', () => {
    expect(outputsOf(synthesized().Store)).toEqual({
      StateBucket: 'capture-relay-state-${AWS::AccountId}-${AWS::Region}',
      CaptureBucket: 'ml-captures',
      KeyArn: '${Key.Arn}',
    });
  });

  test('each say what they are', () => {
    const outputs = Object.values(synthesized()).flatMap(({ Outputs = {} }) => Object.entries(Outputs));
    const silent = outputs.filter(([id, { Description }]) => !id.startsWith('ExportsOutput') && !Description);

    expect(silent).toEqual([]);
  });
});

describe("a sink's word in the id of an output", () => {
  test.each([
    ['arthur', 'Arthur'],
    ['arthur-eu', 'ArthurEu'],
    ['fiddler2', 'Fiddler2'],
  ])('of %s is %s', (sink, word) => {
    expect(outputWord(sink)).toBe(word);
  });

  test('is another one for every other sink, in letters and digits', () => {
    const sinks = ['a-b', 'a_b', 'aB', 'AB', 'ab', 'a--b', 'a-b-', '-a-b', 'a-1', 'a1', 'a_1', '-', '_', 'A-b'];
    const words = sinks.map(outputWord);

    expect(new Set(words).size).toBe(sinks.length);
    expect(words.filter((word) => !/^[A-Za-z0-9]+$/.test(word))).toEqual([]);
  });
});
