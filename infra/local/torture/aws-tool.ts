/** An AWS call in the name of the runtime's own commands, which nothing befalls. Throws what the service answers. */
export type AwsTool = <Output>(service: 'kinesis' | 'sqs', operation: string, input: object) => Promise<Output>;

const targets = { kinesis: 'Kinesis_20131202', sqs: 'AmazonSQS' } as const;

export function awsTool(gatewayUrl: () => string): AwsTool {
  return async <Output>(service: keyof typeof targets, operation: string, input: object) => {
    const answer = await fetch(gatewayUrl(), {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=HWTOOL/20260101/us-east-1/${service}/aws4_request`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${targets[service]}.${operation}`,
      },
      body: JSON.stringify(input),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service} answered ${operation} by ${answer.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Output;
  };
}
