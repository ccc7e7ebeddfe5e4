import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import { type Deployer, propertiesOf } from './deployer.ts';
import type { CatalogColumn } from './local-parts.ts';

const databaseSchema = z.object({ DatabaseInput: z.object({ Name: z.string() }) });

const columns = z
  .array(z.object({ Name: z.string(), Type: z.string(), Comment: z.string().default('') }))
  .default([])
  .transform((list) =>
    list.map(({ Name, Type, Comment }): CatalogColumn => ({ name: Name, type: Type, comment: Comment })),
  );

const tableSchema = z.object({
  DatabaseName: z.string(),
  TableInput: z.object({
    Name: z.string(),
    Description: z.string().optional(),
    TableType: z.string().optional(),
    PartitionKeys: columns,
    StorageDescriptor: z.object({ Columns: columns, Location: z.string().optional() }).optional(),
    ViewOriginalText: z.string().optional(),
    Parameters: z.record(z.string(), z.coerce.string()).default({}),
  }),
});

/** Notes the Glue database: it is a name, its tables are in the catalog file. */
export const deployDatabase: Deployer = (resource, { parts }) => {
  const { Name: name } = propertiesOf(resource, databaseSchema).DatabaseInput;
  if (parts.catalog.database) {
    throw new TemplateError(`The template has two Glue databases, ${parts.catalog.database} and ${name}: keep one.`);
  }
  parts.catalog.database = name;
  return { ref: name, attributes: {} };
};

/** Notes a Glue table or view in the catalog. */
export const deployGlueTable: Deployer = (resource, { parts }) => {
  const { TableInput: input } = propertiesOf(resource, tableSchema);
  const { Name: name, Parameters: parameters, StorageDescriptor: storage } = input;
  const isView = input.TableType === 'VIRTUAL_VIEW';
  const projection = Object.entries(parameters).filter(([key]) => /^(projection|storage\.location)\./.test(key));
  parts.catalog.tables.push({
    name,
    comment: input.Description ?? parameters.comment ?? '',
    kind: isView ? 'view' : 'table',
    columns: storage?.Columns ?? [],
    partitionKeys: input.PartitionKeys,
    location: isView ? undefined : storage?.Location,
    viewSql: isView ? viewSqlOf(name, input.ViewOriginalText) : undefined,
    projection: Object.fromEntries(projection),
  });
  return { ref: name, attributes: {} };
};

const workGroupSchema = z.object({
  Name: z.string(),
  WorkGroupConfiguration: z
    .object({ ResultConfiguration: z.object({ OutputLocation: z.string().optional() }).optional() })
    .optional(),
});

/** Notes an Athena workgroup: where its results go. */
export const deployWorkGroup: Deployer = (resource, { parts }) => {
  const { Name: name, WorkGroupConfiguration: configuration } = propertiesOf(resource, workGroupSchema);
  parts.catalog.workGroups.push({ name, outputLocation: configuration?.ResultConfiguration?.OutputLocation });
  return { ref: name, attributes: {} };
};

const encodedView = /^\/\* Presto View: ([A-Za-z0-9+/=]+) \*\/$/;

/** The SQL inside `/* Presto View: <base64 of JSON> *\/`, as Athena stores a view. Throws `TemplateError`. */
export function viewSqlOf(name: string, text = ''): string {
  const [, base64 = ''] = encodedView.exec(text.trim()) ?? [];
  try {
    const { originalSql } = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    if (typeof originalSql === 'string') return originalSql;
  } catch {
    // The one message below holds for every way to be wrong.
  }
  throw new TemplateError(
    `The view ${name} has no ViewOriginalText of the form '/* Presto View: <base64 of JSON> */'.`,
  );
}
