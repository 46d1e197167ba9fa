import { captureTrigger, overlaps } from 'capture-relay/cdk';

export const found = overlaps([
  captureTrigger('credit-risk', 'captures/credit-risk/'),
  { name: 'audit', events: ['s3:ObjectCreated:Put'], prefix: 'captures/', suffix: '' },
]).map(({ first, second, key }) => `${first.name} and ${second.name} would both get ${key}`);
