import { parseArgs } from 'node:util';
import { misread, UsageError } from '../errors.ts';
import { checks } from '../smoke/checks.ts';

export const usage = `Usage: AWS_ENDPOINT_URL=http://127.0.0.1:PORT npm run deploy-test -- [options]

Deploys a stage with the real cdk to whatever answers at AWS_ENDPOINT_URL as AWS does, and checks it as \`npm run smoke\`
does: bootstrap, deploy, outputs, smoke. Credentials and region are those of the environment; an emulator takes any, so
that without them test credentials and us-east-1 are used.

What an endpoint cannot do is named, so that the rest is tried; the names are printed, and end with the result.

  --stage NAME     a stage of infra/config.ts (default local, whose keys are fixed)
  --key KEY        an API key of the stage (default that of local)
  --write-key KEY  a write key of the stage (default that of local)
  --url URL        where the API answers, if the output ApiUrl of the stack does not resolve
  --without NAME   leaves resources out of the template: a type, such as AWS::CloudWatch::Alarm, or the beginning of a
                   logical id; may be given several times
  --except CHECK   a check of the smoke that may fail, by its name; may be given several times
  --no-smoke       stop when the stack is deployed
  --destroy        delete the stack afterwards
  --help           print this text`;

export interface DeployTestOptions {
  readonly endpoint: string;
  readonly stage: string;
  readonly apiKey: string;
  readonly writeKey: string;
  /** Instead of the output of the stack. */
  readonly url: string | undefined;
  /** Types, or beginnings of logical ids, of the resources that are left out. */
  readonly without: readonly string[];
  /** Names of checks that may fail. */
  readonly except: readonly string[];
  readonly smoke: boolean;
  readonly destroy: boolean;
}

/** Reads the command line of `npm run deploy-test`; `undefined` when help is asked for. Throws `UsageError`. */
export function readDeployTestOptions(args: readonly string[], env: NodeJS.ProcessEnv): DeployTestOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const endpoint = env.AWS_ENDPOINT_URL;
  if (!endpoint) {
    const mend = 'set it to the address of an AWS-compatible endpoint. To deploy to AWS itself, use `npx cdk deploy`.';
    throw new UsageError(`AWS_ENDPOINT_URL is not set: ${mend}\n\n${usage}`);
  }
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new UsageError(`AWS_ENDPOINT_URL takes an address such as http://127.0.0.1:4566, not '${endpoint}'.`);
  }
  const { stage, key = 'sk_local', 'write-key': writeKey = 'wk_local', help: _, ...others } = values;
  if (stage !== 'local' && others.smoke && (values.key === undefined || values['write-key'] === undefined)) {
    throw new UsageError(`Stage ${stage} has keys of its own: give --key and --write-key, or --no-smoke.`);
  }
  const unknown = others.except.find((name) => !checks.some(([title]) => title === name));
  if (unknown !== undefined) {
    const known = checks.map(([title]) => `  ${title}`).join('\n');
    throw new UsageError(`--except '${unknown}': there is no such check. There are:\n${known}`);
  }
  return { endpoint, stage, apiKey: key, writeKey, url: undefined, ...others };
}

function parse(args: readonly string[]) {
  try {
    const { 'no-smoke': noSmoke, ...values } = parseArgs({
      args: [...args],
      options: {
        stage: { type: 'string', default: 'local' },
        key: { type: 'string' },
        'write-key': { type: 'string' },
        url: { type: 'string' },
        without: { type: 'string', multiple: true, default: [] },
        except: { type: 'string', multiple: true, default: [] },
        'no-smoke': { type: 'boolean', default: false },
        destroy: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
    return { ...values, smoke: !noSmoke };
  } catch (cause) {
    throw misread(cause, usage);
  }
}
