import { App } from 'aws-cdk-lib';
import { MonitoringStack } from './monitoring-stack';

/** `cdk synth --app "npx tsx examples/custom-app/app.ts"` */
new MonitoringStack(new App(), 'Monitoring');
