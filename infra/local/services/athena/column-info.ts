/** A column as Athena describes it. */
export interface ColumnInfo {
  readonly CatalogName: string;
  readonly SchemaName: string;
  readonly TableName: string;
  readonly Name: string;
  readonly Label: string;
  readonly Type: string;
  readonly Precision: number;
  readonly Scale: number;
  readonly Nullable: string;
  readonly CaseSensitive: boolean;
}

/** A column of text, or of any type given by its Athena name. */
export function columnInfoOf(name: string, Type = 'varchar', Precision = 2_147_483_647, Scale = 0): ColumnInfo {
  const place = { CatalogName: 'hive', SchemaName: '', TableName: '' };
  const CaseSensitive = Type === 'varchar';
  return { ...place, Name: name, Label: name, Type, Precision, Scale, Nullable: 'UNKNOWN', CaseSensitive };
}
