interface Rule {
  /** Fits the name or the message of what the SDK throws. */
  readonly of: RegExp;
  readonly told: (message: string) => string;
}

const rules: readonly Rule[] = [
  {
    of: /region is missing/i,
    told: () => 'No AWS region is set: set AWS_REGION, or AWS_PROFILE to a profile that names one.',
  },
  {
    of: /CredentialsProviderError|load credentials/i,
    told: (message) =>
      `There are no AWS credentials (${message}): set AWS_PROFILE, or sign in, by \`aws sso login\` for example.`,
  },
  {
    of: /ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|InvalidAccessKeyId|SignatureDoesNotMatch|security token/i,
    told: (message) => `AWS does not take the credentials (${message}): sign in again, and see AWS_PROFILE.`,
  },
  {
    of: /AccessDenied|UnauthorizedOperation|not authorized to perform/i,
    told: (message) => `AWS denies it (${message}): ask for this permission, or see AWS_PROFILE.`,
  },
  {
    of: /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/,
    told: (message) =>
      `Nothing answers (${message}): is the runtime still up? For AWS, see AWS_REGION and the network.`,
  },
];

/** Why a command does not get to AWS, where its user can mend that: one sentence. Anything else: undefined. */
export function accessTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  const rule = rules.find(({ of }) => of.test(name) || of.test(message) || of.test(code));
  return rule?.told((message || code).replace(/\.$/, ''));
}
