import type { Deployment } from '../deploy/deploy-stack.ts';
import { TemplateError } from '../errors.ts';
import type { Station } from '../gateway/stations.ts';
import type { AwsCall } from '../gateway/types.ts';
import { AwsError } from '../services/errors.ts';
import { denialAnswer, denialMessage } from './denial.ts';
import { evaluate } from './evaluate.ts';
import { needsOfLogs, needsOfMapping } from './lambda-itself.ts';
import { createLedger, type Denied, type Used } from './ledger.ts';
import type { Context, Need, Refusal } from './need.ts';
import { needsOfAllServices } from './needs/all-services.ts';
import { type Principal, principalsOf } from './principals.ts';

/** The policies of the template, enforced. */
export interface Permissions {
  /** Stands before the services; only the runtime's own commands (`tool`) pass unasked. */
  readonly station: Station;
  /** For what a service does in the name of its caller. */
  readonly refusal: Refusal;
  /**
   * Reads the policies of a deployment, which hold from now on. Throws `TemplateError` for a policy that cannot be
   * understood, and where a role lacks what Lambda itself needs of it.
   */
  enforce(deployment: Pick<Deployment, 'parts' | 'resources'>): void;
  /** Actions that each function may do, by its logical id, as the policies write them. */
  granted(): Readonly<Record<string, readonly string[]>>;
  used(): Used;
  denied(): readonly Denied[];
  /** Keeps what was used in a file, and goes on with what is there. */
  open(file: string): Promise<void>;
  save(): Promise<void>;
}

/** Decisions that are remembered, for the objects of a lake are many. */
const memory = 10_000;

/** Told of a denied call. */
export type OnDenied = (denied: Denied, functionName: string) => void;

export function createPermissions(onDenied: OnDenied = () => {}): Permissions {
  const services = needsOfAllServices();
  const ledger = createLedger();
  let principals: ReadonlyMap<string, Principal> = new Map();
  /** For what is allowed whatever else the request says: whom to count. */
  let allowed = new Map<string, { calls: number }>();

  const decide = (caller: string, principal: Principal, need: Need): string | undefined => {
    const decision = evaluate(principal.statements, { ...need, context: contextOf(principal, need) });
    if (!decision.isAllowed) return denialMessage(principal, need, decision);
    const counter = ledger.counter(caller, need.action);
    counter.calls += 1;
    if (principal.isContextFree) {
      if (allowed.size >= memory) allowed.clear();
      allowed.set(keyOf(caller, need), counter);
    }
    return undefined;
  };

  const refusal: Refusal = (caller, needs) => {
    if (caller === 'tool') return undefined;
    for (const need of needs) {
      const known = allowed.get(keyOf(caller, need));
      if (known) known.calls += 1;
      else {
        const principal = principals.get(caller);
        if (!principal) return `There is no function ${caller} in the template, and so it has no permissions`;
        const message = decide(caller, principal, need);
        if (message !== undefined) {
          onDenied(
            ledger.deny({ caller, action: need.action, resource: need.resource, message }),
            principal.functionName,
          );
          return message;
        }
      }
    }
    return undefined;
  };

  const needsOf = (call: AwsCall): readonly Need[] => {
    const service = services.get(call.service);
    // The service itself refuses it.
    if (service && call.operation === 'Unknown') return [];
    const needs = service?.operations[call.operation];
    if (needs) return needs(call);
    const mend = `say in infra/local/iam/needs what ${call.service} asks for before it serves ${call.operation}`;
    throw new AwsError('AccessDeniedException', `What the call needs is not known: ${mend}`, 403);
  };

  const station: Station = async (call, next) => {
    if (call.caller === 'tool') return next(call);
    const refused = refusal(call.caller, needsOf(call));
    if (refused !== undefined) return denialAnswer(call, refused);
    const answer = await next(call);
    const after = services.get(call.service)?.after;
    if (!after) return answer;
    const late = refusal(call.caller, after(call, answer));
    return late === undefined ? answer : denialAnswer(call, late);
  };

  return {
    station,
    refusal,
    enforce: ({ parts, resources }) => {
      principals = principalsOf(parts.functions, resources);
      allowed = new Map();
      for (const spec of parts.functions) {
        const resource = resources.get(spec.logicalId);
        if (resource) requireOfRole(spec.logicalId, needsOfLogs(spec, resource), 'Lambda cannot write its log');
      }
      for (const mapping of parts.mappings) {
        requireOfRole(
          mapping.functionLogicalId,
          needsOfMapping(mapping),
          `Lambda refuses to make ${mapping.logicalId}`,
        );
      }
    },
    granted: () =>
      Object.fromEntries(
        [...principals].map(([caller, { statements }]) => {
          const actions = statements.filter(({ effect }) => effect === 'Allow').flatMap((one) => one.actions);
          return [caller, [...new Set(actions)].toSorted()];
        }),
      ),
    used: ledger.used,
    denied: ledger.denied,
    open: ledger.open,
    save: ledger.save,
  };

  function requireOfRole(caller: string, needs: readonly Need[], consequence: string): void {
    const principal = principals.get(caller);
    for (const need of principal ? needs : []) {
      const message = principal && decide(caller, principal, need);
      if (message !== undefined) throw new TemplateError(`${caller}: ${consequence}: ${message}.`);
    }
  }
}

const keyOf = (caller: string, { action, resource }: Need) => `${caller} ${action} ${resource}`;

function contextOf({ context, isContextFree }: Principal, need: Need): Context {
  if (isContextFree) return need.context ?? {};
  const now = Date.now();
  const times = { 'aws:currenttime': new Date(now).toISOString(), 'aws:epochtime': String(Math.floor(now / 1000)) };
  return { ...context, ...times, ...need.context };
}
