/**
 * In the place of the SDK's endpoint discovery, which the DynamoDB client sets up and none of its commands asks.
 */
export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { default: undefined };
