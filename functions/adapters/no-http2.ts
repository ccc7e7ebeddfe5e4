/**
 * In the place of `node:http2`: every client here speaks HTTP/1, but the Kinesis client would load HTTP/2 at the start.
 */
const missing = (): never => {
  throw new Error('HTTP/2 is not part of the bundles: give the client a NodeHttpHandler (infra/decisions/0005).');
};

export const constants = {};
export default { connect: missing };
