/**
 * Puts the credentials and the region of whoever runs a command into the environment, from where the AWS CLI takes them:
 * variables, profiles, SSO, roles. Lambda's functions find both there already. Throws the SDK's errors, which say what is
 * missing.
 */
export async function takeAccountCredentials(env: NodeJS.ProcessEnv): Promise<void> {
  const isComplete = env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY && env.AWS_REGION;
  if (isComplete && !env.AWS_PROFILE) return;
  // Imported here, so that no bundle of a function holds them.
  const [{ defaultProvider }, config] = await Promise.all([
    import('@aws-sdk/credential-provider-node'),
    import('@smithy/core/config'),
  ]);
  const { loadConfig, NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS } = config;
  env.AWS_REGION = await loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)();
  const { accessKeyId, secretAccessKey, sessionToken } = await defaultProvider()();
  env.AWS_ACCESS_KEY_ID = accessKeyId;
  env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
  if (sessionToken === undefined) delete env.AWS_SESSION_TOKEN;
  else env.AWS_SESSION_TOKEN = sessionToken;
}
