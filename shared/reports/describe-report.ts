import type { Report, ReportParameter } from '../../schemas/report/report.ts';

/** A report as the list of reports tells it: all that a caller needs to ask for it and to read its answer. */
export function describeReport({ name, title, description, parameters, columns, chart }: Report) {
  return {
    name,
    title,
    description,
    parameters: parameters.map(describeParameter),
    columns,
    chart: { kind: chart.kind },
  };
}

function describeParameter(parameter: ReportParameter) {
  const { name, type, description } = parameter;
  return {
    name,
    type,
    description,
    required: parameter.type === 'text' && parameter.required === true,
    default: ('default' in parameter ? parameter.default : undefined) ?? null,
    ...('values' in parameter && { values: parameter.values }),
    ...('least' in parameter && { least: parameter.least, most: parameter.most }),
  };
}
