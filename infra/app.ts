/** The CDK app: `cdk synth -c stage=NAME`, where NAME is a stage of `infra/config.ts`; without it, `dev`. */
import { App } from 'aws-cdk-lib/core';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { ConfigError } from './config.ts';
import { HeadwaterStack } from './stack.ts';

const app = new App({ context: featureFlags });
try {
  new HeadwaterStack(app, { stage: app.node.tryGetContext('stage') ?? 'dev' });
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
app.synth();
