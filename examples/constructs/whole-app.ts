import type { App } from 'aws-cdk-lib';
import { loadModels, relayApp } from 'capture-relay/cdk';

export function wholeApp(app: App, folder: string) {
  const { store, models } = relayApp(app, loadModels(folder));
  return [store, ...models].map(({ stackName }) => stackName);
}
