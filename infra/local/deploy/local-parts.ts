import { TemplateError } from '../errors.ts';

/** A function as the template describes it. */
export interface FunctionSpec {
  readonly logicalId: string;
  readonly functionName: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Folder of the bundled code. */
  readonly codeFolder: string;
  /** `<file without extension>.<export>`. */
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A Kinesis event source mapping; limits of -1 mean none. */
export interface MappingSpec {
  readonly logicalId: string;
  readonly uuid: string;
  readonly functionLogicalId: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly streamName: string;
  readonly streamArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly bisect: boolean;
  readonly reportsFailures: boolean;
  readonly maximumRetries: number;
  readonly maximumAgeSeconds: number;
  readonly failureBucket: string | undefined;
  /** Patterns of which a record must fit one; none lets all records pass. */
  readonly filters: readonly string[];
}

/** How often a function's asynchronous invocation is tried again, and for how long. */
export interface AsyncLimits {
  readonly maximumRetries: number;
  readonly maximumAgeSeconds: number;
}

export interface ScheduleSpec {
  readonly logicalId: string;
  readonly arn: string;
  readonly functionLogicalId: string;
  /** `rate(...)` or `cron(...)`. */
  readonly expression: string;
  /** IANA name. */
  readonly timeZone: string;
  /** JSON that the function gets; without it, the event that EventBridge Scheduler makes. */
  readonly input: string | undefined;
  readonly enabled: boolean;
}

export interface RouteSpec {
  /** `GET /v1/profiles/{id}` or `$default`. */
  readonly routeKey: string;
  readonly functionLogicalId: string;
  readonly timeoutMs: number;
}

/** Requests a second, and how many may come at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

export interface Cors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAge: number | undefined;
  readonly allowCredentials: boolean;
}

export interface HttpApiSpec {
  readonly apiId: string;
  readonly cors: Cors | undefined;
  readonly routes: RouteSpec[];
  throttle: Throttle | undefined;
  readonly routeThrottles: Map<string, Throttle>;
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

export interface CatalogTable {
  readonly name: string;
  readonly comment: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly CatalogColumn[];
  readonly partitionKeys: readonly CatalogColumn[];
  readonly location: string | undefined;
  /** The view's Trino SQL, decoded. */
  readonly viewSql: string | undefined;
  /** The `projection.*` and `storage.location.template` parameters. */
  readonly projection: Readonly<Record<string, string>>;
}

export interface CatalogWorkGroup {
  readonly name: string;
  /** `s3://bucket/prefix/`, where results go. */
  readonly outputLocation: string | undefined;
}

/** What Athena sees of the stack. */
export interface Catalog {
  database: string;
  readonly tables: CatalogTable[];
  readonly workGroups: CatalogWorkGroup[];
}

/** Everything of a deployment that the runtime starts, or writes down, once all resources are made. */
export interface LocalParts {
  readonly functions: FunctionSpec[];
  readonly mappings: MappingSpec[];
  readonly schedules: ScheduleSpec[];
  /** By the function's logical id, where the template says other than Lambda's defaults. */
  readonly asyncLimits: Map<string, AsyncLimits>;
  readonly integrations: Map<string, { readonly functionLogicalId: string; readonly timeoutMs: number }>;
  httpApi: HttpApiSpec | undefined;
  readonly catalog: Catalog;
}

export function noParts(): LocalParts {
  return {
    functions: [],
    mappings: [],
    schedules: [],
    asyncLimits: new Map(),
    integrations: new Map(),
    httpApi: undefined,
    catalog: { database: '', tables: [], workGroups: [] },
  };
}

/** Finds a function by its name or ARN, qualified or not. Throws `TemplateError` when the template has none such. */
export function functionOf(parts: LocalParts, nameOrArn: string): FunctionSpec {
  const name = /function:([^:/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
  const found = parts.functions.find(({ functionName }) => functionName === name);
  if (!found) throw new TemplateError(`The template names the function '${nameOrArn}', which it does not deploy.`);
  return found;
}
