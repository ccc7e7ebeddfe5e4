import { QueryError } from './query-error.ts';
import { type Node, type Parts, readExpression, rewrite } from './syntax-tree.ts';

/** Puts arguments into an expression: `$1` stands for the first, `$*` for all. */
export function fill(template: string, args: readonly (Node | undefined)[]): Node {
  const all = args.map((_, index) => `arg_${index + 1}`).join(', ');
  const named = template.replaceAll('$*', all).replaceAll(/\$(\d)/g, 'arg_$1');
  return rewrite(readExpression(named), (kind, parts, node) => {
    const index = kind === 'column' && !parts.table ? /^arg_(\d)$/.exec(parts.name.name)?.[1] : undefined;
    if (index === undefined) return node;
    const argument = args[Number(index) - 1];
    if (!argument) throw new QueryError('FUNCTION_NOT_FOUND', `Too few arguments for ${template}`);
    return argument.literal || argument.column || argument.lambda
      ? argument
      : { paren: { this: argument, trailing_comments: [] } };
  });
}

/** FILTER, DISTINCT and ORDER BY belong to the aggregate inside of the expression that stands for Trino's. */
export function aggregateWith(filled: Node, { filter, distinct, order_by }: Parts): Node {
  return rewrite(filled, (kind, parts, node) => {
    const isInner = kind === 'array_agg';
    return isInner
      ? { array_agg: { ...parts, filter: filter ?? null, distinct: distinct ?? false, order_by: order_by ?? [] } }
      : node;
  });
}
